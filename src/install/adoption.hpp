#pragma once
// Taking over a virtual environment that another tool made (--in-place): what it holds becomes generation 1, by renames alone, right
// before the flip to a generation of ours. A journal in DIR names what is moved; whoever is killed meanwhile leaves it, and the next
// `open_environment` moves everything back, or, after the flip, takes it away.

#include "torchup/core/result.hpp"
#include "torchup/install/environment.hpp"

#include "src/install/environment_lock.hpp"
#include "src/install/python_layout.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace torchup {

/// An environment that another tool made, as a generation of number 0 of which nothing was recorded: a folder with a pyvenv.cfg or
/// conda-meta of its own, and a site-packages. Nothing where the folder is torchup's or no environment.
std::optional<Generation> environment_of_another_tool(const std::filesystem::path& root);

/// Whether DIR has a journal: an adoption was interrupted.
bool is_half_adopted(const std::filesystem::path& root);

/// Ends an interrupted adoption: before the flip all is moved back, after it the journal goes. ErrorKind::install where that fails; the
/// journal then stays.
Status recover_adoption(const Folder& folder);

class Adoption {
 public:
  /// Makes DIR/generations/1, empty; everything else stays where it is. ErrorKind::host where DIR cannot be adopted: conda's, of another
  /// Python than `layout`, or with names of ours in it.
  static Result<Adoption> begin(const EnvironmentLock& lock, PythonLayout layout);

  /// Undoes what was not finished.
  ~Adoption();
  Adoption(Adoption&&) noexcept;
  Adoption& operator=(Adoption&&) = delete;

  /// Moves what DIR holds into generation 1, and writes its manifest. The flip must follow at once.
  Status move();

  /// After the flip: there is no way back any more.
  Status finish();

 private:
  Adoption(const EnvironmentLock& lock, PythonLayout layout, std::vector<std::string> names)
      : m_lock(&lock), m_layout(std::move(layout)), m_names(std::move(names)) {}

  const EnvironmentLock* m_lock;  // nothing once it is finished or moved from
  PythonLayout m_layout;
  std::vector<std::string> m_names;
};

}  // namespace torchup
