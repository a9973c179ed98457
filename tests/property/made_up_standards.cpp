#include "tests/property/made_up_standards.hpp"

namespace torchup::test {
namespace {

using Texts = std::vector<std::string>;

std::string release(Dice& dice) {
  std::string text = std::to_string(dice.below(3));
  for (std::size_t i = dice.below(3); i > 0; --i) text += "." + std::to_string(dice.below(3));
  return text;
}

std::string comparison(Dice& dice) {
  switch (dice.below(4)) {
    case 0:
      return "python_version " + dice.pick(Texts{"<", "<=", "==", "!=", ">=", ">"}) + " '3." + std::to_string(8 + dice.below(4)) + "'";
    case 1:
      return "sys_platform " + dice.pick(Texts{"==", "!=", "in", "not in"}) + dice.pick(Texts{" 'linux'", " \"win32\""});
    case 2:
      return "extra" + dice.pick(Texts{"==", "!="}) + dice.pick(Texts{"'a'", "'b'"});
    default:
      return dice.pick(Texts{"'a'", "'b'"}) + dice.pick(Texts{" in ", " not in "}) + "extras";
  }
}

}  // namespace

std::string made_up_version(Dice& dice) {
  std::string text = dice.one_in(8) ? "1!" : "";
  text += release(dice);
  if (dice.one_in(3)) text += dice.pick(Texts{"a", "b", "rc", ".ALPHA", "-c"}) + std::to_string(dice.below(2));
  if (dice.one_in(4)) text += dice.pick(Texts{".post", "-r", "-"}) + std::to_string(dice.below(2));
  if (dice.one_in(4)) text += dice.pick(Texts{".dev", "_dev"}) + std::to_string(dice.below(2));
  if (dice.one_in(4)) text += dice.pick(Texts{"+cpu", "+CU130", "+1", "+1.a", "+cpu_1"});
  return text;
}

std::string made_up_clause(Dice& dice) {
  switch (dice.below(4)) {
    case 0:
      return dice.pick(Texts{"==", "!="}) + release(dice) + ".*";
    case 1:
      return dice.pick(Texts{"==", "!="}) + made_up_version(dice);
    case 2:
      return "~=" + std::to_string(dice.below(3)) + "." + release(dice);
    default:
      break;
  }
  const std::string version = made_up_version(dice);
  return dice.pick(Texts{"<", "<=", ">", ">="}) + version.substr(0, version.find('+'));
}

std::string made_up_marker(Dice& dice, int depth) {
  std::string text;
  for (std::size_t i = 0, count = 1 + dice.below(3); i < count; ++i) {
    if (i > 0) text += dice.pick(Texts{" and ", " or "});
    text += depth < 3 && dice.one_in(3) ? "(" + made_up_marker(dice, depth + 1) + ")" : comparison(dice);
  }
  return text;
}

}  // namespace torchup::test
