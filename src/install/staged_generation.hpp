#pragma once
// A generation on disk that nobody uses yet: made by `stage_generation`, looked at by validation, then put in use by
// `activate_generation` or taken away. One that is merely let go of takes itself away.

#include "torchup/core/result.hpp"
#include "torchup/install/environment.hpp"

#include "src/install/folder.hpp"
#include "src/install/foreign_content.hpp"
#include "src/install/python_layout.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace torchup {

/// How files came into a generation.
struct PlacedFiles {
  std::uint64_t linked = 0, cloned = 0, copied = 0;  ///< What was written afresh counts as copied.
  bool from_another_disk = false;                    ///< The store lies on another file system: nothing can be shared.
};

struct StageTotals {
  std::uint64_t files = 0;
  std::uint64_t copied_bytes = 0;  ///< Written, generated files included.
  std::uint64_t cloned_bytes = 0;  ///< Shared with the store until changed.
  std::uint64_t linked_bytes = 0;  ///< Hard links to the store's read-only files.
  PlacedFiles placed = {};
};

class Cancellation;
class Diagnostics;
class EnvironmentLock;
class StagedGeneration;
struct WantedPackage;
Result<StagedGeneration> stage_generation(const EnvironmentLock&, const EnvironmentSpec&, const std::vector<WantedPackage>&, Diagnostics&,
                                          const Cancellation&);
Result<Environment> activate_generation(const EnvironmentLock&, StagedGeneration);
Status discard_generation(StagedGeneration);

class StagedGeneration {
 public:
  const Generation& generation() const { return m_generation; }
  const StageTotals& totals() const { return m_totals; }

  /// Takes over what others have put into the generation that this one follows (foreign_content.hpp).
  Result<KeptForeignContent> keep(const ForeignContent& content, const Generation& from);

  ~StagedGeneration();
  StagedGeneration(StagedGeneration&&) noexcept = default;
  StagedGeneration& operator=(StagedGeneration&&) = delete;

 private:
  friend Result<StagedGeneration> stage_generation(const EnvironmentLock&, const EnvironmentSpec&, const std::vector<WantedPackage>&,
                                                   Diagnostics&, const Cancellation&);
  friend Result<Environment> activate_generation(const EnvironmentLock&, StagedGeneration);
  friend Status discard_generation(StagedGeneration);
  StagedGeneration(Generation generation, PythonLayout python, std::unique_ptr<Folder> generations)
      : m_generation(std::move(generation)), m_python(std::move(python)), m_generations(std::move(generations)) {}

  Generation m_generation;
  PythonLayout m_python;
  StageTotals m_totals;
  std::unique_ptr<Folder> m_generations;  ///< DIR/generations; nothing once it was put in use or taken away.
};

}  // namespace torchup
