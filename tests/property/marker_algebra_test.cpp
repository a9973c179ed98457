#include "torchup/resolver/marker_algebra.hpp"

#include "tests/property/made_up_standards.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using torchup::Marker;
using torchup::MarkerAlgebra;
using torchup::MarkerEnvironment;
using torchup::MarkerOrTruth;
using torchup::test::Dice;

namespace {

using Texts = std::vector<std::string>;

/// Every environment that the comparisons of `made_up` tell apart, and a few more.
std::vector<MarkerEnvironment> environments() {
  std::vector<MarkerEnvironment> all;
  for (const char* python : {"2.7.18", "3.8.0rc1", "3.8.0", "3.8.1", "3.9.0a2", "3.9.0", "3.9.7", "3.10.0", "3.10.4", "3.14.0+"}) {
    const std::string full = python;
    const std::string pair = full.substr(0, full.find('.', 2));
    for (const char* platform : {"linux", "win32", "darwin", "linux2", ""}) {
      for (const char* machine : {"x86_64", "arm64"}) {
        for (const int extras : {0, 1, 2, 3}) {
          MarkerEnvironment one{{{"python_version", pair},
                                 {"python_full_version", full},
                                 {"sys_platform", platform},
                                 {"platform_machine", machine},
                                 {"platform_release", extras % 2 == 0 ? "6.1.0" : "5.15.0-91-generic"}}};
          if ((extras & 1) != 0) one.extras.insert("a");
          if ((extras & 2) != 0) one.extras.insert("b");
          all.push_back(std::move(one));
        }
      }
    }
  }
  return all;
}

enum class Form { ordered, any };  // of `any` are comparisons that the algebra knows by name only

std::string comparison(Dice& dice, Form form) {
  static const Texts orders = {"<", "<=", "==", "!=", ">=", ">"};
  switch (dice.below(form == Form::ordered ? 6 : 9)) {
    case 0:
      return "python_version " + dice.pick(orders) + " " + dice.pick(Texts{"'3.8'", "'3.9'", "'3.10'", "'3'", "'3.8.1'", "'3.9rc1'"});
    case 1:
      return "python_full_version " + dice.pick(orders) + " " + dice.pick(Texts{"'3.8.0'", "'3.8'", "'3.9.0a2'", "'3.9.7'", "'3.10.1'"});
    case 2:
      return "sys_platform " + dice.pick(Texts{"==", "!=", "<=", "<"}) + dice.pick(Texts{" 'linux'", " \"win32\"", " 'darwin'"});
    case 3:
      return dice.pick(Texts{"'x86_64'", "\"arm64\""}) + dice.pick(Texts{" == ", " != "}) + "platform_machine";
    case 4:
      return dice.pick(Texts{"'a'", "'b'"}) + dice.pick(Texts{" in ", " not in "}) + "extras";
    case 5:
      return dice.pick(Texts{"python_version in '2.7, 3.10'", "python_version not in '3.8 3.9'", "'3.9' > python_version",
                             "'3.8' <= python_version", "python_version ~= '3.8'", "python_full_version == '3.9.*'",
                             "python_version != '3.*'", "'3.8' != python_version", "python_full_version ~= '3.9.0'",
                             "python_version == '3.8.*'", "python_version > 'none'"});
    case 6:
      return "sys_platform" + dice.pick(Texts{" in ", " not in "}) + dice.pick(Texts{"'linux2'", "'win32 darwin'"});
    case 7:
      return dice.pick(Texts{"'linux' in sys_platform", "'win' not in sys_platform", "python_full_version in '3.8.1'",
                             "'3.9.0' < python_full_version", "python_full_version === '3.8.0'", "python_version == '3.8+x'", "'x' == 'x'",
                             "os_name == sys_platform", "extras in 'a'"});
    default:
      return "platform_release " + dice.pick(orders) + dice.pick(Texts{" '6'", " '5.15.0-91-generic'"});
  }
}

std::string made_up(Dice& dice, Form form, int depth = 0) {
  std::string text;
  for (std::size_t i = 0, count = 1 + dice.below(3); i < count; ++i) {
    if (i > 0) text += dice.pick(Texts{" and ", " or "});
    text += depth < 3 && dice.one_in(3) ? "(" + made_up(dice, form, depth + 1) + ")" : comparison(dice, form);
  }
  return text;
}

bool holds(const MarkerOrTruth& marker, const MarkerEnvironment& environment) {
  const bool* truth = std::get_if<bool>(&marker);
  return truth ? *truth : std::get<Marker>(marker).evaluate(environment);
}

std::string text_of(const MarkerOrTruth& marker) {
  const bool* truth = std::get_if<bool>(&marker);
  return truth ? (*truth ? "true" : "false") : std::get<Marker>(marker).text();
}

Marker marker(const std::string& text) { return Marker::parse(text).value(); }

}  // namespace

