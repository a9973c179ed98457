#pragma once
// Keeps the bytecode that a new environment's validation needed for the next environment of the same Python. It is compiled once
// more, from the store's own sources and by an interpreter that sees no package: what validation left in the environment was
// written while code of its packages ran, and must not reach others. The spine uses it.

#include "torchup/core/cancellation.hpp"

#include "src/install/install.hpp"
#include "src/install/python_layout.hpp"
#include "src/store/store.hpp"

#include <thread>
#include <vector>

namespace torchup {

/// Gives each package the bytecode that the store has for this interpreter.
void find_bytecode(std::vector<WantedPackage>& wanted, const Store& store, const PythonLayout& python);

/// Compiles beside what else is done. What was not published when it ends is given up.
class BytecodeCompilation {
 public:
  BytecodeCompilation(Store store, PythonLayout python) : m_store(std::move(store)), m_python(std::move(python)) {}
  ~BytecodeCompilation();
  BytecodeCompilation(const BytecodeCompilation&) = delete;
  BytecodeCompilation& operator=(const BytecodeCompilation&) = delete;

  /// Begins with those sources of the wanted packages that the interpreter has compiled in the generation, and that the store
  /// has no bytecode of. Once at most; what is given must outlive the compilation.
  void start(const Generation& generation, const std::vector<WantedPackage>& wanted);

  /// Waits for the end, and puts what was compiled into the store; the number of files. 0 where nothing was started.
  Result<std::size_t> publish();

 private:
  Status compile(const Generation& generation, const std::vector<WantedPackage>& wanted);

  Store m_store;
  PythonLayout m_python;
  Cancellation m_given_up;
  std::vector<StagedTree> m_trees;  ///< The thread's, until it has ended.
  Status m_compiled;
  std::thread m_thread;
};

}  // namespace torchup
