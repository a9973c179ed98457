#pragma once
// A made-up machine with a made-up environment, and the doctor's checks run on them one by one.

#include "torchup/doctor/doctor.hpp"

#include "src/elf/elf_file.hpp"
#include "tests/support/elf_builder.hpp"
#include "tests/support/made_up_host.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace torchup::test {

inline NumericVersion numeric(std::string_view text) { return NumericVersion::parse(text).value(); }

class Patient {
 public:
  TemporaryFolder folder;
  MadeUpHost host;
  std::unique_ptr<HostSystem> this_host = make_posix_host_system();
  HostFacts facts;
  DoctorPlaces places;
  HttpTransport* transport = nullptr;
  std::vector<DoctorIndex> indexes;
  std::chrono::system_clock::time_point now{};
  std::optional<HealthyHost> healthy_host;
  Cancellation cancellation;

  /// A Debian on x86_64 without an accelerator.
  Patient() {
    facts.os = Fact<OperatingSystem>{{.system = "Linux", .machine = "x86_64", .kernel = "6.1.0"}, {"uname", ""}};
    facts.libc = Fact<Libc>{{"glibc", numeric("2.36")}, {"libc", ""}};
    places = {.cache = path("cache"), .data = path("data"), .temporary = path("tmp"), .here = path("here")};
    for (const char* name : {"cache", "data", "tmp", "here"}) std::filesystem::create_directory(path(name));
  }

  std::filesystem::path path(const std::string& name) const { return folder.path() / name; }
  std::filesystem::path site() const { return path("env/lib/python3.11/site-packages"); }

  /// A venv of Python 3.11 whose interpreter is a file for this machine.
  Patient& with_environment(const std::string& configuration = "include-system-site-packages = false\n") {
    folder.write("base/bin/python3.11", ElfBuilder().machine(own_elf_machine()).build());
    folder.write("base/lib/python3.11/random.py", "");
    folder.write("env/pyvenv.cfg", "home = " + path("base/bin").string() + "\nversion = 3.11.2\n" + configuration);
    std::filesystem::create_directories(path("env/bin"));
    std::filesystem::create_symlink(path("base/bin/python3.11"), path("env/bin/python"));
    std::filesystem::create_directories(site());
    return *this;
  }

  /// A distribution with a package of its name, and more lines of METADATA such as "Requires-Dist: demo".
  Patient& with(const std::string& name, const std::string& version, const std::vector<std::string>& metadata = {},
                const std::map<std::string, std::string>& files = {}) {
    std::string text = fmt::format("Metadata-Version: 2.1\nName: {}\nVersion: {}\n", name, version);
    for (const std::string& line : metadata) text += line + "\n";
    std::string spelled = name;
    std::replace(spelled.begin(), spelled.end(), '-', '_');
    const std::string info = fmt::format("{}-{}.dist-info", spelled, version);
    std::string record = info + "/METADATA,,\n" + info + "/RECORD,,\n";
    const auto put = [&](const std::string& file, const std::string& content) {
      folder.write("env/lib/python3.11/site-packages/" + file, content);
      record += fmt::format("{},sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,{}\n", file, content.size());
    };
    for (const auto& [file, content] : files) put(file, content);
    folder.write("env/lib/python3.11/site-packages/" + info + "/METADATA", text);
    folder.write("env/lib/python3.11/site-packages/" + info + "/RECORD", record);
    return *this;
  }

  /// torch of that version, as its version.py says it, and with these files besides.
  Patient& with_torch(const std::string& version, const std::string& cuda = "", std::map<std::string, std::string> files = {}) {
    files["torch/version.py"] =
        fmt::format("__version__ = '{}'\ndebug = False\ncuda: Optional[str] = {}\n", version, cuda.empty() ? "None" : "'" + cuda + "'");
    files.emplace("torch/__init__.py", "");
    return with("torch", version.substr(0, version.find('+')), {}, files);
  }

  Patient& with_gpu(const std::string& name, const std::string& architecture, const std::string& driver, const std::string& cuda) {
    facts.accelerators.push_back({{.kind = "cuda", .name = name, .architecture = architecture}, {"libcuda.so.1", name}});
    facts.drivers.clear();
    facts.drivers.push_back({{.kind = "cuda", .version = numeric(driver), .cuda = numeric(cuda)}, {"/sys/module/nvidia/version", driver}});
    return *this;
  }

  /// Runs one check; every finding must be one that the check declares.
  CheckReport report(const std::string& name) {
    const auto checks = choose_checks({name});
    REQUIRE(checks);
    REQUIRE(checks->size() == 1);
    std::optional<InstalledEnvironment> environment;
    if (auto read = read_installed_environment(path("env"))) environment = *std::move(read);
    const DoctorInput input{.facts = facts,
                            .host = host,
                            .this_host = *this_host,
                            .environment = environment ? &*environment : nullptr,
                            .places = places,
                            .catalog = VariantCatalog::built_in(),
                            .transport = transport,
                            .indexes = indexes,
                            .now = now,
                            .healthy_host = healthy_host,
                            .cancellation = cancellation};
    const auto examinations = examine(*checks, input);
    REQUIRE(examinations);
    const Examination& only = examinations->front();
    INFO(only.passed_over);
    REQUIRE(only.passed_over.empty());
    for (const DoctorFinding& finding : only.report.findings) {
      INFO(finding.id);
      CHECK(std::any_of(only.check->findings.begin(), only.check->findings.end(), [&](const char* id) { return finding.id == id; }));
      CHECK_FALSE(finding.title.empty());
      CHECK_FALSE(finding.evidence.empty());
      CHECK((finding.severity == Severity::note || !finding.remedy.empty()));
    }
    return only.report;
  }

  /// "error module-shadowed: title" of each finding.
  std::vector<std::string> findings(const std::string& name) {
    std::vector<std::string> told;
    for (const CheckReport all = report(name); const DoctorFinding& finding : all.findings)
      told.push_back(fmt::format("{} {}: {}", severity_name(finding.severity), finding.id, finding.title));
    return told;
  }

  /// Only "error module-shadowed".
  std::vector<std::string> ids(const std::string& name) {
    std::vector<std::string> told;
    for (const CheckReport all = report(name); const DoctorFinding& finding : all.findings)
      told.push_back(fmt::format("{} {}", severity_name(finding.severity), finding.id));
    return told;
  }

  /// One finding's remedies, joined.
  std::string remedy(const std::string& name) {
    std::string text;
    const CheckReport all = report(name);
    for (const std::string& line : all.findings.at(0).remedy) text += line + "\n";
    return text;
  }
};

using Told = std::vector<std::string>;

}  // namespace torchup::test
