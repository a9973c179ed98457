// torchup completion: a shell's completion script, written from the same parsers that read the command line.

#include "src/commands/application.hpp"
#include "src/commands/command.hpp"

#include <CLI/CLI.hpp>

namespace torchup {
namespace {

struct Flag {
  std::string name;  ///< "--json" or "-q"
  std::string description;
  bool takes_value = false;
};

struct Entry {
  std::string name, description;
  std::vector<Flag> flags;
};

std::vector<Flag> flags_of(const CLI::App& app) {
  std::vector<Flag> flags;
  for (const CLI::Option* option : app.get_options()) {
    const bool takes_value = option->get_items_expected_max() > 0;
    for (const auto& name : option->get_lnames()) flags.push_back({"--" + name, option->get_description(), takes_value});
    for (const auto& name : option->get_snames()) flags.push_back({"-" + name, option->get_description(), takes_value});
  }
  return flags;
}

std::vector<Entry> entries_of(const CLI::App& root) {
  std::vector<Entry> entries;
  for (const CLI::App* command : root.get_subcommands([](const CLI::App* app) { return !app->get_group().empty(); })) {
    entries.push_back({command->get_name(), command->get_description(), flags_of(*command)});
  }
  return entries;
}

std::string names(const std::vector<Flag>& flags) {
  std::string text;
  for (const auto& flag : flags) text += (text.empty() ? "" : " ") + flag.name;
  return text;
}

/// Single quotes for a shell's own parser.
std::string shell_quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

std::string bash_script(const std::vector<Flag>& global, const std::vector<Entry>& entries) {
  std::string script =
      "# bash completion for torchup, written by `torchup completion bash`\n"
      "_torchup() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} command= index\n"
      "  for ((index = 1; index < COMP_CWORD; ++index)); do\n"
      "    case ${COMP_WORDS[index]} in -*) ;; *) command=${COMP_WORDS[index]}; break ;; esac\n"
      "  done\n";
  script += "  local words=" + shell_quoted(names(global)) + "\n  case $command in\n    '')";
  std::string commands;
  for (const auto& entry : entries) commands += " " + entry.name;
  script += " words+=" + shell_quoted(commands) + " ;;\n";
  for (const auto& entry : entries) script += "    " + entry.name + ") words+=" + shell_quoted(" " + names(entry.flags)) + " ;;\n";
  return script +
         "  esac\n"
         "  if [[ $word == -* || -z $command ]]; then\n"
         "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
         "  else\n"
         "    mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
         "  fi\n"
         "}\n"
         "complete -o filenames -F _torchup torchup\n";
}

/// zsh: a colon parts a word from its description, brackets hold an option's.
std::string zsh_escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == ':' || c == '[' || c == ']' || c == '\\' || c == '`') result += '\\';
    result += c;
  }
  return result;
}

std::string zsh_arguments(const std::vector<Flag>& flags) {
  std::string text;
  for (const auto& flag : flags) {
    text += " \\\n        " + shell_quoted(flag.name + (flag.takes_value ? "=" : "") + "[" + zsh_escaped(flag.description) + "]" +
                                           (flag.takes_value ? ":value:_files" : ""));
  }
  return text;
}

std::string zsh_script(const std::vector<Flag>& global, const std::vector<Entry>& entries) {
  std::string script =
      "#compdef torchup\n"
      "# zsh completion for torchup, written by `torchup completion zsh`\n"
      "_torchup() {\n"
      "  local -a commands\n"
      "  commands=(\n";
  for (const auto& entry : entries) script += "    " + shell_quoted(entry.name + ":" + zsh_escaped(entry.description)) + "\n";
  script += "  )\n  _arguments -C" + zsh_arguments(global) +
            " \\\n        '1: :->command' '*:: :->arguments'\n  case $state in\n    command) _describe command commands ;;\n    "
            "arguments)\n      case $words[1] in\n";
  for (const auto& entry : entries)
    script += "      " + entry.name + ") _arguments" + zsh_arguments(entry.flags) + " \\\n        '*:file:_files' ;;\n";
  return script + "      esac ;;\n  esac\n}\n_torchup \"$@\"\n";
}

std::string fish_flag(const Flag& flag) {
  std::string text = flag.name.starts_with("--") ? " -l " + flag.name.substr(2) : " -s " + flag.name.substr(1);
  if (flag.takes_value) text += " -r";
  return text + " -d " + shell_quoted(flag.description);
}

std::string fish_script(const std::vector<Flag>& global, const std::vector<Entry>& entries) {
  std::string script = "# fish completion for torchup, written by `torchup completion fish`\n";
  for (const auto& flag : global) script += "complete -c torchup" + fish_flag(flag) + "\n";
  for (const auto& entry : entries) {
    script += "complete -c torchup -f -n __fish_use_subcommand -a " + entry.name + " -d " + shell_quoted(entry.description) + "\n";
    for (const auto& flag : entry.flags)
      script += "complete -c torchup -n '__fish_seen_subcommand_from " + entry.name + "'" + fish_flag(flag) + "\n";
  }
  return script;
}

Action define(CLI::App& parser) {
  auto shell = std::make_shared<std::string>();
  parser.add_option("shell", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}))->type_name("SHELL");
  return [shell, &parser](Application& application) -> Result<int> {
    const CLI::App& root = *parser.get_parent();
    const auto global = flags_of(root);
    const auto entries = entries_of(root);
    application.print(*shell == "bash"  ? bash_script(global, entries)
                      : *shell == "zsh" ? zsh_script(global, entries)
                                        : fish_script(global, entries));
    return 0;
  };
}

}  // namespace

extern const Command completion_command;
const Command completion_command{"completion", "Print a completion script for bash, zsh or fish", define};

}  // namespace torchup
