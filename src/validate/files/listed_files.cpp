#include "src/validate/files/listed_files.hpp"

#include "src/install/bytecode.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <system_error>

namespace torchup {

namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t k_largest_record = 256U << 20U;

std::vector<fs::path> distribution_folders(const fs::path& site_packages) {
  std::vector<fs::path> folders;
  std::error_code error;
  for (fs::directory_iterator entry(site_packages, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == ".dist-info") folders.push_back(entry->path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

Result<std::string> read_record(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) return failure({ErrorKind::integrity, "is missing", {}, {}});
  if (!fs::is_regular_file(status) || fs::file_size(path, error) > k_largest_record) {
    return failure({ErrorKind::integrity, "is not a file of a usual size", {}, {}});
  }
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.good() && !file.eof()) return failure({ErrorKind::integrity, "cannot be read", {}, {}});
  return text;
}

/// Whether a normal path lies below a folder, by its parts.
bool lies_below(const fs::path& path, const fs::path& folder) {
  const auto [rest, unmatched] = std::mismatch(path.begin(), path.end(), folder.begin(), folder.end());
  return (unmatched == folder.end() || unmatched->empty()) && rest != path.end();
}

void add_row(const RecordRow& row, const std::string& record, const fs::path& site_packages, const fs::path& root, ListedFiles& listed) {
  const fs::path written(row.path);
  const fs::path full = (site_packages / written).lexically_normal();
  if (written.is_absolute() || !lies_below(full, root.lexically_normal())) {
    listed.faults.push_back(fmt::format("`{}` lists `{}`, which leads out of the environment", record, row.path));
    return;
  }
  if (is_bytecode(full)) return;
  ListedFile& file = listed.files[written.lexically_normal().generic_string()];
  if (row.sha256) file.forms.push_back({*row.sha256, row.size});
}

}  // namespace

ListedFiles list_files(const fs::path& site_packages, const fs::path& root) {
  ListedFiles listed;
  for (const fs::path& folder : distribution_folders(site_packages)) {
    ++listed.distributions;
    const std::string name = folder.filename().string() + "/RECORD";
    const auto text = read_record(folder / "RECORD");
    if (!text) {
      listed.faults.push_back(fmt::format("`{}` {}", name, text.error().message));
      continue;
    }
    const auto rows = parse_record_rows(*text);
    if (!rows) {
      listed.faults.push_back(fmt::format("`{}` cannot be trusted: {}", name, rows.error().message));
      continue;
    }
    for (const RecordRow& row : *rows) add_row(row, name, site_packages, root, listed);
  }
  return listed;
}

}  // namespace torchup
