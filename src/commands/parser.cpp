#include "src/commands/parser.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

namespace torchup {
namespace {

/// As CLI::IsMember, but the help shows the value's own name, and the message the words in full.
CLI::Validator one_of(std::vector<std::string> words) {
  return CLI::Validator(
      [words = std::move(words)](const std::string& given) {
        const bool known = std::find(words.begin(), words.end(), given) != words.end();
        return known ? std::string() : fmt::format("`{}` is none of {}", given, fmt::join(words, ", "));
      },
      "");
}

DeclaredCommand declared(const CLI::App& app) {
  DeclaredCommand command{app.get_name(), app.get_description(), {}};
  for (const CLI::Option* option : app.get_options()) {
    const bool takes_value = option->get_items_expected_max() > 0;
    for (const auto& name : option->get_lnames()) command.options.push_back({"--" + name, option->get_description(), takes_value});
    for (const auto& name : option->get_snames()) command.options.push_back({"-" + name, option->get_description(), takes_value});
  }
  return command;
}

const CLI::App& root_of(const CLI::App* app) {
  while (app->get_parent() != nullptr) app = app->get_parent();
  return *app;
}

}  // namespace

void Parser::flag(const char* names, bool& value, const char* help) { m_app->add_flag(names, value, help); }

void Parser::flag(const char* names, int& count, const char* help) { m_app->add_flag(names, count, help); }

void Parser::option(const OptionText& text, std::string& value) { m_app->add_option(text.names, value, text.help)->type_name(text.value); }

void Parser::option(const OptionText& text, std::vector<std::string>& values) {
  m_app->add_option(text.names, values, text.help)->type_name(text.value)->allow_extra_args(false);
}

void Parser::argument(const OptionText& text, std::string& value, Needed needed) {
  m_app->add_option(text.names, value, text.help)->type_name(text.value)->required(needed == Needed::yes);
}

void Parser::argument(const OptionText& text, std::vector<std::string>& values, Needed needed) {
  m_app->add_option(text.names, values, text.help)->type_name(text.value)->required(needed == Needed::yes);
}

void Parser::choice(const OptionText& text, std::string& value, std::vector<std::string> words, Needed needed) {
  m_app->add_option(text.names, value, text.help)->type_name(text.value)->check(one_of(std::move(words)))->required(needed == Needed::yes);
}

void Parser::list(const OptionText& text, std::vector<std::string>& values) {
  m_app->add_option(text.names, values, text.help)->type_name(text.value)->delimiter(',')->allow_extra_args(false);
}

void Parser::choices(const OptionText& text, std::vector<std::string>& values, std::vector<std::string> words) {
  m_app->add_option(text.names, values, text.help)->type_name(text.value)->delimiter(',')->check(one_of(std::move(words)));
}

void Parser::choose(const OptionText& text, std::vector<std::string> words, std::function<void(std::size_t)> chosen) {
  const auto take = [words, chosen = std::move(chosen)](const std::string& word) {
    chosen(static_cast<std::size_t>(std::find(words.begin(), words.end(), word) - words.begin()));
  };
  m_app->add_option_function<std::string>(text.names, take, text.help)->type_name(text.value)->check(one_of(words));
}

Parser Parser::command(const char* name, const char* summary, Needed needed) {
  CLI::App* app = m_app->add_subcommand(name, summary);
  app->fallthrough();
  m_app->require_subcommand(needed == Needed::yes ? 1 : 0, 1);
  return Parser(*app);
}

bool Parser::chosen() const { return m_app->parsed(); }

void Parser::group(const char* heading) { m_app->option_defaults()->group(heading); }

DeclaredCommand Parser::declared_globally() const { return declared(root_of(m_app)); }

std::vector<DeclaredCommand> Parser::declared_commands() const {
  std::vector<DeclaredCommand> commands;
  for (const CLI::App* app : root_of(m_app).get_subcommands([](const CLI::App* app) { return !app->get_group().empty(); }))
    commands.push_back(declared(*app));
  return commands;
}

ProgramParser::ProgramParser(const char* name, const char* summary, const char* version)
    : m_app(std::make_unique<CLI::App>(summary, name)) {
  m_app->set_version_flag("-V,--version", fmt::format("{} {}", name, version));
  m_app->get_formatter()->column_width(34);
}

ProgramParser::~ProgramParser() = default;

Result<std::optional<std::string>> ProgramParser::read(const std::vector<std::string>& arguments) {
  try {
    m_app->parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));  // CLI11 takes them from the back
  } catch (const CLI::Success& wanted) {
    std::ostringstream text, unused;
    m_app->exit(wanted, text, unused);
    return text.str();
  } catch (const CLI::ParseError& problem) {
    return failure({ErrorKind::usage, problem.what(), {}, {}});
  }
  return std::nullopt;
}

}  // namespace torchup
