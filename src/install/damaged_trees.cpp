#include "src/install/damaged_trees.hpp"

#include "src/install/tree_file.hpp"

namespace torchup {
namespace {

Status check_tree(const VerifiedArtifact& artifact) {
  TORCHUP_TRY_ASSIGN(const OpenTree tree, OpenTree::open(artifact));
  for (const TreeFile& file : artifact.manifest().files) TORCHUP_TRY(tree.check_whole(file));
  return {};
}

}  // namespace

std::vector<TreeDamage> damaged_trees(const std::vector<WantedPackage>& wanted) {
  std::vector<TreeDamage> damaged;
  for (std::size_t place = 0; place < wanted.size(); ++place) {
    if (const Status whole = check_tree(wanted[place].artifact); !whole) damaged.push_back({place, whole.error().message});
  }
  return damaged;
}

std::vector<Sha256> leave_out_damaged_bytecode(std::vector<WantedPackage>& wanted) {
  std::vector<Sha256> damaged;
  for (WantedPackage& package : wanted) {
    if (!package.bytecode || check_tree(*package.bytecode)) continue;
    damaged.push_back(package.bytecode->sha256());
    package.bytecode.reset();
  }
  return damaged;
}

}  // namespace torchup
