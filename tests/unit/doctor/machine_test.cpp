// The checks of folders, the store, the network and the host's changes.
#include "torchup/doctor/host_marks.hpp"

#include "src/doctor/folder_state.hpp"
#include "src/doctor/index_answer.hpp"
#include "src/store/manifest_file.hpp"
#include "tests/support/fake_transport.hpp"
#include "tests/unit/doctor/patient.hpp"

using namespace torchup;
using test::numeric;
using test::Patient;
using test::Told;

namespace {

FolderState sound_folder() {
  return {.purpose = "the cache",
          .path = "/home/me/.cache",
          .nearest = "/home/me/.cache",
          .owner = 1000,
          .user = 1000,
          .owner_name = "me",
          .mode = 0755,
          .free_bytes = 100'000'000'000,
          .total_bytes = 200'000'000'000,
          .free_inodes = 1'000'000,
          .total_inodes = 2'000'000};
}

Told told(const std::vector<DoctorFinding>& findings) {
  Told lines;
  for (const DoctorFinding& finding : findings)
    lines.push_back(fmt::format("{} {}: {}", severity_name(finding.severity), finding.id, finding.title));
  return lines;
}

DoctorIndex index_at(const std::string& url, const char* name = "main index", bool needed = true) {
  return {name, Url::parse(url).value(), "TORCHUP_INDEX_URL", needed};
}

const auto k_now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + std::chrono::hours(12);

}  // namespace

