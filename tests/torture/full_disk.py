#!/usr/bin/python3
"""A disk that really is full, at every stage of an install: too small by bytes, then by files, from nothing free to enough.

    full_disk.py TORCHUP SHIM [--full]

Each install succeeds, or fails cleanly with the old environment byte for byte; once there is room the same command succeeds, and
tidying up leaves nothing.
"""

import collections
import os
import sys

from checks import check_after, check_next, check_no_debris
from control import InPlace
from disks import command, memory_disk, why_not_mountable
from kill_sweep import spread
from operations import OPERATIONS, prepare
from snapshots import Torn
from world import World, fail, harness_parser, say

ROOMY = "size=64m,nr_inodes=8000"
CLEAN_EXITS = (3, 7, 8)
SPARE = {"size": 64 << 10, "nr_inodes": 8}  # above what the finished install takes, for what comes and goes in between


def used(folder):
    status = os.statvfs(folder)
    return {"size": (status.f_blocks - status.f_bfree) * status.f_frsize, "nr_inodes": status.f_files - status.f_ffree}


class Filling:
    def __init__(self, world, disk, operation):
        self.world, self.disk, self.operation = world, disk, operation
        self.outcomes = prepare(world, operation)
        self.before = used(disk)
        world.must(*operation.command)
        self.after = used(disk)
        self.exits, self.failures = collections.Counter(), []

    def resize(self, options):
        command("mount", "-o", f"remount,{options}", self.disk)

    def check(self, done):
        state = check_after(self.world, self.operation, self.outcomes)
        if done.status == 0 and state == "new":
            return
        if done.status not in CLEAN_EXITS or "error:" not in done.err or state != "old":
            raise Torn(f"neither done nor a clean failure, and the environment is {state}: {done}")

    def point(self, what, room):
        self.resize(ROOMY)
        self.world.put_back(self.operation.key)
        try:
            self.resize(f"{what}={max(used(self.disk)[what] + room, 4096 if what == 'size' else 1)}")  # 0 would be no limit
            done = self.world.run(*self.operation.command)
            self.exits[done.status] += 1
            self.check(done)
            self.resize(ROOMY)
            check_next(self.world, self.operation, self.outcomes)
            check_no_debris(self.world)
        except (Torn, RuntimeError, OSError) as problem:
            self.failures.append(f"{self.operation.name}, with {room} of {what} free: {problem}")
            say(self.failures[-1])

    @staticmethod
    def control(world, disk):
        """Whether an installer that works in place leaves something torn on a disk without room for another file."""
        command("mount", "-o", f"remount,{ROOMY}", disk)
        installer = InPlace(world, disk)
        installer.begin()
        command("mount", "-o", f"remount,nr_inodes={used(disk)['nr_inodes']}", disk)  # the new wheel has more files
        installer.run()
        return installer.torn

    def run(self, most):
        points = 0
        for what, step in (("size", 4096), ("nr_inodes", 1)):
            needed = self.after[what] - self.before[what] + SPARE[what]
            for room in [0, *spread(needed // step, most)]:
                self.point(what, room * step)
                points += 1
        exits = ", ".join(f"{many} with {status}" for status, many in sorted(self.exits.items()))
        say(f"{self.operation.name}: {points} sizes of a full disk ({exits}), {len(self.failures)} unclean")
        return self.failures


def main():
    arguments = harness_parser().parse_args()
    reason = why_not_mountable()
    if reason:
        say(f"SKIPPED full disks: {reason}")
        sys.exit(77)
    failures = []
    with World(arguments.torchup) as world, memory_disk(ROOMY) as disk:
        world.state = os.path.join(disk, "state")
        for operation in OPERATIONS[: 3] if arguments.full else OPERATIONS[1:2]:
            world.clear()
            failures += Filling(world, disk, operation).run(200 if arguments.full else 4)
        torn = Filling.control(world, disk)
        say(f"control, an installer that works in place: {'torn' if torn else 'whole'}")
    if not torn:
        fail("the control did not tear: this harness would see nothing")
    if failures:
        fail(f"{len(failures)} installs on a full disk were not clean")


if __name__ == "__main__":
    main()
