#!/usr/bin/python3
"""Every command has a man page, and every option of its --help stands in it; and mandoc finds no fault in the pages.

    check_man_pages.py TORCHUP MAN_FOLDER
"""

import pathlib
import re
import shutil
import subprocess
import sys


def help_text(program, *words):
    return subprocess.run([program, *words, "--help"], check=True, capture_output=True, text=True, timeout=60).stdout


def long_options(text):
    """The options that a help text lists: those at the start of a line's first column."""
    found = set()
    for line in text.splitlines():
        match = re.match(r"\s+((?:-\w,)?--[\w-]+(?:,--[\w-]+)*|-\w(?:,--[\w-]+)+)", line)
        if match:
            found.update(re.findall(r"--([\w-]+)", match.group(1)))
    return found


def commands(text):
    listed = text.split("Subcommands:", 1)[1]
    return re.findall(r"^  ([\w-]+) ", listed, re.MULTILINE)


def problems_of(program, folder):
    root_help = help_text(program)
    names = commands(root_help)
    if len(names) < 2:
        yield f"`{program} --help` lists no commands"
    for name, text in [("torchup", root_help)] + [(f"torchup-{name}", help_text(program, name)) for name in names]:
        page = folder / f"{name}.1"
        if not page.is_file():
            yield f"{page.name} is missing"
            continue
        documented = set(re.findall(r"Fl -([\w-]+)", page.read_text(encoding="utf-8")))
        for option in sorted(long_options(text) - documented):
            yield f"{page.name} does not mention --{option}"
        if shutil.which("mandoc"):
            lint = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", str(page)], capture_output=True, text=True, timeout=60)
            yield from (line for line in lint.stdout.splitlines() if line)
    known = {f"torchup-{name}.1" for name in names} | {"torchup.1"}
    for page in sorted(folder.glob("*.1")):
        if page.name not in known:
            yield f"{page.name} is about no command"


def main():
    problems = list(problems_of(sys.argv[1], pathlib.Path(sys.argv[2])))
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
