#pragma once
// Where stages say what a person should know while they work. Passed in, never global; the command decides how it looks.

#include <cstdint>
#include <string>
#include <string_view>

namespace torchup {

class Diagnostics {
 public:
  virtual ~Diagnostics() = default;

  /// Something the user should know and may act on, such as a yanked version that was chosen.
  virtual void warn(std::string_view sentence) = 0;

  /// One step of the work, shown with -v.
  virtual void note(std::string_view sentence) = 0;

  /// Why a decision was taken, shown with --explain.
  virtual void explain(std::string_view sentence) = 0;

  /// Progress of a named piece of work in bytes; `total` 0 while unknown. A piece is finished when `done == total`.
  virtual void progress(std::string_view piece, std::uint64_t done, std::uint64_t total) = 0;
};

/// Says nothing: for tests and for work whose steps nobody watches.
class SilentDiagnostics final : public Diagnostics {
 public:
  void warn(std::string_view) override {}
  void note(std::string_view) override {}
  void explain(std::string_view) override {}
  void progress(std::string_view, std::uint64_t, std::uint64_t) override {}
};

}  // namespace torchup
