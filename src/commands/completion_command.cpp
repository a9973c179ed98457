// torchup completion: a shell's completion script, written from the same parsers that read the command line.

#include "src/commands/application.hpp"
#include "src/commands/command.hpp"
#include "src/commands/parser.hpp"

namespace torchup {
namespace {

std::string names(const std::vector<DeclaredOption>& flags) {
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

std::string bash_script(const std::vector<DeclaredOption>& global, const std::vector<DeclaredCommand>& entries) {
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
  for (const auto& entry : entries) script += "    " + entry.name + ") words+=" + shell_quoted(" " + names(entry.options)) + " ;;\n";
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

std::string zsh_arguments(const std::vector<DeclaredOption>& flags) {
  std::string text;
  for (const auto& flag : flags) {
    text += " \\\n        " + shell_quoted(flag.name + (flag.takes_value ? "=" : "") + "[" + zsh_escaped(flag.help) + "]" +
                                           (flag.takes_value ? ":value:_files" : ""));
  }
  return text;
}

std::string zsh_script(const std::vector<DeclaredOption>& global, const std::vector<DeclaredCommand>& entries) {
  std::string script =
      "#compdef torchup\n"
      "# zsh completion for torchup, written by `torchup completion zsh`\n"
      "_torchup() {\n"
      "  local -a commands\n"
      "  commands=(\n";
  for (const auto& entry : entries) script += "    " + shell_quoted(entry.name + ":" + zsh_escaped(entry.summary)) + "\n";
  script += "  )\n  _arguments -C" + zsh_arguments(global) +
            " \\\n        '1: :->command' '*:: :->arguments'\n  case $state in\n    command) _describe command commands ;;\n    "
            "arguments)\n      case $words[1] in\n";
  for (const auto& entry : entries)
    script += "      " + entry.name + ") _arguments" + zsh_arguments(entry.options) + " \\\n        '*:file:_files' ;;\n";
  return script + "      esac ;;\n  esac\n}\n_torchup \"$@\"\n";
}

std::string fish_flag(const DeclaredOption& flag) {
  std::string text = flag.name.starts_with("--") ? " -l " + flag.name.substr(2) : " -s " + flag.name.substr(1);
  if (flag.takes_value) text += " -r";
  return text + " -d " + shell_quoted(flag.help);
}

std::string fish_script(const std::vector<DeclaredOption>& global, const std::vector<DeclaredCommand>& entries) {
  std::string script = "# fish completion for torchup, written by `torchup completion fish`\n";
  for (const auto& flag : global) script += "complete -c torchup" + fish_flag(flag) + "\n";
  for (const auto& entry : entries) {
    script += "complete -c torchup -f -n __fish_use_subcommand -a " + entry.name + " -d " + shell_quoted(entry.summary) + "\n";
    for (const auto& flag : entry.options)
      script += "complete -c torchup -n '__fish_seen_subcommand_from " + entry.name + "'" + fish_flag(flag) + "\n";
  }
  return script;
}

Action define(Parser& parser) {
  auto shell = std::make_shared<std::string>();
  parser.choice({"shell", "SHELL", "bash, zsh or fish"}, *shell, {"bash", "zsh", "fish"}, Needed::yes);
  return [shell, parser](Application& application) -> Result<int> {
    const auto global = parser.declared_globally().options;
    const auto entries = parser.declared_commands();
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
