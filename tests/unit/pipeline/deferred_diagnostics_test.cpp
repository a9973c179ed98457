#include "src/deferred_diagnostics.hpp"

#include <catch2/catch.hpp>

using namespace torchup;

namespace {

class Heard final : public Diagnostics {
 public:
  void warn(std::string_view sentence) override { text += "warn " + std::string(sentence) + "\n"; }
  void note(std::string_view sentence) override { text += "note " + std::string(sentence) + "\n"; }
  void explain(std::string_view sentence) override { text += "explain " + std::string(sentence) + "\n"; }
  void progress(std::string_view piece, std::uint64_t done, std::uint64_t) override {
    text += "progress " + std::string(piece) + " " + std::to_string(done) + "\n";
  }

  std::string text;
};

}  // namespace

TEST_CASE("what is said side by side is heard one after the other") {
  Heard heard;
  DeferredDiagnostics first(heard), second(heard);
  first.take_turn();
  second.note("b1");
  first.warn("a1");
  second.warn("b2");
  second.progress("wheel", 5, 10);
  second.explain("b3");
  first.note("a2");
  CHECK(heard.text == "warn a1\nprogress wheel 5\nnote a2\n");
  heard.text.clear();
  second.take_turn();
  CHECK(heard.text == "note b1\nwarn b2\nexplain b3\n");
  second.warn("b4");
  CHECK(heard.text == "note b1\nwarn b2\nexplain b3\nwarn b4\n");
}
