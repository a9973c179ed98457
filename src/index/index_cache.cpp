#include "src/index/index_cache.hpp"

#include "torchup/system/hash.hpp"

#include "src/index/cache_file.hpp"
#include "src/index/cache_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace torchup {
namespace {

constexpr std::size_t k_longest_reason = 1000;

std::string key_of(const std::string& text) { return sha256(std::as_bytes(std::span(text))).hex(); }

template <class Number>
std::optional<Number> parse_number(const std::string& text) {
  Number number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<CachedPage> page_of(const CacheFile& file) {
  const auto url = Url::parse(file.field("url"));
  const auto fresh_until = parse_number<std::time_t>(file.field("fresh-until"));
  if (!url || !fresh_until) return std::nullopt;
  return CachedPage{.url = *url,
                    .content_type = file.field("content-type"),
                    .etag = file.field("etag"),
                    .last_modified = file.field("last-modified"),
                    .body = {},
                    .fresh_until = std::chrono::system_clock::from_time_t(*fresh_until),
                    .digest = file.field("sha256")};
}

}  // namespace

std::filesystem::path IndexCache::settled(std::filesystem::path path) const {
  if (m_writer != nullptr) m_writer->wait_for(path);
  return path;
}

Status IndexCache::write(std::filesystem::path path, CacheFile content) const {
  if (m_writer == nullptr) return write_cache_file(path, content);
  m_writer->add(std::move(path), std::move(content));
  return m_writer->failure_so_far();
}

std::filesystem::path IndexCache::page_path(const Url& asked) const {
  const std::string key = key_of(asked.text());
  return m_root / "pages" / key;
}

std::optional<CachedPage> IndexCache::find_page_head(const Url& asked) const {
  const auto file = read_cache_fields(settled(page_path(asked)));
  return file ? page_of(*file) : std::nullopt;
}

std::optional<CachedPage> IndexCache::find_page(const Url& asked) const {
  auto file = read_cache_file(settled(page_path(asked)));
  auto page = file ? page_of(*file) : std::nullopt;
  if (page) page->body = std::move(file->body);
  return page;
}

Status IndexCache::keep_page(const Url& asked, const CachedPage& page) const {
  CacheFile file{{{"url", page.url.text()},
                  {"content-type", page.content_type},
                  {"etag", page.etag},
                  {"last-modified", page.last_modified},
                  {"fresh-until", std::to_string(std::chrono::system_clock::to_time_t(page.fresh_until))}},
                 page.body};
  return write(page_path(asked), std::move(file));
}

std::filesystem::path IndexCache::offers_path(const Url& asked, const std::string& rules) const {
  const std::string key = key_of(asked.text() + "\n" + rules);
  return m_root / "offers" / key;
}

std::optional<KeptOffers> IndexCache::find_offers(const Url& asked, const std::string& digest, const RuleSet& rules) const {
  const auto file = read_cache_file(settled(offers_path(asked, rules.identity())));
  if (!file || digest.empty() || file->field("page") != digest) return std::nullopt;
  auto judged = parse_judged_page(file->body, rules.rules().size(), asked);
  if (!judged) return std::nullopt;
  KeptOffers kept{*std::move(judged), std::nullopt};
  if (const auto marker = parse_status_marker(file->field("status"))) kept.status = ProjectStatus{*marker, file->field("status-reason")};
  return kept;
}

Status IndexCache::keep_offers(const Url& asked, const std::string& digest, const RuleSet& rules, const JudgedPage& judged,
                               const std::optional<ProjectStatus>& status) const {
  CacheFile file{{{"page", digest}}, print_judged_page(judged)};
  if (status) {
    std::string reason = status->reason;
    std::replace_if(
        reason.begin(), reason.end(), [](char c) { return c == '\r' || c == '\n'; }, ' ');
    file.fields.insert({{"status", std::string(status_text(status->marker))}, {"status-reason", reason.substr(0, k_longest_reason)}});
  }
  return write(offers_path(asked, rules.identity()), std::move(file));
}

std::filesystem::path IndexCache::resolution_path(const std::string& question) const { return m_root / "resolutions" / question; }

std::optional<std::string> IndexCache::find_resolution(const std::string& question) const {
  auto file = read_cache_file(settled(resolution_path(question)));
  return file ? std::optional(std::move(file->body)) : std::nullopt;
}

Status IndexCache::keep_resolution(const std::string& question, std::string bytes) const {
  return write(resolution_path(question), {{}, std::move(bytes)});
}

// A wheel's bytes never change under its hash. Without one its URL has to do, as it does for pip and uv.
std::filesystem::path IndexCache::metadata_path(const ProjectFile& file) const {
  const std::string key = file.sha256 ? file.sha256->hex() : key_of(file.url.text());
  return m_root / "metadata" / (key + (file.sha256 ? "" : ".url"));
}

std::optional<RawMetadata> IndexCache::find_metadata(const ProjectFile& file) const {
  auto found = read_cache_file(settled(metadata_path(file)));
  if (!found) return std::nullopt;
  return RawMetadata{std::move(found->body), parse_number<std::uint64_t>(found->field("wheel-size")),
                     parse_number<std::uint64_t>(found->field("unpacked-bytes")), found->field("dynamic") == "yes"};
}

Status IndexCache::keep_metadata(const ProjectFile& file, const RawMetadata& metadata) const {
  CacheFile content{{{"wheel", file.filename}}, metadata.text};
  if (metadata.wheel_size) content.fields.emplace("wheel-size", std::to_string(*metadata.wheel_size));
  if (metadata.unpacked_bytes) content.fields.emplace("unpacked-bytes", std::to_string(*metadata.unpacked_bytes));
  if (metadata.dynamic) content.fields.emplace("dynamic", "yes");
  return write(metadata_path(file), std::move(content));
}

std::optional<HashedFile> IndexCache::find_hashed_file(const Url& url) const {
  const std::string key = key_of(url.text());
  const auto file = read_cache_file(settled(m_root / "hashes" / key.substr(0, 2) / key));
  if (!file) return std::nullopt;
  const auto digest = Sha256::parse(file->field("of-file"));
  const auto size = parse_number<std::uint64_t>(file->field("size"));
  if (!digest || !size || file->field("url") != url.text()) return std::nullopt;
  return HashedFile{*digest, *size};
}

Status IndexCache::keep_hashed_file(const Url& url, const HashedFile& file) const {
  const std::string key = key_of(url.text());
  return write(m_root / "hashes" / key.substr(0, 2) / key,
               {{{"url", url.text()}, {"of-file", file.sha256.hex()}, {"size", std::to_string(file.size)}}, ""});
}

std::filesystem::path IndexCache::sdist_path(const Sha256& sha256) const {
  return m_root / "sdists" / sha256.hex().substr(0, 2) / (sha256.hex() + ".tar.gz");
}

}  // namespace torchup
