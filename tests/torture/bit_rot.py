#!/usr/bin/python3
"""Every file of cache, store and ledger, and the lock, damaged in turn: noticed or mended, and never installed wrong.

    bit_rot.py TORCHUP SHIM [--full]

A file is damaged by a flipped bit, by being cut in half, by being emptied, and by zeros; with the time of its last change moved, as a
program does that writes to it, and kept, as a disk does that rots. Then a lock is synced: the environment becomes exactly what it
must be, or the command fails cleanly and the old one stands. Where neither is so, `verify` must say it, and the file is counted.
Then every file of an environment is damaged, and `verify` must find it.
"""

import collections
import os

from checks import check_ledger_file
from kill_sweep import spread
from operations import ENV, FIRST, Outcomes
from snapshots import MANIFEST, Torn, in_use
from world import PYTHON, World, fail, harness_parser, say

CLEAN_EXITS = (3, 4, 5, 6, 7, 8)
SYNC = ("sync", *ENV)
MOST_SHORT = 16


def flip(content):
    return content[: len(content) // 2] + bytes([content[len(content) // 2] ^ 0x20]) + content[len(content) // 2 + 1 :]


DAMAGES = {"a flipped bit": flip, "half of it": lambda content: content[: len(content) // 2], "nothing": lambda content: b"",
           "zeros": lambda content: b"\0" * len(content)}


def damage(path, change, keep_time):
    before = os.stat(path)
    with open(path, "rb") as file:
        content = file.read()
    os.chmod(path, 0o644)
    with open(path, "wb") as file:
        file.write(change(content))
    os.chmod(path, before.st_mode & 0o7777)
    if keep_time:
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def files_of(world):
    """What torchup keeps and reads again, relative to the state; empty files cannot rot."""
    found = ["pylock.toml"]
    for root, _, names in os.walk(world.path("home")):
        found += [os.path.relpath(os.path.join(root, name), world.state) for name in names]
    return sorted(path for path in found if os.path.getsize(world.path(path)) > 0)


class Rot:
    def __init__(self, world):
        self.world, self.failures, self.counts = world, [], collections.Counter()
        world.clear()
        world.must(*FIRST)
        world.must("lock", "demo==2.0", "large", "--python", PYTHON)
        world.must("install", "demo==2.0", "large", "--env", "other", "--no-validate", "--yes", "--python", PYTHON)
        world.keep("rot")
        old = in_use(world.environment)
        world.must(*SYNC)
        self.outcomes = Outcomes(old, in_use(world.environment), ())
        world.put_back("rot")

    def judge(self, path):
        """In one word what came of the damage."""
        before = in_use(self.world.environment)  # a hard link to the store is damaged with it
        done = self.world.run(*SYNC)
        found = in_use(self.world.environment)
        if path.endswith((".db", ".db-wal")):
            check_ledger_file(self.world.ledger)
        if done.status != 0:
            if done.status not in CLEAN_EXITS or "error:" not in done.err or found != before:
                raise Torn(f"not a clean failure: {done}")
            return "refused"
        if found == self.outcomes.new:
            return "mended or not needed"
        if path == "pylock.toml":
            raise Torn("another environment than the lock had named was installed")
        if self.world.run("verify", "--env", "env", "--level", "files").status != 1:
            raise Torn("something wrong was installed, and verify finds nothing")
        return "installed, and found by verify"

    def one(self, path, name, keep_time):
        self.world.put_back("rot")
        try:
            damage(self.world.path(path), DAMAGES[name], keep_time)
            result = self.judge(path)
            self.counts[result] += 1
            if result.startswith("installed") and not keep_time:
                raise Torn("what was written to since it was verified was installed")
        except (Torn, RuntimeError, OSError) as problem:
            self.failures.append(f"{path}, {name}{', its time kept' if keep_time else ''}: {problem}")
            say(self.failures[-1])

    def environment(self, most):
        """Every file of an environment, against `verify`."""
        self.world.put_back("rot")
        site = os.path.join(os.path.realpath(self.world.path("env", "current")), "lib")
        paths = [os.path.join(root, name) for root, _, names in os.walk(site) for name in names]
        paths = sorted(path for path in paths if os.path.getsize(path) > 0 and not os.path.basename(path) in ("RECORD", MANIFEST))
        missed = 0
        chosen = [paths[number - 1] for number in spread(len(paths), most)]
        for path in chosen:
            self.world.put_back("rot")
            damage(path, flip, True)
            if self.world.run("verify", "--env", "env", "--level", "files").status != 1:
                missed += 1
                self.failures.append(f"verify does not find a flipped bit in {os.path.relpath(path, site)}")
                say(self.failures[-1])
        say(f"an environment: a flipped bit in each of {len(chosen)} files, {missed} of them not found by verify")


def main():
    arguments = harness_parser().parse_args()
    with World(arguments.torchup) as world:
        rot = Rot(world)
        paths = files_of(world)
        cases = [(path, name, keep_time) for path in paths for name in DAMAGES for keep_time in (False, True)]
        chosen = cases if arguments.full else [cases[number - 1] for number in spread(len(cases), MOST_SHORT)]
        for case in chosen:
            rot.one(*case)
        results = ", ".join(f"{count} {result}" for result, count in sorted(rot.counts.items()))
        say(f"{len(paths)} files, {len(chosen)} damages: {results}; {len(rot.failures)} wrong")
        rot.environment(200 if arguments.full else 4)
    if rot.failures:
        fail(f"{len(rot.failures)} damages went wrong")


if __name__ == "__main__":
    main()
