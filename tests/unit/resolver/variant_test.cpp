#include "torchup/resolver/variant.hpp"

#include "resolver/variants/catalog_data.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace torchup;

namespace {

NumericVersion number(std::string_view text) { return NumericVersion::parse(text).value(); }

HostFacts linux_host() {
  HostFacts facts;
  OperatingSystem os;
  os.system = "Linux", os.machine = "x86_64";
  facts.os = Fact<OperatingSystem>{os, {"test", ""}};
  facts.libc = Fact<Libc>{{"glibc", number("2.36")}, {"test", ""}};
  return facts;
}

HostFacts nvidia_host(const std::string& architecture, const char* cuda, const char* driver = "999.0") {
  auto facts = linux_host();
  facts.accelerators.push_back(
      {{.kind = "cuda", .name = "GPU", .architecture = architecture, .memory_bytes = {}, .pci = ""}, {"test", ""}});
  facts.drivers.push_back({{.kind = "cuda", .version = number(driver), .cuda = number(cuda)}, {"test", ""}});
  return facts;
}

/// A catalog of one release 9.0.0 with cu129 and cpu, whose cu129 carries the given code.
VariantCatalog small_catalog(const std::string& cubins, const std::string& ptx) {
  return VariantCatalog::parse(R"({"schema": 1, "family": {"names": ["torchvision", "torch"]},
    "releases": [{"torch": "9.0.0", "wheels": [{"tag": "manylinux_2_28_x86_64", "pythons": ["cp312"]}], "defaults": {},
      "variants": [{"name": "cu129", "on": ["linux-x86_64"]}, {"name": "cpu", "on": ["linux-x86_64"]}], "companions": [], "source": "s"}],
    "toolkits": [{"variant": "cu129", "cuda": "12.9"}], "drivers": [{"cuda": "12.9", "linux": "575.51", "windows": null}],
    "minor_compatibility": [{"from": "12.0", "to": "12.99", "linux": "525.60.13", "windows": "528.33", "source": "s"}],
    "architectures": [{"torch": "9.0", "variant": "cu129", "os": "linux", "machine": "x86_64", "sm": )" +
                               cubins + R"(, "ptx": )" + ptx + R"(, "source": "s"}], "gpus": [], "gfx": [], "mps": [], "cpu_levels": []})")
      .value();
}

const RankedVariant& row(const VariantChoice& choice, std::string_view name) {
  return *std::find_if(choice.ranked.begin(), choice.ranked.end(), [&](const auto& variant) { return variant.name == name; });
}

bool has_code(const RankedVariant& variant, std::string_view code) {
  return std::any_of(variant.reasons.begin(), variant.reasons.end(), [&](const auto& reason) { return reason.code == code; });
}

}  // namespace

TEST_CASE("the built-in catalog holds every release, newest first, each build with its toolkit") {
  const auto releases = catalog_releases(VariantCatalog::built_in());
  CHECK(releases.size() == 36);
  CHECK(releases.front() == "2.15.0");
  CHECK(releases.back() == "1.10.0");
  const auto& family = torch_family(VariantCatalog::built_in());
  for (const char* name : {"torch", "torchvision", "torchaudio"}) CHECK(std::find(family.begin(), family.end(), name) != family.end());
  CHECK(std::find(family.begin(), family.end(), "numpy") == family.end());
  CHECK(variant_index_folder("cu130") == "cu130");
  CHECK(variant_index_folder("mps") == "cpu");
}

// The CUDA C programming guide's binary compatibility: same major number, minor not above the device's.
TEST_CASE("code runs on the same major architecture with an equal or higher minor") {
  const auto [architecture, cubins, fits, code] = GENERATE(table<std::string, std::string, bool, std::string>({
      {"sm_89", R"(["8.6"])", true, "arch-family"},
      {"sm_87", R"(["8.0"])", true, "arch-family"},
      {"sm_121", R"(["12.0"])", true, "arch-family"},
      {"sm_121", R"(["12.0f"])", true, "arch-family"},
      {"sm_90", R"(["8.6", "9.0"])", true, "fits"},
      {"sm_90", R"(["9.0a"])", true, "fits"},
      {"sm_121", R"(["12.0a"])", false, "arch-missing"},
      {"sm_110", R"(["10.0"])", false, "arch-missing"},
      {"sm_80", R"(["8.6"])", false, "arch-missing"},
      {"sm_90", R"(["8.0"])", false, "arch-missing"},
  }));
  INFO(architecture << " on " << cubins);
  const auto choice = choose_variant(nvidia_host(architecture, "13.0"), small_catalog(cubins, "[]"), {}).value();
  CHECK(row(choice, "cu129").fits == fits);
  CHECK(has_code(row(choice, "cu129"), code));
  CHECK(choice.chosen->name == (fits ? "cu129" : "cpu"));
}

TEST_CASE("PTX of a lower architecture is compiled, but not by a driver that is only minor-compatible") {
  const auto catalog = small_catalog(R"(["7.5"])", R"(["8.0"])");
  const auto native = choose_variant(nvidia_host("sm_90", "12.9"), catalog, {}).value();
  CHECK(native.chosen->name == "cu129");
  CHECK(has_code(*native.chosen, "arch-ptx"));
  const auto minor = choose_variant(nvidia_host("sm_90", "12.2", "535.54.03"), catalog, {}).value();
  CHECK(minor.chosen->name == "cpu");
  CHECK(has_code(row(minor, "cu129"), "arch-missing"));
  CHECK_FALSE(choose_variant(nvidia_host("sm_75", "12.9"), small_catalog("[]", R"(["8.0"])"), {}).value().chosen->name == "cu129");
}

TEST_CASE("minor-version compatibility holds within a major number and from the first driver on") {
  const auto [cuda, driver, code, fits] = GENERATE(table<const char*, const char*, std::string, bool>({
      {"12.9", "575.51.03", "fits", true},
      {"12.0", "525.60.13", "driver-minor-compatible", true},
      {"12.0", "525.60.12", "driver-too-old", false},
      {"11.8", "530.0", "driver-too-old", false},
      {"13.0", "580.65.06", "fits", true},
  }));
  const auto choice = choose_variant(nvidia_host("sm_90", cuda, driver), small_catalog(R"(["9.0"])", "[]"), {}).value();
  CHECK(has_code(row(choice, "cu129"), code));
  CHECK(row(choice, "cu129").fits == fits);
}

TEST_CASE("a GPU that programs cannot use does not decide, and the reason says why") {
  auto facts = nvidia_host("sm_90", "13.0");
  facts.accelerators.front().value.unusable = "`/dev/nvidiactl` cannot be opened: Permission denied";
  const auto choice = choose_variant(facts, small_catalog(R"(["9.0"])", "[]"), {}).value();
  CHECK(choice.chosen->name == "cpu");
  CHECK(choice.summary ==
        "torch 9.0.0 cpu from the PyTorch index: GPU (sm_90) stays unused: GPU cannot be used: `/dev/nvidiactl` cannot be opened: "
        "Permission denied");
}

TEST_CASE("a host without an accelerator chooses cpu from the PyTorch index") {
  const auto choice = choose_variant(linux_host(), VariantCatalog::built_in(), {.companions = {"torchvision"}}).value();
  CHECK(choice.chosen->release == "2.15.0");
  CHECK(choice.chosen->name == "cpu");
  CHECK(choice.chosen->index == VariantIndex::torch);
  CHECK(choice.summary == "torch 2.15.0 cpu from the PyTorch index: this host has no accelerator");
}

TEST_CASE("a named variant is chosen for another machine's sake, with the reasons why it would not run here") {
  const auto choice = choose_variant(linux_host(), VariantCatalog::built_in(), {.variant = "cu126"}).value();
  CHECK(choice.chosen->release == "2.14.1");
  CHECK_FALSE(choice.chosen->fits);
  CHECK(choice.summary ==
        "torch 2.14.1 cu126 from the PyTorch index: it was asked for, though this host could not use it: this host has no NVIDIA GPU");
  const auto main_index = choose_variant(linux_host(), VariantCatalog::built_in(), {.variant = "default"}).value();
  CHECK(main_index.chosen->name == "cu132");
  CHECK(main_index.chosen->index == VariantIndex::main);
}

TEST_CASE("what cannot be installed is never chosen, even by name") {
  const auto choice = choose_variant(linux_host(), VariantCatalog::built_in(), {.variant = "mps"}).value();
  CHECK_FALSE(choice.chosen.has_value());
  CHECK(has_code(row(choice, "mps"), "not-published"));
}

TEST_CASE("the Python decides which releases there are") {
  const auto [python, release] = GENERATE(table<std::string, std::string>(
      {{"3.10", "2.14.1"}, {"3.9.18", "2.8.0"}, {"3.15", "2.15.0"}, {"3.14t", "2.15.0"}, {"3.13t", "2.12.0"}, {"3.6.15", "1.10.2"}}));
  INFO(python);
  const auto choice = choose_variant(linux_host(), VariantCatalog::built_in(), {.python = python}).value();
  REQUIRE(choice.chosen.has_value());
  CHECK(choice.chosen->release == release);
}

TEST_CASE("the releases that a requirement admits bound the choice") {
  const auto choice = choose_variant(linux_host(), VariantCatalog::built_in(), {.among = {"2.4.0", "2.5.1"}}).value();
  CHECK(choice.chosen->release == "2.5.1");
}

TEST_CASE("a name that the catalog does not know is answered with the nearest") {
  const auto variant = choose_variant(linux_host(), VariantCatalog::built_in(), {.variant = "cu13"});
  CHECK(variant.error().kind == ErrorKind::usage);
  CHECK(variant.error().message == "the catalog knows no variant `cu13`");
  CHECK(variant.error().hints == std::vector<std::string>{"the nearest are cu113, cu130, cu132"});
  const auto release = choose_variant(linux_host(), VariantCatalog::built_in(), {.release = "2.15.9"});
  CHECK(release.error().message == "the catalog knows no release of torch `2.15.9`");
  const auto python = choose_variant(linux_host(), VariantCatalog::built_in(), {.python = "snake"});
  CHECK(python.error().message == "`snake` is not a Python version");
}

TEST_CASE("a catalog that breaks the schema is refused, and the row is named") {
  const std::string rows =
      R"("toolkits": [], "drivers": [], "minor_compatibility": [], "architectures": [], "gpus": [], "gfx": [], "mps": [], "cpu_levels": [])";
  const auto with_release = [&](const std::string& release) {
    return R"({"schema": 1, "family": {"names": []}, "releases": [)" + release + "], " + rows + "}";
  };
  const auto release = [](const std::string& version, const std::string& builds) {
    return R"({"torch": )" + version + R"(, "wheels": [], "defaults": {}, "variants": )" + builds + R"(, "companions": [], "source": "s"})";
  };
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"[", "the catalog is not a JSON object"},
      {R"({"schema": 2})", "`schema` of the catalog is not 1, the only one that this program reads"},
      {with_release(""), "`releases` of the catalog is empty"},
      {with_release(release("2.1", "[]")), "`releases[0].torch` of the catalog is not a text"},
      {with_release(release(R"("2.x")", "[]")), "`releases[0].torch` of the catalog is `2.x`, not a dotted version number"},
      {with_release(release(R"("2.1.0")", "[]") + "," + release(R"("2.1")", "[]")), "`releases` of the catalog has `2.1` twice"},
      {with_release(release(R"("2.1.0")", R"([{"name": "cpu", "on": [1]}])")),
       "`releases[0].variants[0].on` of the catalog is not a list of texts"},
      {with_release(release(R"("2.1.0")", R"([{"name": "cu999", "on": []}])")),
       "`toolkits` of the catalog has no row for `cu999` of release 2.1.0"},
  };
  for (const auto& [json, message] : cases) {
    const auto catalog = VariantCatalog::parse(json);
    REQUIRE_FALSE(catalog.has_value());
    CHECK(catalog.error().message == message);
    CHECK(catalog.error().kind == ErrorKind::usage);
  }
}

