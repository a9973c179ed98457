#include "torchup/resolver/export_lock.hpp"

#include "tests/support/made_up_lock.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace torchup;
using namespace torchup::test;

namespace {

constexpr const char* k_main = "https://index.example/simple";
constexpr const char* k_other = "https://index.example/whl/cpu";

Lockfile example() {
  auto torch = with_index(made_up_package("torch", "2.15.0+cpu", {"filelock 3.20.0", "sympy 1.14.0"}), k_other);
  torch.wheels = {made_up_wheel("torch-2.15.0+cpu-cp311-cp311-linux_x86_64.whl", 'b'),
                  made_up_wheel("torch-2.15.0+cpu-cp312-cp312-linux_x86_64.whl", 'c')};
  auto lock = made_up_lock({with_index(made_up_package("filelock", "3.20.0"), k_main),
                            with_marker(with_index(made_up_package("sympy", "1.14.0"), k_main), "python_version >= '3.10'"), torch},
                           {"torch"});
  lock.requires_python = SpecifierSet::parse("==3.11.*").value();
  return lock;
}

std::string digits(char digit) { return std::string(64, digit); }

BomHead head() { return {"1.2.3", Sha256::parse("00112233445566778899aabbccddeeff" + std::string(32, '0')).value()}; }

nlohmann::json bom_of(const Lockfile& lock) { return nlohmann::json::parse(cyclonedx_text(lock, head())); }

}  // namespace

TEST_CASE("a requirements file pins every package, with the digest of every wheel and the indexes") {
  CHECK(requirements_text(example()) ==
        "# pip install --require-hashes -r FILE\n"
        "# for Python ==3.11.*\n"
        "# uv asks one index for a package and stops there: give it --index-strategy unsafe-best-match\n"
        "--index-url https://index.example/simple\n"
        "--extra-index-url https://index.example/whl/cpu\n"
        "filelock==3.20.0 \\\n"
        "    --hash=sha256:" +
            digits('a') +
            "\n"
            "sympy==1.14.0 ; python_version >= \"3.10\" \\\n"
            "    --hash=sha256:" +
            digits('a') +
            "\n"
            "torch==2.15.0+cpu \\\n"
            "    --hash=sha256:" +
            digits('b') +
            " \\\n"
            "    --hash=sha256:" +
            digits('c') + "\n");
}

TEST_CASE("where some packages name no index, the reader's own one still counts") {
  auto lock = example();
  lock.packages[0].index.reset();
  const std::string text = requirements_text(lock);
  CHECK(text.find("\n--extra-index-url https://index.example/simple\n") != std::string::npos);
  CHECK(text.find("\n--index-url") == std::string::npos);
  for (auto& package : lock.packages) package.index.reset();
  CHECK(requirements_text(lock).find("index-url") == std::string::npos);
}

TEST_CASE("an index URL shows no credentials and no variable that pip would fill in") {
  auto lock = made_up_lock({with_index(made_up_package("a", "1"), "https://user:secret@index.example/${HOME}/simple")});
  const std::string text = requirements_text(lock);
  CHECK(text.find("--index-url https://index.example/%24{HOME}/simple\n") != std::string::npos);
  CHECK(text.find("secret") == std::string::npos);
}

TEST_CASE("formats without extras and groups hold what is installed by default") {
  auto lock = made_up_lock({with_marker(made_up_package("by-default", "1"), "'main' in dependency_groups and os_name == 'posix'"),
                            with_marker(made_up_package("cuda", "1"), "'cu130' in extras"),
                            with_marker(made_up_package("plain", "1"), "'cu130' not in extras")});
  lock.default_groups = {"main"};
  const auto packages = settled_packages(lock);
  REQUIRE(packages.size() == 2);
  CHECK(packages[0].name.text() == "by-default");
  CHECK(packages[0].marker->text() == "os_name == \"posix\"");
  CHECK(packages[1].name.text() == "plain");
  CHECK_FALSE(packages[1].marker);
  CHECK(requirements_text(lock).find("cuda") == std::string::npos);
}

TEST_CASE("formats without extras hold those that are chosen, their markers in short") {
  auto lock = made_up_lock({with_marker(made_up_package("cpu", "1"), "'cpu' in extras"),
                            with_marker(made_up_package("cuda", "1"), "'cu130' in extras and os_name == 'posix'"),
                            with_marker(made_up_package("either", "1"), "os_name == 'nt' or os_name != 'nt' and 'cpu' not in extras")});
  lock.extras = {"cpu", "cu130"};
  const auto packages = settled_packages(lock, {"cu130"});
  REQUIRE(packages.size() == 2);
  CHECK(packages[0].name.text() == "cuda");
  CHECK(packages[0].marker->text() == "os_name == \"posix\"");
  CHECK(packages[1].name.text() == "either");
  CHECK_FALSE(packages[1].marker);
  CHECK(requirements_text(lock, {"cpu"}).find("cuda==1") == std::string::npos);
  CHECK(conda_text(lock, "a", {"cu130"}).find("cuda==1") != std::string::npos);
}

