#include "resolver/inputs/file_options.hpp"

#include "torchup/core/url.hpp"

#include "resolver/versions/ascii.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace torchup {
namespace {

using namespace std::string_view_literals;

tl::unexpected<Error> refused(std::string message, std::vector<std::string> hints = {}) {
  return failure({ErrorKind::usage, std::move(message), {}, std::move(hints)});
}

/// "https://download.pytorch.org/whl/cu130" means what `--variant cu130` says.
std::vector<std::string> instead_of_more_places(const std::string& value) {
  const auto url = Url::parse(value);
  std::string variant = "NAME";
  if (url && url->path().starts_with("/whl/")) {
    const auto last = Cursor(std::string_view(url->path()).substr(5)).take_while(is_letter_or_digit);
    if (!last.empty() && last != "torch" && last != "nightly") variant = last;
  }
  return {fmt::format("the torch family comes from the PyTorch index without it: take the line out and give `--variant {}`", variant),
          "for one other index give `--index-url`"};
}

Status take_index(RequirementList& list, const std::string& value, const std::string& where) {
  const auto url = Url::parse(value);
  if (!url) return refused("`--index-url` does not name an index by its URL");
  if (list.index) {
    const auto known = Url::parse(list.index->url);
    if (known && *known == *url) return {};
    return refused(fmt::format("`--index-url` names another index than {} does", list.index->where), {"each package comes from one index"});
  }
  list.index = GivenIndex{value, where};
  return {};
}

/// Names of packages by comma, or `:all:` or `:none:`; what looks like an option was left without its value.
Status take_choice_of_files(const RequirementsOption& option) {
  const auto& [name, value] = option;
  if (value.starts_with('-')) return refused(fmt::format("the option `{}` needs a value", name));
  if (name == "--only-binary") return {};
  if (value == ":none:") return {};
  return refused("`--no-binary` asks for packages to be built here, and only wheels are installed");
}

constexpr std::array k_without_effect{"--prefer-binary"sv, "--use-feature"sv};
constexpr std::array k_build_options{"--install-option"sv, "--global-option"sv, "--config-settings"sv};

template <class Names>
bool among(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_archive(std::string_view text) {
  constexpr std::array k_endings{".whl"sv, ".zip"sv,    ".tar.gz"sv, ".tgz"sv, ".tar"sv,    ".tar.bz2"sv,
                                 ".tbz"sv, ".tar.xz"sv, ".txz"sv,    ".tlz"sv, ".tar.lz"sv, ".tar.lzma"sv};
  return std::any_of(k_endings.begin(), k_endings.end(), [&](std::string_view ending) { return text.ends_with(ending); });
}

bool is_version_control(std::string_view url) {
  constexpr std::array k_schemes{"git+"sv, "hg+"sv, "svn+"sv, "bzr+"sv};
  return std::any_of(k_schemes.begin(), k_schemes.end(), [&](std::string_view scheme) { return url.starts_with(scheme); });
}

/// "name @ URL" and "name[extra] @ URL".
bool is_named_url(std::string_view text) {
  Cursor cursor(text);
  const auto name = cursor.take_while([](char c) { return is_letter_or_digit(c) || is_separator(c); });
  cursor.skip_blanks();
  if (cursor.take('[')) {
    cursor.take_while([](char c) { return c != ']'; });
    cursor.take(']');
  }
  cursor.skip_blanks();
  return !name.empty() && cursor.take('@');
}

}  // namespace

Status take_file_option(RequirementList& list, const RequirementsOption& option, const std::string& where) {
  if (option.name == "--index-url") return take_index(list, option.value, where);
  if (option.name == "--no-binary" || option.name == "--only-binary") return take_choice_of_files(option);
  if (among(k_without_effect, option.name)) return {};
  if (option.name == "--pre") {
    list.prereleases = true;
    return {};
  }
  if (option.name == "--require-hashes") {
    list.hash_need = HashNeed::everywhere;
    return {};
  }
  if (option.name == "--editable") {
    return refused("`-e` asks for an install that stays tied to a folder, and only wheels of an index are installed",
                   {"for what a project depends on give its `pyproject.toml` with -r"});
  }
  if (option.name == "--extra-index-url") {
    return refused("`--extra-index-url` is refused: each package comes from one index", instead_of_more_places(option.value));
  }
  if (option.name == "--find-links") {
    return refused("`--find-links` is refused: each package comes from one index", instead_of_more_places(option.value));
  }
  if (option.name == "--no-index") {
    return refused("`--no-index` leaves no place to take packages from", {"`--offline` takes what is cached of the index"});
  }
  if (option.name == "--trusted-host") {
    return refused("`--trusted-host` is refused: certificates are always checked",
                   {"SSL_CERT_FILE names the certificates of an index of your own"});
  }
  if (among(k_build_options, option.name)) {
    return refused(fmt::format("`{}` is for building a package, and only wheels are installed", option.name));
  }
  return refused(fmt::format("`{}` stands on a line without a requirement", option.name));
}

Result<std::optional<Sha256>> read_hash(const std::string& value) {
  const auto colon = value.find(':');
  const std::string_view algorithm = std::string_view(value).substr(0, colon);
  if (colon == std::string::npos) return refused("`--hash` needs the form `sha256:DIGITS`");
  if (algorithm == "sha384" || algorithm == "sha512") return std::optional<Sha256>();
  if (algorithm != "sha256") return refused("`--hash` takes sha256, and sha384 and sha512 beside it");
  const auto digest = Sha256::parse(std::string_view(value).substr(colon + 1));
  if (!digest) return refused("a sha256 has 64 hexadecimal digits, and this `--hash` has not");
  return std::optional(*digest);
}

std::optional<Error> refused_form(std::string_view text) {
  const auto because = [](std::string message, std::vector<std::string> hints = {}) {
    return Error{ErrorKind::usage, std::move(message), {}, std::move(hints)};
  };
  if (is_named_url(text)) {
    return because("the line asks for a package by a URL, and only wheels of an index are installed",
                   {"name a version instead, such as `name==1.0`"});
  }
  // A marker's string may hold a slash; it stands behind the first `;`.
  const auto body = stripped(text.substr(0, text.find(';')));
  if (is_version_control(body)) return because("the line asks for a repository, and only wheels of an index are installed");
  if (body.find("://") != std::string_view::npos || body.starts_with("file:"))
    return because("the line asks for a file by its URL, and only wheels of an index are installed");
  const auto path = body.substr(0, body.find('['));
  if (path.starts_with('.') || path.find('/') != std::string_view::npos || is_archive(path)) {
    return because("the line asks for a file or folder, and only wheels of an index are installed",
                   {"for what a project depends on give its `pyproject.toml` with -r"});
  }
  return std::nullopt;
}

}  // namespace torchup
