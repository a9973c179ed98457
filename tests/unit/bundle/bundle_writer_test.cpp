// What the writer writes, the reader reads, the same bytes each time; and what was interrupted is gone on with.

#include "src/bundle/bundle_writer.hpp"

#include "src/archive/stored_zip.hpp"
#include "src/archive/zip_content.hpp"
#include "src/bundle/bundle_contents.hpp"
#include "tests/support/made_up_lock.hpp"
#include "tests/unit/bundle/made_bundle.hpp"

#include <catch2/catch.hpp>

using namespace torchup;
using namespace torchup::test;

namespace {

const std::string k_first = std::string(5000, 'a') + "the first wheel", k_second = "the second wheel";

LockedFile file_of(const std::string& name, const std::string& content) {
  return {name, Url::parse("https://files.example/" + name).value(), content.size(), digest_of(content)};
}

/// A lock of two packages on two indexes, with contents of our own.
BundleContents small_contents() {
  LockedPackage torch = with_index(made_up_package("torch", "2.15.0"), "https://download.pytorch.org/whl/cu130");
  torch.wheels = {file_of("torch-2.15.0-cp311-cp311-manylinux_2_28_x86_64.whl", k_first)};
  LockedPackage demo = with_index(made_up_package("demo", "1.0"), "https://index.example/simple/");
  demo.wheels = {file_of("demo-1.0-py3-none-any.whl", k_second)};
  demo.requires_python = SpecifierSet::parse(">=3.9").value();
  const Lockfile lock = made_up_lock({demo, torch}, {"torch"});
  return {.locks = {write_lock(lock)}, .catalog = "{}", .wheels = {torch.wheels[0], demo.wheels[0]}, .variants = {"cu130"}};
}

/// Puts all members, the wheels by their names.
Status fill(BundleWriter& writer, const PlannedBundle& plan) {
  for (std::size_t i = 0; i < plan.texts.size(); ++i) TORCHUP_TRY(writer.put(i, plan.texts[i]));
  for (std::size_t i = 0; i < plan.wheels.size(); ++i) {
    TORCHUP_TRY(writer.put(plan.texts.size() + i, plan.wheels[i].name.starts_with("torch") ? k_first : k_second));
  }
  return writer.finish();
}

std::string written(const BundleContents& contents, std::optional<std::uint64_t> part_bytes = {}) {
  const TemporaryFolder folder;
  const PlannedBundle plan = plan_bundle(contents).value();
  auto writer = BundleWriter::open(folder.path() / "b.zip", lay_out_bundle(plan.manifest), part_bytes).value();
  REQUIRE(fill(writer, plan));
  const auto bundle = Bundle::open(folder.path() / "b.zip").value();
  std::string bytes(bundle.size(), '\0');
  REQUIRE(bundle.source().read_at(0, std::as_writable_bytes(std::span(bytes))).value() == bytes.size());
  return bytes;
}

}  // namespace

TEST_CASE("what is written reads back, member by member") {
  const TemporaryFolder folder;
  const PlannedBundle plan = plan_bundle(small_contents()).value();
  auto writer = BundleWriter::open(folder.path() / "b.zip", lay_out_bundle(plan.manifest), {}).value();
  REQUIRE(fill(writer, plan));
  CHECK(!std::filesystem::exists(folder.path() / "b.zip.part"));
  CHECK(check_archive(folder.path() / "b.zip").value() == std::nullopt);
  const auto bundle = Bundle::open(folder.path() / "b.zip").value();
  CHECK(bundle.manifest() == plan.manifest);
  CHECK(bundle.manifest().platforms == std::vector<std::string>{"linux-x86_64"});
  CHECK(bundle.manifest().requests == std::vector<std::string>{"torch"});
  std::vector<std::string> paths;
  for (const PlacedMember& placed : bundle.members()) paths.push_back(placed.member.path);
  CHECK(paths == std::vector<std::string>{"pylock.toml", "catalog.json", "simple/0/torch.json", "simple/1/demo.json",
                                          "wheels/demo-1.0-py3-none-any.whl", "wheels/torch-2.15.0-cp311-cp311-manylinux_2_28_x86_64.whl"});
  CHECK(bundle.content(bundle.members()[5]).value() == k_first);
  CHECK(bundle.find(Url::parse("https://index.example/simple/demo/").value())->member.path == "simple/1/demo.json");
  CHECK(bundle.find(Url::parse("https://index.example/simple/other/").value()) == nullptr);
  const Json page = Json::parse(bundle.content(bundle.members()[3]).value());
  CHECK(page["files"][0]["filename"] == "demo-1.0-py3-none-any.whl");
  CHECK(page["files"][0]["size"] == k_second.size());
  CHECK(page["files"][0]["hashes"]["sha256"] == digest_of(k_second).hex());
  CHECK(page["files"][0]["requires-python"] == ">=3.9");
}

TEST_CASE("the same contents give the same bytes, in any order and in parts") {
  BundleContents contents = small_contents();
  const std::string bytes = written(contents);
  std::swap(contents.wheels[0], contents.wheels[1]);
  contents.wheels.push_back(contents.wheels[0]);
  contents.variants.push_back("cu130");
  CHECK(written(contents) == bytes);
  CHECK(written(contents, 1000) == bytes);
  contents.catalog = "{ }";
  CHECK(written(contents) != bytes);
}