TEST_CASE("a range of releases counts the patch releases of its end") {
  CHECK(in_range(number("2.4.1"), number("1.12"), number("2.4")));
  CHECK_FALSE(in_range(number("2.5.0"), number("1.12"), number("2.4")));
  CHECK(in_range(number("2.15.0"), number("2.8"), number("99")));
  CHECK(in_range(number("2.10.0"), number("2.10"), number("2.12.1")));
  CHECK_FALSE(in_range(number("2.9.1"), number("2.10"), number("2.12.1")));
}

TEST_CASE("a compute capability is two numbers, the second of one digit") {
  CHECK(parse_capability("9.0") == Capability{9, 0, 0});
  CHECK(parse_capability("10.3a") == Capability{10, 3, 'a'});
  for (const char* text : {"", "9", "9.", ".0", "9.10", "100.0", "9.0b", "9.0 ", "a"}) CHECK(parse_capability(text) == std::nullopt);
}

TEST_CASE("a release that has dropped this GPU says which one is the newest that has not") {
  const auto facts = nvidia_host("sm_70", "12.8", "570.0");  // V100: nothing of 2.15 has code for it
  VariantWish wish{.python = "3.12", .among = {"2.15.0"}};
  const auto choice = choose_variant(facts, VariantCatalog::built_in(), wish).value();
  REQUIRE(choice.chosen);
  CHECK(choice.chosen->name == "cpu");
  CHECK_THAT(choice.summary, Catch::Matchers::EndsWith("; the newest torch with a build for what is here is 2.14.1 (cu126)"));
  wish.among = {};
  CHECK(choose_variant(facts, VariantCatalog::built_in(), wish)->summary.find("what is here is") == std::string::npos);
  wish.among = {"2.15.0"};
  wish.variant = "cpu";
  CHECK(choose_variant(facts, VariantCatalog::built_in(), wish)->summary.find("what is here is") == std::string::npos);
}

