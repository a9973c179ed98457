#include "src/validate/files/check_files.hpp"

#include "torchup/kernels/run_kernel.hpp"
#include "torchup/system/hash.hpp"

#include "src/install/bytecode.hpp"
#include "src/validate/counted.hpp"
#include "src/validate/files/listed_files.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <span>
#include <system_error>
#include <thread>

namespace torchup {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_most_named = 100;
constexpr std::size_t k_most_unlisted_named = 5;
constexpr std::string_view k_piece = "hashing installed files";

/// A file that is there and whose bytes are to be compared.
struct Candidate {
  std::string path;
  const ListedFile* listed;
  std::uint64_t size;
};

struct Findings {
  std::vector<std::string> faults;
  std::vector<Candidate> to_hash;
  std::uint64_t bytes = 0;
  std::size_t files = 0;
};

std::optional<std::string> size_fault(const ListedFile& listed, const std::string& path, std::uint64_t size) {
  const bool fits =
      std::any_of(listed.forms.begin(), listed.forms.end(), [&](const ListedFile::Form& form) { return form.size.value_or(size) == size; });
  if (fits || listed.forms.empty()) return std::nullopt;
  return fmt::format("`{}` changed: {} bytes, RECORD says {}", path, size, *listed.forms.front().size);
}

/// What can be told without reading: what is missing, and what has another size.
Findings look_at(const ListedFiles& listed, const fs::path& site_packages) {
  Findings findings;
  findings.faults = listed.faults;
  for (const auto& [path, file] : listed.files) {
    ++findings.files;
    std::error_code error;
    const fs::path full = site_packages / path;
    const fs::file_status status = fs::status(full, error);
    if (!fs::exists(status)) {
      findings.faults.push_back(fmt::format("`{}` is missing", path));
    } else if (!fs::is_regular_file(status)) {
      findings.faults.push_back(fmt::format("`{}` is not a file", path));
    } else if (!file.forms.empty()) {
      const std::uint64_t size = fs::file_size(full, error);
      if (auto fault = size_fault(file, path, size)) {
        findings.faults.push_back(std::move(*fault));
        continue;
      }
      findings.to_hash.push_back({path, &file, size});
      findings.bytes += size;
    }
  }
  return findings;
}

/// Hashes on all threads, biggest file first, so that none is left alone with it at the end.
class Hasher {
 public:
  Hasher(Findings& findings, const fs::path& site_packages, Diagnostics& diagnostics, const Cancellation& cancellation)
      : m_findings(findings), m_site_packages(site_packages), m_diagnostics(diagnostics), m_cancellation(cancellation) {}

  void run(unsigned threads) {
    auto& files = m_findings.to_hash;
    std::sort(files.begin(), files.end(), [](const Candidate& a, const Candidate& b) { return a.size > b.size; });
    std::vector<std::thread> workers;
    for (unsigned i = 1; i < threads; ++i) workers.emplace_back([this] { work(); });
    work();
    for (std::thread& worker : workers) worker.join();
    m_diagnostics.progress(k_piece, m_findings.bytes, m_findings.bytes);
  }

 private:
  void work() {
    const std::size_t at_once = Sha256Stream::lanes();
    const std::size_t all = m_findings.to_hash.size();
    for (std::size_t i = m_next.fetch_add(at_once); i < all && !m_cancellation.requested(); i = m_next.fetch_add(at_once)) {
      hash(std::span(m_findings.to_hash).subspan(i, std::min(at_once, all - i)));
    }
  }

  void hash(std::span<const Candidate> files) {
    std::vector<fs::path> paths;
    for (const Candidate& file : files) paths.push_back(m_site_packages / file.path);
    const std::vector<Result<Sha256>> digests = sha256_files(paths);
    const std::lock_guard lock(m_mutex);
    for (std::size_t i = 0; i < files.size(); ++i) take(files[i], digests[i]);
    m_diagnostics.progress(k_piece, std::min(m_done, m_findings.bytes - 1), m_findings.bytes);
  }

