#include "src/store/store_use.hpp"

#include "torchup/system/hash.hpp"

#include "src/store/store.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

using namespace torchup;
using namespace std::chrono_literals;
using torchup::test::TemporaryFolder;

namespace fs = std::filesystem;

namespace {

// An open lock file is a use of its own, in this process as in another.
struct UsedStore {
  TemporaryFolder folder;
  fs::path root = folder.path() / "store";
  std::optional<Store> store = Store::open(root).value();
  Sha256 wheel = sha256({});
};

}  // namespace

TEST_CASE_METHOD(UsedStore, "a store may be used by several at once, and cleaned by one that is alone") {
  const StoreUse one = StoreUse::begin(root, 0ms).value();
  const Status refused = one.become_alone(0ms);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().kind == ErrorKind::host);
  CHECK(refused.error().message == "the store `" + root.string() + "` is in use by another process");

  store.reset();
  CHECK(one.become_alone(0ms).has_value());
  const auto another = StoreUse::begin(root, 0ms);
  REQUIRE_FALSE(another.has_value());
  CHECK(another.error().message == "the store `" + root.string() + "` is being cleaned by another process");

  CHECK(one.share().has_value());
  CHECK(StoreUse::begin(root, 0ms).has_value());
}

TEST_CASE_METHOD(UsedStore, "an artifact keeps its store from being cleaned") {
  const fs::path staging = store->stage(wheel).value();
  const ArtifactManifest manifest{PackageName::parse("a").value(), Version::parse("1").value(), "a-1-py3-none-any.whl", {}};
  std::optional<VerifiedArtifact> artifact = store->publish(wheel, staging, manifest).value();
  store.reset();
  const StoreUse cleaner = StoreUse::begin(root, 0ms).value();
  CHECK_FALSE(cleaner.become_alone(0ms).has_value());
  artifact.reset();
  CHECK(cleaner.become_alone(0ms).has_value());
}

TEST_CASE_METHOD(UsedStore, "what a killed process left in staging goes with the next use, unless somebody uses the store") {
  const fs::path left = store->stage(wheel).value();
  CHECK(StoreUse::begin(root, 0ms).has_value());
  CHECK(fs::exists(left));
  store.reset();
  CHECK(StoreUse::begin(root, 0ms).has_value());
  CHECK_FALSE(fs::exists(left));
}
