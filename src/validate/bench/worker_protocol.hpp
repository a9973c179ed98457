#pragma once
// What the program and its workers say to one another: one line of JSON a request on the worker's standard input, one a reply on
// its descriptor 3. The worker in Python speaks the same. Replies come from foreign code: what cannot be read is an answer, too.

#include "torchup/core/result.hpp"
#include "torchup/kernels/kernel.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace torchup {

/// Makes a case ready, in place of the one before it.
struct PrepareCase {
  std::string kernel, kernel_case;
  bool judge = false;               ///< Runs it once and compares it with the float64 truth.
  std::string folder;               ///< Where a worker without our kernels finds `input_N`, and leaves `output_N`, as raw numbers.
  std::string element = "float32";  ///< Their type.
  std::vector<TensorSizes> inputs = {};
};

/// Runs the case that is ready so many times in a row, as one sample.
struct RunCase {
  std::uint32_t runs = 1;
};

/// The protocol of a guide: a square product of that size, so many runs for nothing, the mean of so many after them.
struct RunGuide {
  std::int64_t size = 0;
  std::uint32_t warm_ups = 0, runs = 0;
};

using WorkerRequest = std::variant<PrepareCase, RunCase, RunGuide>;

/// The worker is there.
struct WorkerReady {
  std::string version;  ///< Of what it runs: "2.15.0+cu132".
  unsigned threads = 0;
};

struct CaseReady {
  std::optional<ErrorMeasurement> error;
};

/// The engine cannot do this case: an answer, not a failure.
struct CaseRefused {
  std::string reason;
};

struct CaseFailed {
  std::string message;
};

/// One sample. `seconds` is all of it; of them the process waited for a processor `waited` long.
struct Sample {
  double seconds = 0, waited = 0;
  std::uint64_t switches = 0;  ///< How often the system took the processor away.
};

using WorkerReply = std::variant<WorkerReady, CaseReady, CaseRefused, CaseFailed, Sample>;

/// One line with its end.
std::string write_request(const WorkerRequest& request);
std::string write_reply(const WorkerReply& reply);

/// ErrorKind::validation for a line that is none.
Result<WorkerRequest> read_request(std::string_view line);
Result<WorkerReply> read_reply(std::string_view line);

}  // namespace torchup