  void take(const Candidate& file, const Result<Sha256>& digest) {
    if (!digest) {
      m_findings.faults.push_back(fmt::format("`{}` cannot be read: {}", file.path, digest.error().message));
    } else if (std::ranges::none_of(file.listed->forms, [&](const auto& form) { return form.sha256 == *digest; })) {
      m_findings.faults.push_back(fmt::format("`{}` changed: its bytes are not those that RECORD lists", file.path));
    }
    m_done += file.size;
  }

  Findings& m_findings;
  const fs::path& m_site_packages;
  Diagnostics& m_diagnostics;
  const Cancellation& m_cancellation;
  std::atomic<std::size_t> m_next = 0;
  std::mutex m_mutex;
  std::uint64_t m_done = 0;
};

std::string named(std::vector<std::string> faults, std::size_t most) {
  std::sort(faults.begin(), faults.end());
  const std::size_t more = faults.size() > most ? faults.size() - most : 0;
  faults.resize(faults.size() - more);
  return fmt::format("{}{}", fmt::join(faults, "; "), more > 0 ? fmt::format("; and {} more", more) : "");
}

Check record_check(const Findings& findings, std::size_t distributions, double seconds) {
  Check check;
  check.id = "record";
  check.level = "files";
  check.engine = "static";
  check.seconds = seconds;
  check.outcome = findings.faults.empty() ? CheckOutcome::pass : CheckOutcome::fail;
  check.detail = findings.faults.empty() ? fmt::format("{} of {} as RECORD says", counted(findings.files, "file", "files"),
                                                       counted(distributions, "distribution", "distributions"))
                                         : named(findings.faults, k_most_named);
  if (seconds > 0) {
    check.rate = static_cast<double>(findings.bytes) / 1e6 / seconds;
    check.rate_unit = "MB/s";
  }
  return check;
}

/// Files in the folders of packages that no RECORD lists.
std::vector<std::string> unlisted_files(const ListedFiles& listed, const fs::path& site_packages) {
  std::set<std::string> tops;
  for (const auto& [path, file] : listed.files) {
    if (const std::size_t slash = path.find('/'); slash != std::string::npos && path.compare(0, 3, "../") != 0)
      tops.insert(path.substr(0, slash));
  }
  std::vector<std::string> unlisted;
  for (const std::string& top : tops) {
    std::error_code error;
    const auto options = fs::directory_options::skip_permission_denied;
    for (fs::recursive_directory_iterator entry(site_packages / top, options, error), end; !error && entry != end; entry.increment(error)) {
      std::error_code ignored;
      if (entry->is_directory(ignored)) continue;
      std::string path = entry->path().lexically_relative(site_packages).generic_string();
      if (!is_bytecode(path) && listed.files.count(path) == 0) unlisted.push_back(std::move(path));
    }
  }
  return unlisted;
}

Check unlisted_check(const std::vector<std::string>& unlisted, double seconds) {
  Check check;
  check.id = "record-unlisted";
  check.level = "files";
  check.engine = "static";
  check.seconds = seconds;
  check.detail = unlisted.empty() ? "no file in the packages' folders that no RECORD lists"
                                  : fmt::format("{} that no RECORD lists: {}", counted(unlisted.size(), "file", "files"),
                                                named({unlisted.begin(), unlisted.end()}, k_most_unlisted_named));
  return check;
}

}  // namespace

Status check_files(const fs::path& site_packages, const fs::path& root, unsigned threads, Diagnostics& diagnostics,
                   const Cancellation& cancellation, ValidationReport& report) {
  const double start = steady_seconds();
  const ListedFiles listed = list_files(site_packages, root);
  Findings findings = look_at(listed, site_packages);
  if (listed.distributions == 0) findings.faults.push_back(fmt::format("`{}` holds no distribution", site_packages.string()));
  Hasher(findings, site_packages, diagnostics, cancellation).run(threads > 0 ? threads : std::max(1U, std::thread::hardware_concurrency()));
  TORCHUP_TRY(cancellation.check());
  const double hashed = steady_seconds();
  report.checks.push_back(record_check(findings, listed.distributions, hashed - start));
  const auto unlisted = unlisted_files(listed, site_packages);
  report.checks.push_back(unlisted_check(unlisted, steady_seconds() - hashed));
  return {};
}

}  // namespace torchup
