#pragma once
// Why there is no solution: PubGrub's derivation as a value, reduced to what a person needs. The solver makes it, commands
// print it; no one reads meaning out of its sentences.

#include <memory>
#include <string>
#include <vector>

namespace torchup {

/// One step: an outside fact (no causes) or a conclusion from others. At most some 200 levels deep; a conclusion that is
/// used twice has its causes where it is used first, so that the tree is no larger than the proof.
struct DerivationNode {
  std::string statement;  ///< "torchvision 0.29.2 depends on torch>=2.14"
  std::vector<std::shared_ptr<const DerivationNode>> causes = {};
};

struct Explanation {
  std::string text;                                  ///< Sentences for a person, one a line, no newline at the end.
  std::vector<std::string> hints;                    ///< What would help: "the newest version of torch is 2.15.0".
  std::shared_ptr<const DerivationNode> derivation;  ///< Never nothing.
  bool gave_up = false;                              ///< Nothing was proved: the search took more steps than it may.
};

}  // namespace torchup
