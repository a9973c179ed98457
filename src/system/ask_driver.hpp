#pragma once
// Asks driver libraries, each in a forked child with a time limit. All that can be found are asked at once, since each takes its
// time to wake a driver. Used by posix_host_system.cpp.

#include "torchup/core/result.hpp"
#include "torchup/system/host_system.hpp"

#include "child_process.hpp"

#include <map>
#include <memory>
#include <string>
#include <sys/types.h>

namespace torchup {

class DriverAnswers {
 public:
  DriverAnswers() = default;
  ~DriverAnswers();  ///< Ends the children whose answer nobody wanted.
  DriverAnswers(const DriverAnswers&) = delete;
  DriverAnswers& operator=(const DriverAnswers&) = delete;

  /// The library's answer; see HostSystem::query_driver. Asked once, then remembered.
  Result<std::string> of(DriverLibrary library);

 private:
  struct Child {
    ChildPipes pipes;
    pid_t process = -1;
  };

  void start_all();
  Status start(DriverLibrary library);
  Result<std::string> collect(DriverLibrary library);

  bool m_started = false;
  std::map<DriverLibrary, std::unique_ptr<Child>> m_children;
  std::map<DriverLibrary, Result<std::string>> m_answers;
};

}  // namespace torchup