TEST_CASE("a build of another index than the one that was searched is told where it lies") {
  const auto hints = [](const char* requirement, const std::optional<RankedVariant>& searched) {
    return index_hints(VariantCatalog::built_in(), {Requirement::parse(requirement).value()}, searched);
  };
  const RankedVariant cpu{.release = "2.15.0", .name = "cpu"}, cu130{.release = "2.15.0", .name = "cu130"};
  CHECK(hints("torch==2.15.0+cu130", std::nullopt) ==
        std::vector<std::string>{"`torch==2.15.0+cu130` names a build of the PyTorch index's folder `cu130`, and the main index, which "
                                 "carries no such builds, was searched; `--variant cu130` takes it from there"});
  CHECK(hints("torchvision==0.30.0+cu130", cpu).at(0).find("and the folder of `cpu` was searched;") != std::string::npos);
  CHECK(hints("torch==2.15.0+cu130", cu130).empty());
  CHECK(hints("torch==2.15.0", std::nullopt).empty());
  CHECK(hints("torch!=2.15.0+cu130", std::nullopt).empty());
  CHECK(hints("torch==2.15.0+unheard", std::nullopt).empty());
  CHECK(hints("six==1.0+cu130", std::nullopt).empty());
}

namespace {

HostFacts amd_host(const std::string& architecture, const std::string& taken_for) {
  auto facts = linux_host();
  Accelerator gpu{.kind = "rocm", .name = "AMD " + architecture, .architecture = architecture};
  gpu.taken_for = taken_for;
  facts.accelerators.push_back({gpu, {"test", ""}});
  return facts;
}

HostFacts intel_host(const std::string& architecture, bool integrated) {
  auto facts = linux_host();
  Accelerator gpu{.kind = "xpu", .name = "Intel GPU", .architecture = architecture};
  gpu.integrated = integrated;
  facts.accelerators.push_back({gpu, {"test", ""}});
  return facts;
}

}  // namespace

