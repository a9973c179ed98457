#!/usr/bin/python3
"""Power cuts of an ext4 disk at calls of an install, where it turns, at random times, and right after it has said that it is done.

    power_cut.py TORCHUP SHIM [--full] [--cuts N] [--seed N]

After each cut the disk comes up again, and the environment is the old generation or the new one, byte for byte; every generation
that can be rolled back to is whole, the store and the ledger are sound, and the same command succeeds. What was said to be done is
still done, in the ledger too. The control is the same program with its syncing switched off: it must lose or tear something.
"""

import os
import random
import sys
import time

from checks import check_after, check_history, check_next, check_no_half_made
from disks import CuttableDisk, why_not_mountable
from operations import OPERATIONS, offered, prepare
from snapshots import Torn
from world import World, fail, harness_parser, say

CUT_OPERATIONS = ("install into a new environment", "install into an existing environment", "sync", "upgrade", "rollback")
LONG_PAUSE = 1300  # milliseconds; the journal is committed each second, with or without the data
PAUSES = (0, 0, 0, LONG_PAUSE)
LONGEST = 0.25  # seconds; about what an install takes


class Disk:
    """The part of a world that is cut: its state lies on the disk."""

    def __init__(self, world, disk, chance):
        self.world, self.disk, self.chance = world, disk, chance
        world.state = os.path.join(disk.mounted, "state")
        world.clear()

    def prepare(self, operation):
        outcomes = prepare(self.world, operation)
        self.disk.keep(operation.key)
        return outcomes

    def cut_at_call(self, operation, at, pause, **shim):
        told = self.world.shimmed(at=at, action="cut", disk=self.disk.mounted, pause=pause, **shim)
        done = self.world.run(*operation.command, **told)
        if not done.killed:
            self.disk.cut()
        return done.status == 0, f"at call {at}, {pause} ms later"

    def cut_at_time(self, operation, **shim):
        after = self.chance.uniform(0, LONGEST)
        with self.world.start(*operation.command, **self.world.shimmed(**shim)) as process:
            time.sleep(after)
            done = process.poll() == 0
            self.disk.cut()
            process.kill()
            process.communicate()
        return done, f"after {after * 1000:.0f} ms"

    def cut_when_done(self, operation, **shim):
        done = self.world.run(*operation.command, **self.world.shimmed(**shim))
        self.disk.cut()
        if done.status != 0:
            raise Torn(f"without a cut it fails: {done}")
        return True, "once it was done"

    def check(self, operation, outcomes, done):
        state = check_after(self.world, operation, outcomes)
        if done and state != "new" and outcomes.old != outcomes.new:
            raise Torn("what was said to be done is lost")
        if done:
            check_history(self.world)
        check_next(self.world, operation, outcomes)
        check_no_half_made(self.world.environment)

    def one(self, operation, outcomes, calls, way, **shim):
        """What is wrong after one cut; empty where nothing is."""
        self.disk.put_back(operation.key)
        when = ""
        try:
            if way == 0:
                done, when = self.cut_when_done(operation, **shim)
            elif way == 1:
                done, when = self.cut_at_time(operation, **shim)
            elif way == 2:
                done, when = self.cut_at_call(operation, self.chance.randint(1, len(calls)), self.chance.choice(PAUSES), **shim)
            else:
                done, when = self.cut_at_call(operation, self.chance.choice(turning_points(calls)), LONG_PAUSE, **shim)
            self.disk.power_up()
            self.check(operation, outcomes, done)
            return ""
        except (Torn, RuntimeError, OSError) as problem:
            return f"{operation.name}, cut {when}: {problem}"


def turning_points(calls):
    """The numbers of the calls at which, or right before which, something begins to count or is made to last."""
    return [number for number, call in enumerate(calls, 1) if call.startswith(("fsync", "rename")) or "torchup-generation" in call]


def sweep(world, disk, cuts, chance):
    part = Disk(world, disk, chance)
    failures, control, controls, made = [], 0, 0, 0
    chosen = [operation for operation in offered(world, OPERATIONS) if operation.name in CUT_OPERATIONS]
    for operation in chosen:
        outcomes = part.prepare(operation)
        calls = world.calls(*operation.command)
        for number in range(max(1, cuts // len(chosen))):
            problem = part.one(operation, outcomes, calls, number % 4)
            made += 1
            if problem:
                failures.append(problem)
                say(problem)
        for number in range(max(1, cuts // len(chosen) // 8)):
            controls += 1
            control += bool(part.one(operation, outcomes, calls, number % 4, no_sync=1))
    say(f"{made} power cuts, {len(failures)} torn or lost; control, without syncing: {control} of {controls} torn or lost")
    return failures, control


def main():
    parser = harness_parser()
    parser.add_argument("--cuts", type=int, help="9, in full 240")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    reason = why_not_mountable("mkfs.ext4", "losetup")
    if reason:
        say(f"SKIPPED power cuts: {reason}")
        sys.exit(77)
    with World(arguments.torchup, shim=arguments.shim) as world, CuttableDisk() as disk:
        failures, control = sweep(world, disk, arguments.cuts or (240 if arguments.full else 9), random.Random(arguments.seed))
    if control == 0:
        fail("the control neither tore nor lost anything: this harness would see nothing")
    if failures:
        fail(f"{len(failures)} cuts tore or lost something")


if __name__ == "__main__":
    main()
