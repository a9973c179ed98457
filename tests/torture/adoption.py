#!/usr/bin/python3
"""SIGKILL at every call that changes a file while an environment of another tool is taken over.

    adoption.py TORCHUP SHIM [--full]

After each kill the next command ends with either the environment as it was, byte for byte, or one of ours whose generation 1 is that.
The control takes the journal away after a kill: the environment must then be torn. In the short form a few kills are made.
"""

import os
import subprocess

from kill_sweep import spread
from snapshots import current_number, difference, snapshot
from world import PYTHON, World, fail, harness_parser, say

SHORT_POINTS = 12
ADOPT = ("install", "demo==1.0", "--env", "env", "--in-place", "--no-validate", "--yes")
REFUSED = ("install", "demo==1.0", "--env", "env", "--no-validate", "--yes")  # clears up, then does not touch what is not ours
JOURNAL = ".adopting"
OF_OURS = (".lock", ".gitignore")


def make_environment(world):
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", world.environment], check=True)
    lib = world.path("env", "lib")
    guest = os.path.join(lib, os.listdir(lib)[0], "site-packages", "guest.py")
    with open(guest, "w", encoding="utf-8") as file:
        file.write("NUMBER = 1\n")
    world.must("install", "demo==1.0", "--env", "other", "--no-validate", "--yes", "--python", PYTHON)  # fills the store
    world.keep("foreign")


def held(folder):
    """What a folder holds, but for what every generation and every DIR has of ours."""
    found = snapshot(folder) or {}
    return {path: what for path, what in found.items() if path not in OF_OURS and what[0] != "manifest"}


def torn_after(world, before):
    """What is wrong after a kill and the next command; nothing where all is well."""
    world.run(*REFUSED)
    ours = current_number(world.environment) is not None
    found = held(world.path("env", "generations", "1")) if ours else held(world.environment)
    if found != before:
        return difference(before, found)
    if os.path.lexists(world.path("env", JOURNAL)):
        return "the journal is still there"
    again = world.run(*ADOPT)
    return "" if again.status == 0 else str(again)


def is_half_moved(world):
    try:
        there = os.listdir(world.path("env", "generations", "1"))
    except FileNotFoundError:
        return False
    return 0 < len(there) and any(os.path.lexists(world.path("env", name)) for name in ("bin", "include", "lib", "pyvenv.cfg")) \
        and "torchup-generation.json" not in there


def main():
    arguments = harness_parser().parse_args()
    with World(arguments.torchup, shim=arguments.shim) as world:
        make_environment(world)
        before = held(world.environment)
        count = len(world.calls(*ADOPT))
        torn, torn_without_journal, moved = [], 0, 0
        for at in range(1, count + 1) if arguments.full else spread(count, SHORT_POINTS):
            world.put_back("foreign")
            world.run(*ADOPT, **world.shimmed(at=at))
            problem = torn_after(world, before)
            if problem:
                torn.append(f"killed at {at}: {problem}")
                say(torn[-1])
        for at in range(count, 0, -1):  # the moves are among the last calls
            world.put_back("foreign")
            world.run(*ADOPT, **world.shimmed(at=at))
            if is_half_moved(world):
                moved += 1
                os.remove(world.path("env", JOURNAL))
                torn_without_journal += bool(torn_after(world, before))
            if moved == 3:
                break
        say(f"{count} calls, {len(torn)} kills torn; control, without the journal: {torn_without_journal} of {moved} torn")
    if torn_without_journal == 0:
        fail("the control did not tear: this harness would see nothing")
    if torn:
        fail(f"{len(torn)} kills torn")


if __name__ == "__main__":
    main()