TEST_CASE("a Dockerfile installs the same lines on the newest Python of the lock") {
  auto lock = made_up_lock({made_up_package("a", "1")});
  lock.requires_python = SpecifierSet::parse(">=3.10,<3.13").value();
  CHECK(dockerfile_text(lock) ==
        "# syntax=docker/dockerfile:1\n"
        "FROM python:3.12-slim\n"
        "COPY <<'REQUIREMENTS' /tmp/requirements.txt\n" +
            requirements_text(lock) +
            "REQUIREMENTS\n"
            "RUN python -m pip install --no-cache-dir --require-hashes -r /tmp/requirements.txt && rm /tmp/requirements.txt\n");
  lock.requires_python = SpecifierSet::parse("==3.9.*").value();
  CHECK(dockerfile_text(lock).find("FROM python:3.9-slim\n") != std::string::npos);
  lock.requires_python = SpecifierSet::parse(">=3.9").value();
  CHECK(dockerfile_text(lock).find("FROM python:3-slim\n") != std::string::npos);
  CHECK(dockerfile_text(lock).find("NVIDIA") == std::string::npos);
  CHECK(dockerfile_text(lock, {"cu130"}).find("ENV NVIDIA_VISIBLE_DEVICES=all ") != std::string::npos);
  lock.tool.variant = "cu126";
  CHECK(dockerfile_text(lock).find("ENV NVIDIA_VISIBLE_DEVICES=all ") != std::string::npos);
}

TEST_CASE("a conda environment holds Python and the same lines for pip") {
  CHECK(conda_text(example(), "train") ==
        "name: \"train\"\n"
        "channels:\n"
        "  - conda-forge\n"
        "dependencies:\n"
        "  - \"python=3.11\"\n"
        "  - pip\n"
        "  - pip:\n"
        "      - \"--index-url https://index.example/simple\"\n"
        "      - \"--extra-index-url https://index.example/whl/cpu\"\n"
        "      - \"filelock==3.20.0 --hash=sha256:" +
            digits('a') +
            "\"\n"
            "      - \"sympy==1.14.0 ; python_version >= \\\"3.10\\\" --hash=sha256:" +
            digits('a') +
            "\"\n"
            "      - \"torch==2.15.0+cpu --hash=sha256:" +
            digits('b') + " --hash=sha256:" + digits('c') + "\"\n");
}

TEST_CASE("a conda environment of an empty lock, of a range of Pythons, and of a strange name") {
  Lockfile lock;
  CHECK(conda_text(lock, "a\"b\n") == "name: \"a\\\"b\\x0a\"\nchannels:\n  - conda-forge\ndependencies:\n  - \"python\"\n  - pip\n");
  lock.requires_python = SpecifierSet::parse(">=3.10, <3.13").value();
  CHECK(conda_text(lock, "a").find("\"python>=3.10,<3.13\"") != std::string::npos);
}

TEST_CASE("a bill of materials has its form, and a serial number from the content") {
  const auto bom = bom_of(example());
  CHECK(bom["bomFormat"] == "CycloneDX");
  CHECK(bom["specVersion"] == "1.6");
  CHECK(bom["version"] == 1);
  CHECK(bom["serialNumber"] == "urn:uuid:00112233-4455-8677-8899-aabbccddeeff");
  CHECK(bom["metadata"]["tools"]["components"][0]["version"] == "1.2.3");
  CHECK_FALSE(bom["metadata"].contains("timestamp"));
  CHECK(cyclonedx_text(example(), head()) == cyclonedx_text(example(), head()));
}

TEST_CASE("each package is a component with its package URL and its files' digests") {
  const auto components = bom_of(example())["components"];
  REQUIRE(components.size() == 3);
  CHECK(components[0]["type"] == "library");
  CHECK(components[0]["purl"] == "pkg:pypi/filelock@3.20.0");
  CHECK(components[0]["bom-ref"] == components[0]["purl"]);
  CHECK(components[0]["hashes"] == nlohmann::json::array({{{"alg", "SHA-256"}, {"content", digits('a')}}}));
  CHECK(components[2]["purl"] == "pkg:pypi/torch@2.15.0%2Bcpu");
  CHECK_FALSE(components[2].contains("hashes"));
  REQUIRE(components[2]["externalReferences"].size() == 2);
  CHECK(components[2]["externalReferences"][1]["hashes"][0]["content"] == digits('c'));
  CHECK(components[2]["externalReferences"][1]["type"] == "distribution");
  CHECK(components[1]["properties"][0]["value"] == "python_version >= \"3.10\"");
}

TEST_CASE("the graph of a bill of materials leads from the lock to every package") {
  const auto dependencies = bom_of(example())["dependencies"];
  REQUIRE(dependencies.size() == 4);
  CHECK(dependencies[0] == nlohmann::json{{"ref", "lock"}, {"dependsOn", {"pkg:pypi/torch@2.15.0%2Bcpu"}}});
  CHECK(dependencies[3]["dependsOn"] == nlohmann::json{"pkg:pypi/filelock@3.20.0", "pkg:pypi/sympy@1.14.0"});
  CHECK(dependencies[1]["dependsOn"] == nlohmann::json::array());
}

TEST_CASE("entries that share name and version have references of their own") {
  const auto lock = made_up_lock(
      {with_marker(made_up_package("a", "1"), "os_name == 'nt'"), with_marker(made_up_package("a", "1"), "os_name == 'posix'")});
  const auto bom = bom_of(lock);
  CHECK(bom["components"][0]["bom-ref"] == "pkg:pypi/a@1");
  CHECK(bom["components"][1]["bom-ref"] == "pkg:pypi/a@1#2");
  CHECK(bom["components"][1]["purl"] == "pkg:pypi/a@1");
}
