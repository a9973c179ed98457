#pragma once
// What a command says of its options: each is bound to a value when it is declared, and set when the command line is read.
// CLI11 does the reading, in parser.cpp alone: it costs each file that includes it seconds to compile.

#include "torchup/core/result.hpp"

#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace CLI {
class App;
}

namespace torchup {

/// How an option reads in the help and in the completion scripts.
struct OptionText {
  const char* names;  ///< "-o,--output", or for a positional argument "requirements"
  const char* value;  ///< What stands for its value: "FILE"
  const char* help;   ///< One line, no full stop
};

/// An option as it was declared, for those who print it.
struct DeclaredOption {
  std::string name;  ///< "--json" or "-q"
  std::string help;
  bool takes_value = false;
};

struct DeclaredCommand {
  std::string name, summary;
  std::vector<DeclaredOption> options;
};

enum class Needed { no, yes };

/// One command's parser. A value that is bound must live until the command line has been read.
class Parser {
 public:
  explicit Parser(CLI::App& app) : m_app(&app) {}

  void flag(const char* names, bool& value, const char* help);
  void flag(const char* names, int& count, const char* help);  ///< Counts how often it is given.
  void option(const OptionText& text, std::string& value);
  void option(const OptionText& text, std::vector<std::string>& values);  ///< Repeatable, one value each time.
  void argument(const OptionText& text, std::string& value, Needed needed = Needed::no);
  void argument(const OptionText& text, std::vector<std::string>& values, Needed needed = Needed::no);

  /// A value that is one of `words`; anything else is a usage error that lists them.
  void choice(const OptionText& text, std::string& value, std::vector<std::string> words, Needed needed = Needed::no);
  void list(const OptionText& text, std::vector<std::string>& values);  ///< By comma.
  /// Several of `words`, by comma.
  void choices(const OptionText& text, std::vector<std::string>& values, std::vector<std::string> words);
  /// A word that stands for a value.
  template <class Value>
  void choice(const OptionText& text, Value& value, std::initializer_list<std::pair<const char*, Value>> words) {
    std::vector<std::string> names;
    std::vector<Value> values;
    for (const auto& [name, meant] : words) {
      names.emplace_back(name);
      values.push_back(meant);
    }
    choose(text, std::move(names), [&value, values](std::size_t place) { value = values[place]; });
  }

  /// A command below this one. A parser that has some wants one of them to be given, unless it does something by itself.
  Parser command(const char* name, const char* summary, Needed needed = Needed::yes);
  /// Whether the command line named this command.
  bool chosen() const;
  /// Puts the options declared from here on under a heading of their own.
  void group(const char* heading);

  /// What the whole program declares: its global options, and its commands in their order.
  DeclaredCommand declared_globally() const;
  std::vector<DeclaredCommand> declared_commands() const;

 private:
  void choose(const OptionText& text, std::vector<std::string> words, std::function<void(std::size_t)> chosen);

  CLI::App* m_app;  // the program's, which outlives every parser
};

/// The whole command line.
class ProgramParser {
 public:
  ProgramParser(const char* name, const char* summary, const char* version);
  ~ProgramParser();

  Parser root() { return Parser(*m_app); }

  /// Reads `arguments`, the program's name left out, into the values that are bound. Gives the text that was asked for instead
  /// (--help, --version), or nothing; what cannot be read is ErrorKind::usage.
  Result<std::optional<std::string>> read(const std::vector<std::string>& arguments);

 private:
  std::unique_ptr<CLI::App> m_app;
};

}  // namespace torchup
