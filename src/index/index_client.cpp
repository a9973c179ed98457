#include "src/index/index_client.hpp"

#include "torchup/system/file_descriptor.hpp"
#include "torchup/system/hash.hpp"

#include "src/index/hash_file.hpp"
#include "src/index/page_error.hpp"
#include "src/index/sdist_reader.hpp"
#include "src/index/wheel_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace torchup {
namespace {

constexpr const char* k_accept = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01";
constexpr std::chrono::seconds k_longest_lifetime{3600};

using PageParser = Result<ProjectPage> (*)(std::string_view, const Url&, const PackageName&);

/// The forms that a page may have, by content type.
constexpr std::array<std::pair<std::string_view, PageParser>, 3> k_forms{{{"application/vnd.pypi.simple.v1+json", parse_simple_json},
                                                                          {"application/vnd.pypi.simple.v1+html", parse_simple_html},
                                                                          {"text/html", parse_simple_html}}};

std::string media_type(std::string_view content_type) {
  std::string type(content_type.substr(0, content_type.find(';')));
  while (type.ends_with(' ')) type.pop_back();
  std::transform(type.begin(), type.end(), type.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return type;
}

std::string text_of(std::optional<std::string_view> header) { return std::string(header.value_or("")); }

/// INDEX/NAME/, the index's credentials kept.
Result<Url> page_url(const Url& index, const PackageName& name) {
  std::string path = index.path();
  if (!path.ends_with('/')) path += '/';
  return index.with_path(path + name.text() + "/");
}

tl::unexpected<Error> refuse_status(int status, const Url& url) {
  if (status == 401 || status == 403 || status == 407) {
    return failure({ErrorKind::network,
                    fmt::format("`{}` refuses access to `{}` with status {}", url.host(), url.text(), status),
                    {},
                    {"write user name and password into the index URL, as `https://USER:PASSWORD@HOST/simple`"}});
  }
  return failure({ErrorKind::network, fmt::format("`{}` answers with status {}", url.text(), status), {}, {}});
}

tl::unexpected<Error> not_cached(const PackageName& name, const Url& url) {
  return failure({ErrorKind::network,
                  fmt::format("the index page of `{}` is not in the cache, and `--offline` forbids to ask `{}`", name.text(), url.text()),
                  {},
                  {"run the same command once without `--offline`"}});
}

}  // namespace

IndexClient::IndexClient(IndexClientSettings settings, HttpTransport& transport, const Cancellation& cancellation, Diagnostics& diagnostics,
                         RequestClock clock, RetryPolicy policy)
    : m_settings(std::move(settings)),
      m_cache(m_settings.cache, &m_writer),
      m_queue(transport, cancellation, std::move(clock), policy),
      m_diagnostics(diagnostics) {}

IndexClient::~IndexClient() { keep(m_writer.finish()); }

std::string IndexClient::page_key(const Url& index, const PackageName& name) { return index.text() + " " + name.text(); }

std::string IndexClient::metadata_key(const ProjectFile& file) { return file.sha256 ? file.sha256->hex() : file.url.text(); }

Status IndexClient::drive() { return m_queue.drive(); }

IndexCounts IndexClient::counts() const {
  IndexCounts counts = m_counts;
  counts.network = m_queue.counts();
  return counts;
}

// A cache that cannot be written makes the next run slower and nothing worse.
void IndexClient::keep(Status kept) {
  if (kept || m_cache_failed) return;
  m_cache_failed = true;
  m_diagnostics.warn(fmt::format("what the index said is not kept for the next run: {}", kept.error().message));
}

bool IndexClient::want_page(const Url& index, const PackageName& name) {
  const std::string key = page_key(index, name);
  const auto [slot, fresh] = m_pages.try_emplace(key);
  if (!fresh) return slot->second || m_cached.contains(key);
  const auto url = page_url(index, name);
  if (!url) {
    slot->second = failure(url.error());
    m_arrived.push_back(key);
    return false;
  }
  auto cached = m_cache.find_page_head(*url);
  const bool offline = m_settings.offline == Offline::yes;
  if (cached && (offline || m_queue.wall_time() < cached->fresh_until)) {
    ++m_counts.page_hits;
    m_cached.insert_or_assign(key, Unread{*url, name, cached->digest});
  } else if (offline) {
    slot->second = not_cached(name, *url);
  } else {
    ask_page(key, *url, name, std::move(cached));
    return false;
  }
  m_arrived.push_back(key);
  return false;
}

void IndexClient::ask_page(const std::string& key, const Url& url, const PackageName& name, std::optional<CachedPage> stale) {
  HttpRequest request{.url = url, .headers = {{"Accept", k_accept}}, .body_limit = k_page_limit, .accept_compressed = true};
  if (stale && !stale->etag.empty()) {
    request.headers.push_back({"If-None-Match", stale->etag});
  } else if (stale && !stale->last_modified.empty()) {
    request.headers.push_back({"If-Modified-Since", stale->last_modified});
  }
  m_queue.get(std::move(request), [this, key, url, name, stale = std::move(stale)](Result<Fetched> got) mutable {
    take_page(key, std::move(got), url, name, std::move(stale));
    auto& slot = m_pages[key];
    if (slot) slot = with_context(*std::move(slot), fmt::format("while asking the index for `{}`", name.text()));
    m_arrived.push_back(key);
  });
}

void IndexClient::take_page(const std::string& key, Result<Fetched> got, const Url& asked, const PackageName& name,
                            std::optional<CachedPage> stale) {
  auto& slot = m_pages[key];
  if (!got) {
    slot = failure(std::move(got).error());
    return;
  }
  const int status = got->response.status;
  if (status == 404 || status == 410) {
    slot = std::optional<ProjectPage>();
  } else if (status == 304 && stale) {
    ++m_counts.page_confirmed;
    if (auto whole = m_cache.find_page(asked)) {
      whole->fresh_until = fresh_until(got->response);
      keep(m_cache.keep_page(asked, *whole));
      m_cached.insert_or_assign(key, Unread{asked, name, whole->digest});
    } else {
      ask_page(key, asked, name, std::nullopt);  // what it confirms is damaged
    }
  } else if (status != 200) {
    slot = refuse_status(status, got->url);
  } else {
    take_new_page(key, *std::move(got), asked, name);
  }
}

void IndexClient::take_new_page(const std::string& key, Fetched got, const Url& asked, const PackageName& name) {
  HttpResponse& response = got.response;
  const CachedPage page{.url = got.url,
                        .content_type = text_of(response.header("content-type")),
                        .etag = text_of(response.header("etag")),
                        .last_modified = text_of(response.header("last-modified")),
                        .body = std::move(response.body),
                        .fresh_until = fresh_until(response)};
  auto parsed = read_page(page, asked, name);
  const bool storable = text_of(response.header("cache-control")).find("no-store") == std::string::npos;
  if (parsed && storable) {
    keep(m_cache.keep_page(asked, page));
    m_cached.insert_or_assign(key, Unread{asked, name, sha256(std::as_bytes(std::span(page.body))).hex()});
  }
  m_pages[key] = std::move(parsed);
}

void IndexClient::read_cached_page(const std::string& key, const Unread& unread) {
  if (const auto page = m_cache.find_page(unread.asked); page && page->digest == unread.digest) {
    m_pages[key] = read_page(*page, unread.asked, unread.name);
  } else if (m_settings.offline == Offline::yes) {
    m_pages[key] = not_cached(unread.name, unread.asked);
  } else {
    const Unread damaged = unread;
    m_cached.erase(key);
    ask_page(key, damaged.asked, damaged.name, std::nullopt);
  }
}

Result<std::optional<ProjectPage>> IndexClient::read_page(const CachedPage& page, const Url& asked, const PackageName& name) const {
  const std::string type = media_type(page.content_type);
  const auto form = std::find_if(k_forms.begin(), k_forms.end(), [&](const auto& known) { return known.first == type; });
  if (form == k_forms.end()) return refuse_page(name, page.url, fmt::format("its content type is `{}`", type));
  // A cached page's URL has no credentials; on the index's own origin its files get them again.
  TORCHUP_TRY_ASSIGN(const Url base, link_target(asked, page.url.text()));
  TORCHUP_TRY_ASSIGN(auto parsed, form->second(page.body, base, name));
  return parsed;
}

std::chrono::system_clock::time_point IndexClient::fresh_until(const HttpResponse& response) const {
  auto lifetime = m_settings.page_lifetime;
  const std::string control = text_of(response.header("cache-control"));
  if (control.find("no-cache") != std::string::npos || control.find("no-store") != std::string::npos) {
    lifetime = std::chrono::seconds(0);
  } else if (const auto at = control.find("max-age="); at != std::string::npos) {
    std::uint32_t seconds = 0;
    const auto problem = std::from_chars(control.data() + at + 8, control.data() + control.size(), seconds).ec;
    const bool too_long = problem == std::errc::result_out_of_range;
    lifetime = too_long ? k_longest_lifetime : std::min(std::chrono::seconds(seconds), k_longest_lifetime);
  }
  return m_queue.wall_time() + lifetime;
}

bool IndexClient::want_metadata(const ProjectFile& file) {
  const std::string key = metadata_key(file);
  const auto [slot, fresh] = m_metadata.try_emplace(key);
  if (!fresh) return slot->second.has_value();
  auto cached = m_cache.find_metadata(file);
  if (cached && is_sdist(file.filename) && !sdist(file)) cached.reset();  // whoever asks for one wants to build it
  if (cached) {
    ++m_counts.metadata_hits;
    slot->second = *std::move(cached);
  } else if (m_settings.offline == Offline::yes) {
    slot->second = failure(
        {ErrorKind::network,
         fmt::format("the METADATA of `{}` is not in the cache, and `--offline` forbids to ask `{}`", file.filename, file.url.text()),
         {},
         {"run the same command once without `--offline`"}});
  } else if (is_sdist(file.filename)) {
    read_sdist(m_queue, file, [this, key, file](Result<std::string> got) {
      take_sdist(key, file, std::move(got));
      m_arrived.push_back(key);
    });
  } else {
    read_wheel_metadata(m_queue, file, [this, key, file](Result<RawMetadata> got) {
      if (got) keep(m_cache.keep_metadata(file, *got));
      m_metadata[key] = std::move(got);
      m_arrived.push_back(key);
    });
  }
  if (slot->second) m_arrived.push_back(key);
  return false;
}

void IndexClient::take_sdist(const std::string& key, const ProjectFile& file, Result<std::string> got) {
  auto& slot = m_metadata[key];
  if (!got) {
    slot = failure(std::move(got).error());
    return;
  }
  const HashedFile read{sha256(std::as_bytes(std::span(*got))), got->size()};
  if (Status kept = replace_file(m_cache.sdist_path(read.sha256), *got, Durable::no); !kept) {
    slot = failure(std::move(kept).error());
    return;
  }
  keep(m_cache.keep_hashed_file(file.url, read));
  slot = with_context(pkg_info_of(*got, file), fmt::format("while reading `{}`", file.url.text()));
  if (*slot) keep(m_cache.keep_metadata(file, **slot));
}

Result<std::filesystem::path> IndexClient::sdist(const ProjectFile& file) const {
  const auto read = m_cache.find_hashed_file(file.url);
  const auto digest = file.sha256 ? file.sha256 : read ? std::optional(read->sha256) : std::nullopt;
  if (digest && std::filesystem::exists(m_cache.sdist_path(*digest))) return m_cache.sdist_path(*digest);
  return failure({ErrorKind::network,
                  fmt::format("the sdist `{}` has gone from the cache", file.filename),
                  {},
                  {"`torchup cache clean` lets it be fetched again"}});
}

void IndexClient::tell_metadata(const ProjectFile& file, RawMetadata metadata) {
  m_metadata.insert_or_assign(metadata_key(file), std::optional<Result<RawMetadata>>(std::move(metadata)));
  m_arrived.push_back(metadata_key(file));
}

void IndexClient::want_hash(const ProjectFile& file) {
  const auto [slot, fresh] = m_hashes.try_emplace(file.url.text());
  if (!fresh) return;
  const auto known = m_cache.find_hashed_file(file.url);
  if (known && (!file.size || *file.size == known->size)) {
    slot->second = *known;
  } else if (m_settings.offline == Offline::yes) {
    slot->second = failure({ErrorKind::network,
                            fmt::format("the index gives no sha256 for `{}`, and `--offline` forbids to read the file", file.filename),
                            {},
                            {"run the same command once without `--offline`"}});
  } else {
    hash_file(m_queue, file, m_settings.parts, m_diagnostics, [this, file](Result<HashedFile> got) {
      if (got) keep(m_cache.keep_hashed_file(file.url, *got));
      m_hashes[file.url.text()] = std::move(got);
    });
  }
}

const Result<HashedFile>* IndexClient::hash(const ProjectFile& file) const {
  const auto found = m_hashes.find(file.url.text());
  return found == m_hashes.end() || !found->second ? nullptr : &*found->second;
}

void IndexClient::want_size(const ProjectFile& file) {
  const std::string key = metadata_key(file);
  const auto [slot, fresh] = m_sizes.try_emplace(key);
  if (!fresh) return;
  const auto* known = metadata(file);
  if (file.size) {
    slot->second = *file.size;
  } else if (known != nullptr && *known && (*known)->wheel_size) {
    slot->second = *(*known)->wheel_size;
  } else if (m_settings.offline == Offline::yes) {
    slot->second = failure({ErrorKind::network, fmt::format("the size of `{}` is not in the cache", file.filename), {}, {}});
  } else {
    read_wheel_size(m_queue, file, [this, key](Result<std::uint64_t> got) { m_sizes[key] = std::move(got); });
  }
}

const Result<std::optional<ProjectPage>>* IndexClient::page(const Url& index, const PackageName& name) {
  const std::string key = page_key(index, name);
  const auto found = m_pages.find(key);
  if (found == m_pages.end()) return nullptr;
  if (const auto unread = m_cached.find(key); !found->second && unread != m_cached.end()) read_cached_page(key, unread->second);
  return found->second ? &*found->second : nullptr;
}

void IndexClient::expect_rules(const IdentifiedRules& rules) { m_expected.add(rules); }

const Result<std::vector<OfferedVersion>>* IndexClient::offers(const Url& index, const PackageName& name, const IdentifiedRules& rules) {
  const std::string key = page_key(index, name);
  const std::string slot = key + " " + rules.identity;
  if (const auto known = m_offers.find(slot); known != m_offers.end()) return known->second.get();
  const auto asked = m_pages.find(key);
  if (asked == m_pages.end() || (!asked->second && !m_cached.contains(key))) return nullptr;
  std::optional<RuleSet> alone;  // rules are big: some thousand tags
  if (!m_expected.contains(rules.identity)) alone.emplace(rules);
  const RuleSet& together = alone ? *alone : m_expected;
  if (!take_kept_offers(key, together)) {
    const auto* read = page(index, name);
    if (read == nullptr) return nullptr;
    if (*read) {
      judge(key, **read, together);
      // Its files took most of the memory of a resolution; the cache has them for whoever asks by other rules.
      if (m_cached.contains(key) && !m_cache_failed) m_pages.at(key).reset();
    } else {
      m_offers[slot] = std::make_shared<const JudgedOffers>(failure(read->error()));
    }
  }
  return m_offers.at(slot).get();
}

/// Whether the cache has what the page means.
bool IndexClient::take_kept_offers(const std::string& key, const RuleSet& rules) {
  const auto cached = m_cached.find(key);
  if (cached == m_cached.end()) return false;
  auto kept = m_cache.find_offers(cached->second.asked, cached->second.digest, rules);
  if (!kept) return false;
  m_statuses.insert_or_assign(key, std::move(kept->status));
  take_judged(key, rules, std::move(kept->judged));
  return true;
}

void IndexClient::judge(const std::string& key, const std::optional<ProjectPage>& page, const RuleSet& rules) {
  const auto& status = m_statuses[key] = page ? page->status : std::nullopt;
  JudgedPage judged = page ? judge_page(*page, rules) : JudgedPage{{{}}, std::vector<std::size_t>(rules.rules().size(), 0)};
  if (const auto cached = m_cached.find(key); cached != m_cached.end())
    keep(m_cache.keep_offers(cached->second.asked, cached->second.digest, rules, judged, status));
  take_judged(key, rules, std::move(judged));
}

void IndexClient::take_judged(const std::string& key, const RuleSet& rules, JudgedPage judged) {
  std::vector<std::shared_ptr<const JudgedOffers>> shared;
  for (auto& offers : judged.meanings) shared.push_back(std::make_shared<const JudgedOffers>(std::move(offers)));
  for (std::size_t i = 0; i < judged.of_rules.size(); ++i)
    m_offers.insert_or_assign(key + " " + rules.rules()[i]->identity, shared[judged.of_rules[i]]);
}

std::string IndexClient::page_digest(const Url& index, const PackageName& name) const {
  const auto found = m_cached.find(page_key(index, name));
  return found == m_cached.end() ? "" : found->second.digest;
}

const ProjectStatus* IndexClient::status(const Url& index, const PackageName& name) const {
  const auto found = m_statuses.find(page_key(index, name));
  return found == m_statuses.end() || !found->second ? nullptr : &*found->second;
}

const Result<RawMetadata>* IndexClient::metadata(const ProjectFile& file) const {
  const auto found = m_metadata.find(metadata_key(file));
  return found == m_metadata.end() || !found->second ? nullptr : &*found->second;
}

const Result<WheelMetadata>& IndexClient::parsed_metadata(const ProjectFile& file, const PackageName& name, const Version& version) {
  // The name and version belong to it: an index may give one hash to files of two projects, and reading checks both.
  const std::string key = metadata_key(file) + " " + name.text() + " " + version.text();
  if (const auto known = m_parsed_metadata.find(key); known != m_parsed_metadata.end()) return known->second;
  return m_parsed_metadata.emplace(key, parse_core_metadata(metadata(file)->value().text, name, version)).first->second;
}

const Result<std::uint64_t>* IndexClient::size(const ProjectFile& file) const {
  const auto found = m_sizes.find(metadata_key(file));
  return found == m_sizes.end() || !found->second ? nullptr : &*found->second;
}

}  // namespace torchup
