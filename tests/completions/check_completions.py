#!/usr/bin/python3
"""The checked-in completions are what the program prints, and each shell that is installed can read its own.

    check_completions.py TORCHUP COMPLETIONS_FOLDER
"""

import pathlib
import shutil
import subprocess
import sys

FILES = {"bash": "torchup.bash", "zsh": "_torchup", "fish": "torchup.fish"}


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    failed = False
    for shell, name in FILES.items():
        printed = subprocess.run([program, "completion", shell], check=True, capture_output=True, text=True, timeout=60).stdout
        if (folder / name).read_text(encoding="utf-8") != printed:
            print(f"{name} is not what `torchup completion {shell}` prints; run `make completions`")
            failed = True
        if shutil.which(shell) and subprocess.run([shell, "-n", str(folder / name)], timeout=60).returncode != 0:
            print(f"{shell} cannot read {name}")
            failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
