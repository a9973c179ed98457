#!/usr/bin/python3
"""The shim sees every call that changes a file: as many of each kind as the kernel gets, by strace; and strace kills as the shim does.

    shim_check.py TORCHUP SHIM [--full]

Without strace this fails, unless TORCHUP_TORTURE_WITHOUT_STRACE=1 says that it may be left out. With --full an install is killed at
every number of every kind of call by strace's own injection, as a second injector that knows nothing of the shim.
"""

import collections
import os
import re
import shutil
import sys

from checks import check_after, check_next
from operations import OPERATIONS, prepare
from snapshots import Torn
from world import World, fail, harness_parser, say

# Calls of the kernel, as the shim calls them.
KINDS = {
    "openat": "open", "open": "open", "creat": "open", "write": "write", "pwrite64": "write", "writev": "write", "pwritev": "write",
    "sendfile": "write", "copy_file_range": "write", "ftruncate": "truncate", "truncate": "truncate", "fallocate": "fallocate",
    "rename": "rename", "renameat": "rename", "renameat2": "rename", "link": "link", "linkat": "link", "symlink": "symlink",
    "symlinkat": "symlink", "unlink": "unlink", "unlinkat": "unlink", "rmdir": "unlink", "mkdir": "mkdir", "mkdirat": "mkdir",
    "chmod": "chmod", "fchmod": "chmod", "fchmodat": "chmod", "utimensat": "utimens", "fsync": "fsync", "fdatasync": "fsync",
    "syncfs": "fsync", "sync_file_range": "fsync", "openat2": "open", "pwritev2": "write", "io_uring_enter": "io_uring",
}
SET = ",".join(f"?{call}" for call in KINDS)
LINE = re.compile(r"(?P<process>\d+)\s+(?P<call>\w+)\((?P<rest>.*)")


def changes(call, rest):
    """Whether a line of strace is one that changes a file; with -y an open file stands with its path."""
    kind = KINDS[call]
    if kind == "open":
        return "O_CREAT" in rest or "O_TRUNC" in rest
    if kind in ("write", "truncate", "fallocate"):
        return re.match(r"\d+</(?!dev/(?!shm/))", rest) is not None
    return True


def seen_by_strace(path):
    """How many calls of each kind, of the program itself and its threads; what another program was made of is left out."""
    counts = collections.defaultdict(collections.Counter)
    others, first = set(), None
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            match = LINE.match(line)
            if not match or "resumed>" in line.split("(")[0]:
                continue
            first = first or match["process"]
            if match["call"] == "execve" and match["process"] != first:
                others.add(match["process"])
            elif match["call"] in KINDS and changes(match["call"], match["rest"]):
                counts[match["process"]][KINDS[match["call"]]] += 1
    return sum((counts[process] for process in counts if process not in others), collections.Counter())


def compare(world, operation):
    """What the shim misses, in each of a few runs: two runs of an operation may differ in a call or two."""
    missed = [compare_once(world, operation) for _ in range(2)]
    return {kind: counts for kind, counts in missed[0].items() if all(kind in other for other in missed)}


def compare_once(world, operation):
    prepare(world, operation)
    log = os.path.join(world.folder, "strace")
    world.must(*operation.command, under=("strace", "-f", "-qq", "-y", "-o", log, "-e", f"trace=execve,{SET}"))
    kernel = seen_by_strace(log)
    world.put_back(operation.key)
    shim = collections.Counter(line.split(" ")[0] for line in world.calls(*operation.command))
    shim.pop("clone", 0)  # FICLONE is one ioctl among many others, which are not traced
    missed = {kind: (count, shim[kind]) for kind, count in kernel.items() if count > shim[kind]}
    say(f"{operation.name}: strace sees {sum(kernel.values())} calls that change a file, the shim {sum(shim.values())}")
    return missed


def sweep(world, operation, most):
    """Kills by strace at the n-th call of each kind, until one run ends before."""
    outcomes, killed, failures = prepare(world, operation), 0, 0
    for call in KINDS:
        for number in range(1, most + 1):
            world.put_back(operation.key)
            inject = f"inject=?{call}:signal=KILL:when={number}"
            done = world.run(*operation.command, under=("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace=?{call}", "-e", inject))
            if not done.killed:
                break
            killed += 1
            try:
                check_after(world, operation, outcomes)
                check_next(world, operation, outcomes)
            except (Torn, RuntimeError, OSError) as problem:
                failures += 1
                say(f"{operation.name}, killed at {call} {number}: {problem}")
    say(f"{operation.name}: {killed} kills by strace, {failures} torn")
    return failures


def main():
    arguments = harness_parser().parse_args()
    if not shutil.which("strace"):
        if os.environ.get("TORCHUP_TORTURE_WITHOUT_STRACE") == "1":
            say("SKIPPED: there is no strace, and TORCHUP_TORTURE_WITHOUT_STRACE=1 allows that")
            sys.exit(77)
        fail("there is no strace, which this needs: install it, or set TORCHUP_TORTURE_WITHOUT_STRACE=1 to leave this out")
    with World(arguments.torchup, shim=arguments.shim) as world:
        chosen = OPERATIONS if arguments.full else OPERATIONS[:2]
        chosen = [operation for operation in chosen if all(world.offers(command) for command in operation.needs)]
        missed = [compare(world, operation) for operation in chosen]
        torn = sweep(world, OPERATIONS[1], 400) if arguments.full else 0
    if any(missed):
        fail(f"the shim misses calls (kernel, shim): {missed}")
    if torn:
        fail(f"{torn} kills by strace tore something")


if __name__ == "__main__":
    main()
