#include "torchup/system/http_policy.hpp"

#include "src/index/html_tokens.hpp"
#include "src/index/page_error.hpp"
#include "src/index/project_page.hpp"

#include <algorithm>
#include <array>

namespace torchup {
namespace {

constexpr const char* k_login_hint = "open the URL in a browser; a login or a network's welcome page may stand before the index";

/// Whether a file name is one that indexes link: everything else on a page is navigation.
bool is_distribution(std::string_view filename) {
  constexpr std::array<std::string_view, 10> k_endings{".whl",    ".tar.gz", ".zip", ".tar.bz2", ".tgz",
                                                       ".tar.xz", ".tar",    ".egg", ".exe",     ".msi"};
  if (filename.find('/') != std::string_view::npos) return false;  // hidden behind %2F
  if (std::any_of(filename.begin(), filename.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 127; })) return false;
  return std::any_of(k_endings.begin(), k_endings.end(), [&](std::string_view ending) { return filename.ends_with(ending); });
}

/// The digest in `sha256=HEX` or `sha256=HEX&more`; nothing where there is none or it is malformed.
std::optional<Sha256> parse_sha256_pair(std::string_view text) {
  constexpr std::string_view k_key = "sha256=";
  if (!text.starts_with(k_key)) return std::nullopt;
  text.remove_prefix(k_key.size());
  const auto digest = Sha256::parse(text.substr(0, text.find('&')));
  return digest ? std::optional(*digest) : std::nullopt;
}

std::optional<std::string> copy_of(const std::string* text) { return text == nullptr ? std::nullopt : std::optional(*text); }

class HtmlPage {
 public:
  HtmlPage(std::string_view text, const Url& base, const PackageName& name)
      : m_tokens(text), m_base(base), m_url(base), m_page{name, {}, {}} {}

  Result<ProjectPage> read() {
    while (const auto tag = m_tokens.next_tag()) TORCHUP_TRY(take(*tag));
    // A server that closes the connection to end its answer cannot be told from one that broke off.
    if (m_opened && !m_closed) return refuse_page(m_page.name, m_url, "it ends before its end tag");
    if (m_page.files.empty() && !m_is_index) {
      return refuse_page(m_page.name, m_url, "it is a web page that is no package index, perhaps a login", {k_login_hint});
    }
    return std::move(m_page);
  }

 private:
  Status take(const HtmlTag& tag) {
    if (tag.name == "a") return take_anchor(tag);
    if (tag.name == "html") m_opened = true;
    if (tag.name == "/html") m_closed = true;
    if (tag.name == "title" || tag.name == "h1") m_is_index |= m_tokens.text_here().starts_with("Links for ");
    if (tag.name == "base") return take_base(tag);
    return tag.name == "meta" ? take_meta(tag) : Status{};
  }

  Status take_meta(const HtmlTag& tag) {
    const std::string* name = tag.attribute("name");
    const std::string* content = tag.attribute("content");
    if (name == nullptr || content == nullptr) return {};
    if (*name == "pypi:repository-version") {
      m_is_index = true;
      return check_repository_version(*content, m_page.name, m_url);
    }
    if (*name == "pypi:project-status") m_marker = parse_status_marker(*content);
    if (*name == "pypi:project-status-reason") m_reason = *content;
    if (m_marker) m_page.status = ProjectStatus{*m_marker, m_reason};
    return {};
  }

  Status take_base(const HtmlTag& tag) {
    if (const std::string* href = tag.attribute("href")) {
      TORCHUP_TRY_ASSIGN(m_base, link_target(m_url, *href));
    }
    return {};
  }

  Status take_anchor(const HtmlTag& tag) {
    const std::string* href = tag.attribute("href");
    if (href == nullptr) return {};
    auto url = link_target(m_base, *href);
    if (!url || !is_distribution(url->filename())) return {};  // one odd link does not spoil a page
    if (m_page.files.size() == k_most_page_files) return refuse_page(m_page.name, m_url, "it lists too many files");
    ProjectFile file{.filename = url->filename(), .url = *url};
    file.sha256 = parse_sha256_pair(url->fragment());
    file.requires_python = copy_of(tag.attribute("data-requires-python"));
    file.yanked = copy_of(tag.attribute("data-yanked"));
    file.upload_time = copy_of(tag.attribute("data-upload-time"));
    const std::string* metadata = tag.attribute("data-core-metadata");
    if (metadata == nullptr) metadata = tag.attribute("data-dist-info-metadata");
    if (metadata != nullptr && *metadata != "false") file.core_metadata = CoreMetadata{parse_sha256_pair(*metadata)};
    m_page.files.push_back(std::move(file));
    return {};
  }

  HtmlTokens m_tokens;
  Url m_base;
  const Url& m_url;
  ProjectPage m_page;
  std::optional<ProjectStatus::Marker> m_marker;
  std::string m_reason;
  bool m_opened = false, m_closed = false;
  bool m_is_index = false;  // it says so of itself, so it may be empty
};

}  // namespace

Result<ProjectPage> parse_simple_html(std::string_view text, const Url& base, const PackageName& name) {
  if (text.size() > k_page_limit) return refuse_page(name, base, "it is too large");
  return HtmlPage(text, base, name).read();
}

}  // namespace torchup