TEST_CASE("a folder that can be written and has room is left in peace") {
  CHECK(judge_folder(sound_folder(), 6'000'000'000).empty());
  Patient patient;
  const FolderState state = look_at_folder("the cache", patient.path("cache/not/yet"));
  CHECK(state.nearest == patient.path("cache"));
  CHECK(state.problem == 0);
  CHECK(std::filesystem::is_empty(patient.path("cache")));  // trying to write left nothing
}

TEST_CASE("why a folder cannot be written is told apart") {
  FolderState state = sound_folder();
  state.problem = EACCES;
  CHECK(told(judge_folder(state, 1)) ==
        Told{"error folder-not-writable: the cache `/home/me/.cache` cannot be written to: Permission denied"});
  CHECK(judge_folder(state, 1).front().fix);
  state.owner = 0, state.owner_name = "root";
  CHECK(judge_folder(state, 1).front().id == "folder-of-another-user");
  CHECK(judge_folder(state, 1).front().evidence.front() == "`/home/me/.cache`: owner root, mode 0755, asked as user 1000");
  CHECK_FALSE(judge_folder(state, 1).front().fix);
  state.problem = EROFS;
  CHECK(judge_folder(state, 1).front().id == "folder-read-only");
  state.problem = EDQUOT;
  CHECK(judge_folder(state, 1).front().id == "quota-exceeded");
  state.problem = ENOSPC, state.free_bytes = 0;
  CHECK(judge_folder(state, 1).front().id == "disk-full");
  state.free_bytes = 1'000'000'000;
  CHECK(judge_folder(state, 1).front().id == "inodes-few");
}

TEST_CASE("permissions are given back to the owner alone, and nothing else of them changes") {
  Patient patient;
  const auto folder = patient.folder.write("cache/file", "").parent_path();
  std::filesystem::permissions(folder, std::filesystem::perms(0150));
  REQUIRE(apply_fix({.kind = Fix::Kind::own_permissions, .path = folder}));
  CHECK(std::filesystem::status(folder).permissions() == std::filesystem::perms(0750));
  CHECK_FALSE(apply_fix({.kind = Fix::Kind::own_permissions, .path = patient.path("none")}));
}

TEST_CASE("a file is not set aside over one that was before, and a link is removed without what it leads to") {
  Patient patient;
  const auto file = patient.folder.write("own.pth", "new"), before = patient.folder.write("own.pth.disabled", "old");
  const auto status = apply_fix({.kind = Fix::Kind::set_aside, .path = file});
  REQUIRE_FALSE(status);
  CHECK(status.error().message == fmt::format("cannot rename `{}`: `{}` is there already", file.string(), before.string()));
  CHECK(test::read_text(before) == "old");
  std::filesystem::remove(before);
  REQUIRE(apply_fix({.kind = Fix::Kind::set_aside, .path = file}));
  CHECK(test::read_text(before) == "new");
  patient.folder.write("kept/file", "");
  std::filesystem::create_directory_symlink("kept", patient.path("~orch"));
  REQUIRE(apply_fix({.kind = Fix::Kind::remove_tree, .path = patient.path("~orch")}));
  CHECK(std::filesystem::exists(patient.path("kept/file")));
}

TEST_CASE("little room and few inodes are told with how much there is") {
  FolderState state = sound_folder();
  state.free_bytes = 2'000'000'000, state.free_inodes = 500;
  CHECK(told(judge_folder(state, 6'000'000'000)) == Told{"warning disk-low: the cache `/home/me/.cache` has 2.0 GB left",
                                                         "warning inodes-few: the cache `/home/me/.cache` has room for 500 more files"});
  state.free_bytes = 1'000'000, state.total_inodes = 0;
  CHECK(told(judge_folder(state, 6'000'000'000)) == Told{"error disk-full: the cache `/home/me/.cache` has 1.0 MB left"});
}

TEST_CASE("a wheel of the store that lost a file or was written to is told, and taken out") {
  Patient patient;
  const std::string sha(64, 'a');
  const std::string tree = "cache/store/trees/sha256/aa/" + sha;
  CHECK(patient.report("cache").status == "nothing is in it yet");
  const auto artifact = ArtifactManifest{PackageName::parse("demo").value(),
                                         Version::parse("1.0").value(),
                                         "demo-1.0-py3-none-any.whl",
                                         {{"demo/__init__.py", 5, Sha256::parse(sha).value()}}};
  patient.folder.write(tree + "/tree/demo/__init__.py", "12345");
  patient.folder.write(tree + "/manifest", print_manifest(artifact));
  CHECK(patient.ids("cache").empty());
  const auto file = patient.path(tree + "/tree/demo/__init__.py");
  std::filesystem::last_write_time(file, std::filesystem::last_write_time(file) + std::chrono::hours(1));
  CHECK(patient.report("cache").findings.at(0).evidence == Told{"`demo/__init__.py` was written to after it was verified"});
  patient.folder.write(tree + "/tree/demo/__init__.py", "123");
  CHECK(patient.findings("cache") == Told{"error cache-damaged: `demo-1.0-py3-none-any.whl` is damaged in the store"});
  REQUIRE(apply_fix(*patient.report("cache").findings.at(0).fix));
  CHECK(patient.ids("cache").empty());
}

TEST_CASE("indexes that answer with the right time are left in peace") {
  Patient patient;
  test::FakeTransport transport;
  patient.transport = &transport;
  patient.indexes = {index_at("https://index.example/simple/torch/")};
  patient.now = k_now;
  transport.serve("https://index.example/simple/torch/", {.headers = {{"date", "Sun, 22 Nov 2026 12:01:00 GMT"}}, .body = "a page"});
  CHECK(patient.ids("network").empty());
  CHECK(patient.report("network").status == "index.example answered");
}

TEST_CASE("an index that answers wrongly or says another time is told") {
  Patient patient;
  test::FakeTransport transport;
  patient.transport = &transport;
  const std::string url = "https://index.example/simple/torch/";
  patient.indexes = {index_at(url)};
  patient.now = k_now;
  const auto answers = [&](int status, const std::string& date = "") {
    transport.serve(url, {.status = status, .headers = {{"date", date}}});
    return patient.findings("network");
  };
  CHECK(answers(503) == Told{"error index-unreachable: the main index `index.example` has trouble of its own"});
  CHECK(answers(401) == Told{"error index-refuses: the main index `index.example` wants a name and a password"});
  CHECK(answers(404) == Told{"error index-without-torch: the main index `index.example` has no page of torch"});
  CHECK(answers(407) == Told{"error proxy-failing: the proxy on the way to the main index `index.example` wants a name and a password"});
  CHECK(answers(200, "Sun, 22 Nov 2026 14:00:00 GMT") == Told{"warning clock-wrong: this machine's clock is 120 minutes behind"});
  CHECK(answers(200, "yesterday").empty());
}

TEST_CASE("no answer is told by its cause: connection, proxy, certificate, clock") {
  const DoctorIndex main = index_at("https://index.example/simple/torch/"),
                    torch = index_at("https://torch.example/whl/", "PyTorch index", false),
                    mirror = index_at("https://mirror.example/", "mirror");
  const auto judged = [&](const DoctorIndex& index, const std::string& why, const Told& proxies = {}) {
    return told(judge_answer({.index = &index, .failure = why}, proxies, k_now));
  };
  CHECK(judged(main, "cannot resolve `index.example`") ==
        Told{"error index-unreachable: the main index `index.example` cannot be reached"});
  CHECK(judged(torch, "cannot resolve `torch.example`") ==
        Told{"note index-unreachable: the PyTorch index `torch.example` cannot be reached"});
  CHECK(judged(mirror, "cannot connect") == Told{"error mirror-unreachable: the mirror `mirror.example` cannot be reached"});
  CHECK(judged(main, "cannot connect to `proxy`", {"HTTPS_PROXY=http://proxy"}) ==
        Told{"error proxy-failing: the main index `index.example` cannot be reached through the proxy"});
  CHECK(judged(main, "the TLS certificate of `index.example` cannot be trusted: self-signed certificate") ==
        Told{"error certificate-untrusted: the certificate of the main index `index.example` is not trusted"});
  CHECK(judged(main, "the TLS certificate of `index.example` cannot be trusted: certificate is not yet valid") ==
        Told{"error clock-wrong: the certificate of the main index `index.example` is not valid yet: this machine's clock is behind"});
}

TEST_CASE("a server that never answers is given up on") {
  test::FakeTransport transport;
  transport.serve("https://index.example/", {.status = 0});
  const auto answers = ask_indexes({index_at("https://index.example/")}, transport, std::chrono::milliseconds(1));
  CHECK(answers.at(0).failure == "no answer within 0 s");
  CHECK(transport.pending() == 0);
}

TEST_CASE("a certificate file that is not there is told, a password in a proxy's URL is not") {
  Patient patient;
  test::FakeTransport transport;
  patient.transport = &transport;
  patient.indexes = {index_at("https://index.example/simple/torch/")};
  patient.host.variables = {{"SSL_CERT_FILE", "/nowhere/ca.pem"}, {"HTTPS_PROXY", "http://me:secret@proxy.example:3128"}};
  transport.serve("https://index.example/simple/torch/", {.status = 200, .cut_after = 0});
  const auto report = patient.report("network");
  CHECK(report.findings.at(0).title == "SSL_CERT_FILE names `/nowhere/ca.pem`, which is not there");
  for (const DoctorFinding& finding : report.findings) {
    for (const std::string& line : finding.evidence) CHECK(line.find("secret") == std::string::npos);
  }
}

TEST_CASE("dates of HTTP are read, and nothing else is") {
  CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == std::chrono::sys_seconds(std::chrono::seconds(784111777)));
  for (const char* text : {"", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:99 GMT", "Sun, 31 Feb 1994 08:49:37 GMT",
                           "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Xxx 1994 08:49:37 GMT", "Sun, -6 Nov 1994 08:49:37 GMT"}) {
    CHECK_FALSE(parse_http_date(text));
  }
}

TEST_CASE("a host that is as it was is left in peace; another driver is a warning, another kernel a note") {
  Patient patient;
  patient.with_environment().with_gpu("NVIDIA H100", "sm_90", "580.95.05", "13.0");
  CHECK(patient.report("host-drift").status == "no healthy run of this environment is recorded");
  patient.healthy_host = HealthyHost{"2026-11-20 18:00 UTC", host_marks(patient.facts)};
  CHECK(patient.ids("host-drift").empty());
  std::get<Fact<OperatingSystem>>(patient.facts.os).value.kernel = "6.1.1";
  CHECK(patient.ids("host-drift") == Told{"note host-drift"});
  patient.facts.drivers.at(0).value.version = numeric("590.48.01");
  CHECK(patient.findings("host-drift") ==
        Told{"warning host-drift: the host has changed since 2026-11-20 18:00 UTC, when this environment was last found healthy"});
  CHECK(patient.report("host-drift").findings.at(0).evidence ==
        Told{"kernel: 6.1.1 (was 6.1.0)", "driver cuda: 590.48.01, CUDA 13.0 (was 580.95.05, CUDA 13.0)"});
  patient.facts.accelerators.clear();
  CHECK(patient.report("host-drift").findings.at(0).evidence.back() == "gpu 0: gone (was NVIDIA H100 (sm_90))");
}
