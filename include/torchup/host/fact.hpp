#pragma once
// A fact about a host together with where it was read; and what stands in a fact's place when there is none.

#include <string>
#include <utility>
#include <variant>

namespace torchup {

/// Where a fact was read and what stood there.
struct Evidence {
  std::string source;  ///< A path, a command or a library call: "/sys/module/nvidia/version".
  std::string raw;     ///< The text as read, shortened to what matters.
  bool operator==(const Evidence&) const = default;
};

template <class T>
struct Fact {
  T value;
  Evidence evidence;
  bool operator==(const Fact&) const = default;
};

/// The source answered and there is nothing of the kind: an answer, not a failure.
struct Absent {
  Evidence evidence;
  bool operator==(const Absent&) const = default;
};

/// The source could not be read: nothing is known, and why.
struct ProbeFailure {
  std::string source;
  std::string reason;
  bool operator==(const ProbeFailure&) const = default;
};

template <class T>
using Finding = std::variant<Absent, Fact<T>, ProbeFailure>;

/// The fact's value, or nullptr.
template <class T>
const T* value_of(const Finding<T>& finding) {
  const auto* fact = std::get_if<Fact<T>>(&finding);
  return fact ? &fact->value : nullptr;
}

}  // namespace torchup
