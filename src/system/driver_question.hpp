#pragma once
// A question to a driver's library that this program does not link: its functions are called by name, what they say is written
// down line by line. Asked in a forked child only (ask_driver.cpp): such libraries hang, crash and leave a process unfit to fork.

#include <fmt/format.h>

#include <dlfcn.h>
#include <functional>
#include <initializer_list>
#include <string>

namespace torchup {

class DriverQuestion {
 public:
  /// `error_name` gives an error number its name; it may be empty.
  DriverQuestion(void* library, int descriptor, std::function<std::string(int)> error_name)
      : m_library(library), m_descriptor(descriptor), m_error_name(std::move(error_name)) {}

  /// Writes `key value`, line breaks in the value made blanks.
  void line(const std::string& key, const std::string& value) const;

  /// The path of the file that holds a function; empty where the library does not tell.
  std::string path_of(const char* function) const;

  /// Calls the first of the functions that the library has. A failure other than `accepted` is written as `error.PLACE.NAME`.
  template <class... Arguments>
  bool call(std::initializer_list<const char*> names, Arguments... arguments) const {
    for (const char* const name : names) {
      const auto function = reinterpret_cast<int (*)(Arguments...)>(::dlsym(m_library, name));
      if (function == nullptr) continue;
      const int result = function(arguments...);
      if (result != 0 && result != m_accepted) {
        line(fmt::format("error.{}{}", m_place, name), fmt::format("{} {}", result, m_error_name ? m_error_name(result) : ""));
      }
      return result == 0;
    }
    if (m_accepted == 0) line(fmt::format("error.{}{}", m_place, *names.begin()), "-1 not in the library");
    return false;
  }

  /// A question about one thing ("device.0."), in which an answer, such as "not supported", and a missing function are no errors.
  DriverQuestion about(std::string place, int accepted) const {
    DriverQuestion question = *this;
    question.m_place = std::move(place);
    question.m_accepted = accepted;
    return question;
  }

 private:
  void* m_library;
  int m_descriptor;
  std::function<std::string(int)> m_error_name;
  std::string m_place;
  int m_accepted = 0;
};

inline constexpr int k_most_asked_devices = 64;

/// Each asks an opened library and writes the answer to the descriptor; see HostSystem::query_driver.
void question_cuda(void* library, int descriptor);
void question_nvml(void* library, int descriptor);
void question_level_zero(void* library, int descriptor);

}  // namespace torchup
