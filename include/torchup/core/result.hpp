#pragma once
// How everything in torchup that can fail says so. Every layer uses it; nothing above `core` adds a second way.

#include "torchup/core/error.hpp"

#include <tl/expected.hpp>

#include <string>
#include <utility>

namespace torchup {

template <class T>
using Result = tl::expected<T, Error>;

using Status = Result<void>;

/// An `Error` on its way into a `Result`.
inline tl::unexpected<Error> failure(Error error) { return tl::unexpected<Error>(std::move(error)); }

/// The same result; a failure gains one more frame, such as "while reading the index page of `torch`".
template <class T>
Result<T> with_context(Result<T> result, std::string frame) {
  if (!result) result.error().context.push_back(std::move(frame));
  return result;
}

}  // namespace torchup

// Leaves the function with the error, or goes on with the value.
#define TORCHUP_TRY_ASSIGN(declaration, expression)                                              \
  auto TORCHUP_NAME(result_) = (expression);                                                     \
  if (!TORCHUP_NAME(result_)) return torchup::failure(std::move(TORCHUP_NAME(result_)).error()); \
  declaration = *std::move(TORCHUP_NAME(result_))

// Leaves the function with the error, or goes on.
#define TORCHUP_TRY(expression)                                                                     \
  do {                                                                                              \
    if (auto result_ = (expression); !result_) return torchup::failure(std::move(result_).error()); \
  } while (false)

#define TORCHUP_NAME(stem) TORCHUP_JOIN(stem, __LINE__)
#define TORCHUP_JOIN(a, b) TORCHUP_JOIN_NOW(a, b)
#define TORCHUP_JOIN_NOW(a, b) a##b