TEST_CASE("a marker in short holds where the marker does, and reads back as the same set") {
  const auto all = environments();
  for (const Form form : {Form::ordered, Form::any}) {
    Dice dice(11);
    for (int round = 0; round < 1'500; ++round) {
      const std::string written = made_up(dice, form);
      const Marker whole = marker(written);
      MarkerAlgebra algebra;
      const auto set = algebra.of(whole).value();
      const auto brief = algebra.marker(set);
      if (!brief && form == Form::any) continue;  // a negation that has no operator
      CAPTURE(round, written, text_of(*brief));
      if (const auto* text = std::get_if<Marker>(&*brief)) REQUIRE(algebra.of(*text).value() == set);
      for (const auto& one : all) {
        CAPTURE(one.values.at("python_full_version"), one.values.at("sys_platform"), one.extras.size());
        REQUIRE(holds(*brief, one) == whole.evaluate(one));
      }
      REQUIRE(text_of(simplified(whole)) == text_of(*brief));
    }
  }
}

TEST_CASE("sets are joined, negated and compared as truth tables are") {
  const auto all = environments();
  Dice dice(12);
  for (int round = 0; round < 700; ++round) {
    const Marker left = marker(made_up(dice, Form::ordered)), right = marker(made_up(dice, Form::ordered));
    CAPTURE(round, left.text(), right.text());
    MarkerAlgebra algebra;
    const auto a = algebra.of(left).value(), b = algebra.of(right).value();
    const auto both = algebra.marker(algebra.intersection(a, b).value()).value();
    const auto either = algebra.marker(algebra.united(a, b).value()).value();
    const auto opposite = algebra.marker(algebra.complement(a).value()).value();
    CAPTURE(text_of(both), text_of(either), text_of(opposite));
    bool implied = true, together = false;
    for (const auto& one : all) {
      const bool in_left = left.evaluate(one), in_right = right.evaluate(one);
      REQUIRE(holds(both, one) == (in_left && in_right));
      REQUIRE(holds(either, one) == (in_left || in_right));
      REQUIRE(holds(opposite, one) != in_left);
      implied = implied && (!in_left || in_right);
      together = together || (in_left && in_right);
    }
    // The environments that were tried cannot show an implication, only that there is none.
    if (!implied) REQUIRE_FALSE(algebra.subset_of(a, b).value());
    if (together) REQUIRE_FALSE(algebra.disjoint(a, b).value());
  }
}

TEST_CASE("the laws of sets hold for markers") {
  Dice dice(13);
  for (int round = 0; round < 700; ++round) {
    MarkerAlgebra algebra;
    const auto made = [&] { return algebra.of(marker(made_up(dice, Form::any))).value(); };
    const auto a = made(), b = made(), c = made();
    const auto both = [&](auto x, auto y) { return algebra.intersection(x, y).value(); };
    const auto either = [&](auto x, auto y) { return algebra.united(x, y).value(); };
    const auto other = [&](auto x) { return algebra.complement(x).value(); };
    REQUIRE(other(other(a)) == a);
    REQUIRE(other(both(a, b)) == either(other(a), other(b)));
    REQUIRE(other(either(a, b)) == both(other(a), other(b)));
    REQUIRE(both(a, either(b, c)) == either(both(a, b), both(a, c)));
    REQUIRE(either(a, both(a, b)) == a);
    REQUIRE(both(a, other(a)).empty());
    REQUIRE(either(a, other(a)).is_all());
    REQUIRE(algebra.subset_of(both(a, b), a).value());
    REQUIRE(algebra.subset_of(a, b).value() == (both(a, b) == a));
    REQUIRE(algebra.disjoint(a, b).value() == both(a, b).empty());
  }
}

TEST_CASE("a marker for some of the environments holds in those, and not in the others that were told") {
  const auto all = environments();
  Dice dice(14);
  for (int round = 0; round < 700; ++round) {
    const Marker wanted = marker(made_up(dice, Form::ordered)), context = marker(made_up(dice, Form::ordered));
    MarkerAlgebra algebra;
    const auto among = algebra.of(context).value();
    const auto some = algebra.intersection(algebra.of(wanted).value(), among).value();
    const auto brief = algebra.marker(some, among).value();
    CAPTURE(round, wanted.text(), context.text(), text_of(brief));
    for (const auto& one : all) {
      if (context.evaluate(one)) REQUIRE(holds(brief, one) == wanted.evaluate(one));
    }
  }
}
