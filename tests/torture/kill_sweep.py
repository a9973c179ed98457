#!/usr/bin/python3
"""SIGKILL at every call that changes a file, of each operation and of the command that follows the kill.

    kill_sweep.py TORCHUP SHIM [--full] [--only NAME]

After each kill the environment is the old generation or the new one, byte for byte; store and ledger are sound; the same command
then succeeds, ends at the new one, and tidying up leaves nothing. The control is an installer that works in place: it must tear.
In the short form a few points are taken of each operation, in the full form all, the recovery's too.
"""

import os

from checks import check_after, check_history, check_next, check_no_debris
from control import tears_in_place
from operations import offered, prepare
from snapshots import Torn
from world import World, fail, harness_parser, say

SHORT_POINTS = 4
ONLY_FULL = ("install of what is there", "lock")
FULL_RECOVERIES = 3  # kills of each operation after which every point of the recovery is killed as well


def spread(count, wanted):
    """At most `wanted` of the numbers 1 to count, evenly, the last among them."""
    if count <= wanted:
        return list(range(1, count + 1))
    return sorted({round(number * count / wanted) for number in range(1, wanted + 1)})


class Sweep:
    def __init__(self, world, operation):
        self.world, self.operation = world, operation
        self.outcomes = prepare(world, operation)
        self.failures = []

    def calls(self):
        """How many calls the operation makes that change a file, from the state as it is."""
        return len(self.world.calls(*self.operation.command))

    def kill(self, at):
        """Runs the operation up to its call number `at`; false where it ended before."""
        return self.world.run(*self.operation.command, **self.world.shimmed(at=at)).killed

    def settle(self):
        check_next(self.world, self.operation, self.outcomes)
        if os.path.isdir(self.world.environment):
            check_history(self.world)
        check_no_debris(self.world)

    def point(self, *kills):
        """One point: killed at each of these calls in turn, looked at after each. False where the last kill did not happen."""
        self.world.put_back(self.operation.key)
        try:
            killed = False
            for at in kills:
                killed = self.kill(at)
                check_after(self.world, self.operation, self.outcomes)
            if killed:
                self.settle()
            return killed
        except (Torn, RuntimeError, OSError) as problem:
            self.failures.append(f"{self.operation.name}, killed at {kills}: {problem}")
            say(self.failures[-1])
            return True

    def run(self, full):
        count = self.calls()
        kills = sum(self.point(at) for at in (range(1, count + 1) if full else spread(count, SHORT_POINTS)))
        recoveries = 0
        for at in spread(count, FULL_RECOVERIES if full else 1):
            self.world.put_back(self.operation.key)
            self.kill(at)
            again = self.calls()
            recoveries += sum(self.point(at, second) for second in (range(1, again + 1) if full else spread(again, 2)))
        say(f"{self.operation.name}: {count} calls, {kills} kills and {recoveries} kills of the recovery, {len(self.failures)} torn")
        return self.failures


def main():
    parser = harness_parser()
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    failures = []
    with World(arguments.torchup, shim=arguments.shim) as world:
        for operation in offered(world):
            if arguments.only in operation.name and (arguments.full or operation.name not in ONLY_FULL):
                failures += Sweep(world, operation).run(arguments.full)
        torn, count = tears_in_place(world, None if arguments.full else 5)
        say(f"control, an installer that works in place: {torn} of {count} kills torn")
    if torn == 0:
        fail("the control did not tear: this harness would see nothing")
    if failures:
        fail(f"{len(failures)} points torn")


if __name__ == "__main__":
    main()