TEST_CASE("an overridden AMD GPU is judged by what it is taken for") {
  const auto& catalog = VariantCatalog::built_in();
  const auto plain = choose_variant(amd_host("gfx1031", ""), catalog, {}).value();
  CHECK(plain.chosen->name == "cpu");
  CHECK(plain.summary.find("AMD gfx1031 stays unused: torch 2.14.1 rocm7.2 has no code for gfx1031, only for ") != std::string::npos);
  const auto taken = choose_variant(amd_host("gfx1031", "gfx1030"), catalog, {}).value();
  CHECK(taken.chosen->name == "rocm7.2");
  CHECK(has_code(*taken.chosen, "arch-override"));
  CHECK_FALSE(has_code(*taken.chosen, "fits"));
}

TEST_CASE("an Intel GPU is an XPU by its device IP, its family's, or on trust; one in a processor only by its IP") {
  const auto [architecture, integrated, variant, code] = GENERATE(table<std::string, bool, std::string, std::string>({
      {"ip_12.55.8", false, "xpu", "fits"},
      {"ip_12.55", false, "xpu", "fits"},
      {"ip_12.56.5", false, "xpu", "arch-family"},
      {"ip_20.4.4", true, "xpu", "fits"},
      {"ip_12.2.0", true, "cpu", "arch-missing"},
      {"ip_12.70.4", true, "cpu", "arch-missing"},
      {"", false, "xpu", "fits"},
      {"", true, "cpu", "arch-missing"},
  }));
  INFO(architecture << ", " << integrated);
  const auto choice = choose_variant(intel_host(architecture, integrated), VariantCatalog::built_in(), {}).value();
  CHECK(choice.chosen->name == variant);
  CHECK(has_code(row(choice, "xpu"), code));
}

