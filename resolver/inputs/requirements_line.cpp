// One line of a requirements file taken apart as pip does it: its own split at the first option, shlex's words, optparse's
// options.

#include "torchup/resolver/requirements_text.hpp"

#include "resolver/inputs/shell_words.hpp"
#include "resolver/versions/ascii.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace torchup {
namespace {

using namespace std::string_view_literals;

enum class Value { none, one };

struct KnownOption {
  std::string_view name;   // long
  char brief;              // '\0' where it has none
  std::string_view means;  // the name that it stands for
  Value value;
};

/// pip's options of a requirements file, and those of one requirement. Options that pip has dropped since 23.0 are here, too: they
/// are then refused by name.
constexpr std::array k_options{
    KnownOption{"--index-url"sv, 'i', "--index-url"sv, Value::one},
    KnownOption{"--pypi-url"sv, '\0', "--index-url"sv, Value::one},
    KnownOption{"--extra-index-url"sv, '\0', "--extra-index-url"sv, Value::one},
    KnownOption{"--no-index"sv, '\0', "--no-index"sv, Value::none},
    KnownOption{"--constraint"sv, 'c', "--constraint"sv, Value::one},
    KnownOption{"--requirement"sv, 'r', "--requirement"sv, Value::one},
    KnownOption{"--editable"sv, 'e', "--editable"sv, Value::one},
    KnownOption{"--find-links"sv, 'f', "--find-links"sv, Value::one},
    KnownOption{"--no-binary"sv, '\0', "--no-binary"sv, Value::one},
    KnownOption{"--only-binary"sv, '\0', "--only-binary"sv, Value::one},
    KnownOption{"--prefer-binary"sv, '\0', "--prefer-binary"sv, Value::none},
    KnownOption{"--require-hashes"sv, '\0', "--require-hashes"sv, Value::none},
    KnownOption{"--pre"sv, '\0', "--pre"sv, Value::none},
    KnownOption{"--trusted-host"sv, '\0', "--trusted-host"sv, Value::one},
    KnownOption{"--use-feature"sv, '\0', "--use-feature"sv, Value::one},
    KnownOption{"--hash"sv, '\0', "--hash"sv, Value::one},
    KnownOption{"--install-option"sv, '\0', "--install-option"sv, Value::one},
    KnownOption{"--global-option"sv, '\0', "--global-option"sv, Value::one},
    KnownOption{"--config-settings"sv, 'C', "--config-settings"sv, Value::one},
    KnownOption{"--config-setting"sv, '\0', "--config-settings"sv, Value::one},
};

tl::unexpected<Error> refused(std::string message) { return failure({ErrorKind::usage, std::move(message), {}, {}}); }

/// The option of that name, or the only one that it abbreviates.
Result<const KnownOption*> long_option(std::string_view name) {
  const KnownOption* found = nullptr;
  std::string matches;
  for (const auto& option : k_options) {
    if (option.name == name) return &option;
    if (!option.name.starts_with(name)) continue;
    matches += fmt::format("{}`{}`", matches.empty() ? "" : ", ", option.name);
    if (found != nullptr && found->means != option.means) return refused(fmt::format("the option `{}` may mean {}", name, matches));
    found = &option;
  }
  if (found == nullptr) return refused(fmt::format("`{}` is no option of a requirements file", excerpt(name)));
  return found;
}

Result<const KnownOption*> brief_option(char letter) {
  const auto* option = std::find_if(k_options.begin(), k_options.end(), [&](const KnownOption& one) { return one.brief == letter; });
  if (letter == '\0' || option == k_options.end()) return refused(fmt::format("`-{}` is no option of a requirements file", letter));
  return option;
}

/// Reads words as Python's optparse does.
class OptionReader {
 public:
  OptionReader(std::vector<std::string> words, RequirementsEntry& entry) : m_words(std::move(words)), m_entry(entry) {}

  Status read() {
    while (m_at < m_words.size()) {
      const std::string word = m_words[m_at++];
      if (word == "--") {
        m_entry.stray.insert(m_entry.stray.end(), m_words.begin() + static_cast<std::ptrdiff_t>(m_at), m_words.end());
        return {};
      }
      if (word.starts_with("--")) {
        TORCHUP_TRY(read_long(word));
      } else if (word.size() > 1 && word.front() == '-') {
        TORCHUP_TRY(read_brief(word));
      } else {
        m_entry.stray.push_back(word);
      }
    }
    return {};
  }

 private:
  Status read_long(std::string_view word) {
    const auto equals = word.find('=');
    TORCHUP_TRY_ASSIGN(const KnownOption* option, long_option(word.substr(0, equals)));
    const bool given = equals != std::string_view::npos;
    if (option->value == Value::none && given) return refused(fmt::format("the option `{}` takes no value", option->name));
    return add(*option, given ? std::optional(std::string(word.substr(equals + 1))) : std::nullopt);
  }

  /// Each short option of pip takes a value: what follows the letter, else the next word.
  Status read_brief(std::string_view word) {
    TORCHUP_TRY_ASSIGN(const KnownOption* option, brief_option(word[1]));
    return add(*option, word.size() > 2 ? std::optional(std::string(word.substr(2))) : std::nullopt);
  }

  Status add(const KnownOption& option, std::optional<std::string> value) {
    if (option.value == Value::one && !value) {
      if (m_at == m_words.size()) return refused(fmt::format("the option `{}` needs a value", option.name));
      value = m_words[m_at++];
    }
    m_entry.options.push_back({std::string(option.means), value.value_or("")});
    return {};
  }

  std::vector<std::string> m_words;
  RequirementsEntry& m_entry;
  std::size_t m_at = 0;
};

}  // namespace

Result<RequirementsEntry> parse_requirements_line(std::string_view line) {
  // Markers hold quotes that a shell's rules would take away: only what follows the first option is split by them.
  std::size_t options = 0;
  while (options < line.size() && line[options] != '-') {
    const auto blank = line.find(' ', options);
    options = blank == std::string_view::npos ? line.size() : blank + 1;
  }
  RequirementsEntry entry;
  const auto requirement = line.substr(0, options);
  entry.requirement = stripped(requirement);
  TORCHUP_TRY_ASSIGN(auto words, shell_words(line.substr(options)));
  TORCHUP_TRY(OptionReader(std::move(words), entry).read());
  return entry;
}

std::string without_credentials(std::string_view text) {
  std::string result;
  for (auto at = text.find("://"); at != std::string_view::npos; at = text.find("://")) {
    result += text.substr(0, at + 3);
    text.remove_prefix(at + 3);
    const auto host = text.substr(0, text.find_first_of("/?# \t"));
    if (const auto sign = host.rfind('@'); sign != std::string_view::npos) text.remove_prefix(sign + 1);
  }
  return result.append(text);
}

}  // namespace torchup
