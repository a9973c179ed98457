#include "src/install/activate_scripts.hpp"

#include <string_view>
#include <utility>

namespace torchup {
namespace {

// `@ROOT@` and `@PROMPT@` stand for quoted words of the shell. Where a shell knows which file it reads, DIR is found from
// there, so that a moved environment still works.
constexpr std::string_view k_sh = R"text(# Puts this environment in use in bash, zsh, dash and other kin of sh: . DIR/bin/activate
# `deactivate` puts back what was.

if [ -n "${VIRTUAL_ENV-}" ] && [ "$(command -v deactivate)" = deactivate ]; then deactivate; fi

deactivate () {
    if [ -n "${_torchup_path+set}" ]; then PATH=$_torchup_path; export PATH; fi
    if [ -n "${_torchup_pythonhome+set}" ]; then PYTHONHOME=$_torchup_pythonhome; export PYTHONHOME; fi
    if [ -n "${_torchup_ps1+set}" ]; then PS1=$_torchup_ps1; fi
    unset _torchup_path _torchup_pythonhome _torchup_ps1 VIRTUAL_ENV VIRTUAL_ENV_PROMPT
    unset -f deactivate
    hash -r 2>/dev/null || true
}

if [ -n "${BASH_VERSION-}" ]; then
    eval '_torchup_file=${BASH_SOURCE[0]}'
elif [ -n "${ZSH_VERSION-}" ]; then
    eval '_torchup_file=${(%):-%x}'
else
    _torchup_file=@ROOT@/bin/activate
fi
_torchup_file=$(readlink -f -- "$_torchup_file")
VIRTUAL_ENV=${_torchup_file%/generations/*}
VIRTUAL_ENV_PROMPT=@PROMPT@
export VIRTUAL_ENV VIRTUAL_ENV_PROMPT
unset _torchup_file

_torchup_path=$PATH
PATH=$VIRTUAL_ENV/bin:$PATH
export PATH
if [ -n "${PYTHONHOME+set}" ]; then
    _torchup_pythonhome=$PYTHONHOME
    unset PYTHONHOME
fi
if [ -z "${VIRTUAL_ENV_DISABLE_PROMPT-}" ]; then
    _torchup_ps1=${PS1-}
    PS1="($VIRTUAL_ENV_PROMPT) ${PS1-}"
fi
hash -r 2>/dev/null || true
)text";

constexpr std::string_view k_fish = R"text(# Puts this environment in use in fish: source DIR/bin/activate.fish
# `deactivate` puts back what was.

if set -q VIRTUAL_ENV; and functions -q deactivate
    deactivate
end

function deactivate --description 'Leave the environment'
    if set -q _torchup_path
        set -gx PATH $_torchup_path
        set -e _torchup_path
    end
    if set -q _torchup_pythonhome
        set -gx PYTHONHOME $_torchup_pythonhome
        set -e _torchup_pythonhome
    end
    if functions -q _torchup_prompt
        functions -e fish_prompt
        functions -c _torchup_prompt fish_prompt
        functions -e _torchup_prompt
    end
    set -e VIRTUAL_ENV
    set -e VIRTUAL_ENV_PROMPT
    functions -e deactivate
end

set -gx VIRTUAL_ENV (string replace -r '/generations/[0-9]+/bin/[^/]*$' '' -- (realpath (status filename)))
set -gx VIRTUAL_ENV_PROMPT @PROMPT@
set -g _torchup_path $PATH
set -gx PATH $VIRTUAL_ENV/bin $PATH
if set -q PYTHONHOME
    set -g _torchup_pythonhome $PYTHONHOME
    set -e PYTHONHOME
end
if not set -q VIRTUAL_ENV_DISABLE_PROMPT; and functions -q fish_prompt
    functions -c fish_prompt _torchup_prompt
    function fish_prompt
        set -l before $status
        printf '(%s) ' $VIRTUAL_ENV_PROMPT
        sh -c "exit $before"
        _torchup_prompt
    end
end
)text";

constexpr std::string_view k_csh = R"text(# Puts this environment in use in csh and tcsh: source DIR/bin/activate.csh
# `deactivate` puts back what was. csh does not say which file it reads: after moving the environment, change the path here.

# `&&` and not `if`, which would look at a variable before it knows that there is one.
test $?_torchup_path != 0 && setenv PATH "$_torchup_path"
set _torchup_path = "$PATH"
setenv VIRTUAL_ENV @ROOT@
setenv VIRTUAL_ENV_PROMPT @PROMPT@
setenv PATH "${VIRTUAL_ENV}/bin:${PATH}"
if ($?prompt && ! $?VIRTUAL_ENV_DISABLE_PROMPT) then
    if (! $?_torchup_prompt) set _torchup_prompt = "$prompt"
    set prompt = "(${VIRTUAL_ENV_PROMPT}) ${_torchup_prompt}"
endif
alias deactivate 'setenv PATH "$_torchup_path"; unset _torchup_path; test $?_torchup_prompt != 0 && set prompt = "$_torchup_prompt"; unset _torchup_prompt; unsetenv VIRTUAL_ENV; unsetenv VIRTUAL_ENV_PROMPT; unalias deactivate; rehash'
rehash
)text";

using Escapes = std::string_view (*)(char);

std::string quoted(std::string_view text, Escapes escape) {
  std::string word = "'";
  for (const char& c : text) word += escape(c).empty() ? std::string_view(&c, 1) : escape(c);
  return word + "'";
}

std::string_view sh_escape(char c) { return c == '\'' ? R"('\'')" : ""; }
std::string_view fish_escape(char c) { return c == '\'' ? R"(\')" : c == '\\' ? R"(\\)" : ""; }
std::string_view csh_escape(char c) { return c == '\'' ? R"('\'')" : c == '!' ? R"(\!)" : ""; }  // csh expands `!` in quotes too

std::string filled(std::string_view form, std::string_view root, std::string_view prompt, Escapes escape) {
  const std::pair<std::string_view, std::string> words[] = {{"@ROOT@", quoted(root, escape)}, {"@PROMPT@", quoted(prompt, escape)}};
  std::string text;
  while (!form.empty()) {
    const std::size_t at = form.find('@');
    text += form.substr(0, at);
    form.remove_prefix(at == std::string_view::npos ? form.size() : at);
    std::size_t taken = 0;
    for (const auto& [mark, word] : words) {
      if (!form.starts_with(mark)) continue;
      text += word;
      taken = mark.size();
    }
    if (taken == 0 && !form.empty()) {
      text += form.front();  // an `@` of the shell's own, as in "$@"
      taken = 1;
    }
    form.remove_prefix(taken);
  }
  return text;
}

}  // namespace

std::vector<ActivateScript> activate_scripts(const std::filesystem::path& root, const std::string& prompt) {
  return {{"activate", filled(k_sh, root.string(), prompt, sh_escape)},
          {"activate.fish", filled(k_fish, root.string(), prompt, fish_escape)},
          {"activate.csh", filled(k_csh, root.string(), prompt, csh_escape)}};
}

}  // namespace torchup