TEST_CASE("what stops a GPU just now does not change the build for it, and is said") {
  auto facts = nvidia_host("sm_90", "13.0");
  facts.accelerators.front().value.trouble = "cuInit answered 802";
  const auto choice = choose_variant(facts, small_catalog(R"(["9.0"])", "[]"), {}).value();
  CHECK(choice.chosen->name == "cu129");
  CHECK(choice.summary ==
        "torch 9.0.0 cu129 from the PyTorch index: it has code for GPU (sm_90); but GPU cannot be used just now: cuInit answered 802");
}

TEST_CASE("a forward-compatibility library that works is named") {
  auto facts = nvidia_host("sm_90", "12.9", "525.60.13");
  const auto code = [&] { return row(choose_variant(facts, small_catalog(R"(["9.0"])", "[]"), {}).value(), "cu129"); };
  CHECK_FALSE(has_code(code(), "driver-forward-compatible"));
  facts.libraries.push_back({{.name = "libcuda.so.1", .path = "/compat/libcuda.so.1", .role = "compat", .result = 0}, {"test", ""}});
  CHECK(has_code(code(), "driver-forward-compatible"));
  facts.libraries.front().value.result = 804;
  CHECK_FALSE(has_code(code(), "driver-forward-compatible"));
}

TEST_CASE("every build of every release can be ranked, and the choice is the same") {
  const auto facts = nvidia_host("sm_70", "12.8", "570.0");
  const auto some = choose_variant(facts, VariantCatalog::built_in(), {}).value();
  const auto all = rank_every_variant(facts, VariantCatalog::built_in(), {}).value();
  CHECK(all.chosen == some.chosen);
  CHECK(all.summary == some.summary);
  CHECK(all.ranked.size() > 200);
  CHECK(some.ranked.size() < all.ranked.size());
}
