#pragma once
// Why there is no solution: PubGrub's derivation as a value, reduced to what a person needs.

#include <memory>
#include <string>
#include <vector>

namespace torchup {

/// One step: an outside fact (no causes) or a conclusion from two others.
struct DerivationNode {
  std::string statement;  ///< "torchvision 0.29.2 depends on torch>=2.14"
  std::vector<std::shared_ptr<const DerivationNode>> causes = {};
};

struct Explanation {
  std::string text;                ///< Sentences for a person, one a line.
  std::vector<std::string> hints;  ///< What would help: "the version exists only as a pre-release; add --prerelease allow".
  std::shared_ptr<const DerivationNode> derivation;
};

}  // namespace torchup
