# bash completion for torchup, written by `torchup completion bash`
_torchup() {
  local word=${COMP_WORDS[COMP_CWORD]} command= index
  for ((index = 1; index < COMP_CWORD; ++index)); do
    case ${COMP_WORDS[index]} in -*) ;; *) command=${COMP_WORDS[index]}; break ;; esac
  done
  local words='--help -h --version -V --json --quiet -q --verbose -v --color --progress --offline --explain --config --cache-dir --catalog --host'
  case $command in
    '') words+=' bench bundle cache catalog completion debug diff doctor export history install libtorch lock outdated probe report rollback sync tree upgrade variants verify' ;;
    bench) words+=' --help -h --env --against --gate --engine --kernel --junit --html --instructions --quick' ;;
    bundle) words+=' --help -h --output -o --platform --variants --python --split --limit-rate --dry-run' ;;
    cache) words+=' --help -h' ;;
    catalog) words+=' --help -h' ;;
    completion) words+=' --help -h' ;;
    debug) words+=' --help -h' ;;
    diff) words+=' --help -h --env' ;;
    doctor) words+=' --help -h --list --fix --env --yes -y' ;;
    export) words+=' --help -h --format --extra --output -o' ;;
    history) words+=' --help -h --env --all' ;;
    install) words+=' --help -h --requirement -r --constraint -c --extra --all-extras --group --variant --fallback --python --index-url --torch-index-url --exclude-newer --override --resolution --prerelease --allow-build --no-repairs --env --mirror --limit-rate --in-place --foreign --link-mode --yes -y --dry-run --no-validate --bundle --lock' ;;
    libtorch) words+=' --help -h' ;;
    lock) words+=' --help -h --requirement -r --constraint -c --extra --all-extras --group --variant --fallback --python --index-url --torch-index-url --exclude-newer --override --resolution --prerelease --allow-build --no-repairs --platform --variants --upgrade -U --upgrade-package -P --output -o --dry-run' ;;
    outdated) words+=' --help -h --env --check --variant --python --index-url --torch-index-url --exclude-newer' ;;
    probe) words+=' --help -h --record' ;;
    report) words+=' --help -h --env --markdown' ;;
    rollback) words+=' --help -h --env --to --dry-run' ;;
    sync) words+=' --help -h --env --mirror --limit-rate --in-place --foreign --link-mode --yes -y --dry-run --no-validate --bundle --python --variant --extra --group --allow-build --frozen' ;;
    tree) words+=' --help -h --invert --depth' ;;
    upgrade) words+=' --help -h --variant --fallback --python --index-url --torch-index-url --exclude-newer --override --resolution --prerelease --allow-build --no-repairs --env --mirror --limit-rate --in-place --foreign --link-mode --yes -y --dry-run --no-validate --gate' ;;
    variants) words+=' --help -h --all --variant --python' ;;
    verify) words+=' --help -h --env --level --timeout' ;;
  esac
  if [[ $word == -* || -z $command ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
}
complete -o filenames -F _torchup torchup