TEST_CASE("two wheels under one name lie apart, and one content under two URLs lies once") {
  BundleContents contents = small_contents();
  contents.wheels.push_back(file_of("demo-1.0-py3-none-any.whl", "another build"));
  LockedFile elsewhere = contents.wheels[1];
  elsewhere.url = Url::parse("https://mirror.example/demo-1.0-py3-none-any.whl").value();
  contents.wheels.push_back(elsewhere);
  const PlannedBundle plan = plan_bundle(contents).value();
  const auto& members = plan.manifest.members;
  const auto wheels = std::vector<BundleMember>(members.begin() + 4, members.end());
  REQUIRE(wheels.size() == 3);
  const bool is_first = digest_of(k_second) < digest_of("another build");
  const auto& demo = wheels[is_first ? 0 : 1];
  CHECK(demo.urls.size() == 2);
  CHECK(wheels[0].path == "wheels/demo-1.0-py3-none-any.whl");
  CHECK(wheels[1].path == "wheels/" + wheels[1].sha256.hex() + "/demo-1.0-py3-none-any.whl");
}

TEST_CASE("a bundle that was interrupted goes on with what is whole") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "b.zip";
  const PlannedBundle plan = plan_bundle(small_contents()).value();
  const Cancellation nobody;
  const std::size_t torch = plan.texts.size() + 1, demo = plan.texts.size();
  {
    auto writer = BundleWriter::open(file, lay_out_bundle(plan.manifest), {}).value();
    REQUIRE(writer.put(torch, k_first));
    CHECK(writer.finish().error().kind == ErrorKind::internal);
  }
  CHECK(!std::filesystem::exists(file));
  const auto part = file.string() + ".part";

  SECTION("the wheel that is there is found, and no other") {
    auto writer = BundleWriter::open(file, lay_out_bundle(plan.manifest), {}).value();
    CHECK(writer.find(torch, nobody, {}).value());
    CHECK(!writer.find(demo, nobody, {}).value());
    REQUIRE(writer.put(demo, k_second));
    for (std::size_t i = 0; i < plan.texts.size(); ++i) REQUIRE(writer.put(i, plan.texts[i]));
    REQUIRE(writer.finish());
    CHECK(read_text(file) == written(small_contents()));
  }
  SECTION("a wheel that the disk has changed is not") {
    std::string bytes = read_text(part);
    bytes[bytes.find("the first wheel")] = 'T';
    folder.write("b.zip.part", bytes);
    auto writer = BundleWriter::open(file, lay_out_bundle(plan.manifest), {}).value();
    CHECK(!writer.find(torch, nobody, {}).value());
  }
  SECTION("another bundle begins anew") {
    BundleContents other = small_contents();
    other.catalog = "[]";  // of the same size
    const PlannedBundle planned = plan_bundle(other).value();
    auto writer = BundleWriter::open(file, lay_out_bundle(planned.manifest), {}).value();
    CHECK(!writer.find(torch, nobody, {}).value());
  }
}

TEST_CASE("a wheel that is not what the manifest says is not taken") {
  const TemporaryFolder folder;
  const PlannedBundle plan = plan_bundle(small_contents()).value();
  auto writer = BundleWriter::open(folder.path() / "b.zip", lay_out_bundle(plan.manifest), {}).value();
  std::string other = k_second;
  other[0] = 'T';
  const Status taken = writer.put(plan.texts.size(), other);
  REQUIRE(!taken);
  CHECK(taken.error().message == "`wheels/demo-1.0-py3-none-any.whl` changed while it was copied into the bundle: sha256 is `" +
                                     digest_of(other).hex() + "`, expected `" + digest_of(k_second).hex() + "`");
  CHECK(!writer.has_record(plan.texts.size()).value());
  CHECK(writer.put(plan.texts.size(), k_second.substr(1)).error().message == "`memory` ends 1 bytes too early");
}

TEST_CASE("records beyond 4 GiB have ZIP64 fields as the strict reader wants them") {
  const std::uint64_t big = 5ULL << 30;
  const StoredEntry large{.name = "large", .size = big, .crc32 = 7};
  const StoredEntry small{.name = "small", .size = 3, .crc32 = 9, .header_offset = stored_header(large).size() + big};
  const std::uint64_t directory_at = small.header_offset + stored_header(small).size() + small.size;
  const StoredEntry entries[] = {large, small};
  const std::string tail = stored_directory(entries, directory_at);
  const auto read = rule_on_directory(std::as_bytes(std::span(tail)), directory_at + tail.size());
  REQUIRE(read);
  const auto& directory = std::get<ZipDirectory>(*read);
  CHECK(directory.offset == directory_at);
  REQUIRE(directory.entries.size() == 2);
  CHECK(directory.entries[0].size == big);
  CHECK(directory.entries[0].compressed_size == big);
  CHECK(directory.entries[1].header_offset == small.header_offset);
  CHECK(stored_header(large).size() == 30 + 5 + 20);
}
