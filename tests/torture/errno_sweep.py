#!/usr/bin/python3
"""Every call that touches a file fails once, with each error a disk can give: success, or a clean failure that changes nothing.

    errno_sweep.py TORCHUP SHIM [--full] [--only NAME]

Clean means: an exit code of the contract, a message, and the old environment byte for byte; where the failure comes after the flip
it must say so. Then the same command, undisturbed, succeeds. `stays` is the same with every later call failing too.
"""

import collections
import errno

from checks import check_after, check_next, check_no_debris
from control import tears_in_place
from kill_sweep import spread
from operations import offered, prepare
from snapshots import Torn
from world import World, fail, harness_parser, say

ERRORS = ("ENOSPC", "EIO", "EDQUOT", "EMFILE", "EROFS", "EXDEV", "EMLINK")
EVERYTHING = "install into an existing environment"  # in the full form, of which each call fails with each error
SHORT = {"install into an existing environment": 28, "cache clean": 7}
CLEAN_EXITS = (3, 5, 6, 7, 8)
AFTER_FLIP = "after switching to generation"


class Sweep:
    def __init__(self, world, operation, outcomes, every):
        self.world, self.operation, self.outcomes = world, operation, outcomes
        self.failures, self.exits, self.every = [], collections.Counter(), every

    def calls(self):
        return len(self.world.calls(*self.operation.command, scope="all"))

    def check(self, done):
        state = check_after(self.world, self.operation, self.outcomes)
        if done.status == 0:
            if state != "new" and self.outcomes.old != self.outcomes.new:
                raise Torn(f"it says that it is done, and the environment is the old one: {done}")
            return
        if done.status not in CLEAN_EXITS or "error:" not in done.err:
            raise Torn(f"not a clean failure: {done}")
        if state == "new" and self.outcomes.old != self.outcomes.new and AFTER_FLIP not in done.err:
            raise Torn(f"it failed, and the environment is the new one: {done}")

    def point(self, at, name, from_on):
        self.world.put_back(self.operation.key)
        try:
            told = self.world.shimmed(at=at, action=getattr(errno, name), scope="all", from_on=from_on)
            done = self.world.run(*self.operation.command, **told)
            self.exits[done.status] += 1
            self.check(done)
            check_next(self.world, self.operation, self.outcomes)
            check_no_debris(self.world)
        except (Torn, RuntimeError, OSError) as problem:
            self.failures.append(f"{self.operation.name}, call {at} {'on ' if from_on else ''}fails with {name}: {problem}")
            say(self.failures[-1])

    def points(self, count, full):
        """(call, error, whether all later calls fail as well); where not all are taken, each call gets another error."""
        if full and self.operation.name == EVERYTHING:
            yield from ((at, name, 0) for at in range(1, count + 1, self.every) for name in ERRORS)
        calls = range(1, count + 1, self.every) if full else spread(count, SHORT[self.operation.name])
        for number, at in enumerate(calls):
            yield at, ERRORS[number % len(ERRORS)], number // len(ERRORS) % 2

    def run(self, full):
        count, points = self.calls(), 0
        for at, name, from_on in self.points(count, full):
            self.point(at, name, from_on)
            points += 1
        exits = ", ".join(f"{many} with {status}" for status, many in sorted(self.exits.items()))
        say(f"{self.operation.name}: {count} calls, {points} failures of a call ({exits}), {len(self.failures)} unclean")
        return self.failures


def main():
    parser = harness_parser()
    parser.add_argument("--every", type=int, default=1, metavar="N", help="of the calls that --full takes, each N-th")
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    failures = []
    with World(arguments.torchup, shim=arguments.shim) as world:
        for operation in offered(world):
            if arguments.only in operation.name and (arguments.full or operation.name in SHORT):
                failures += Sweep(world, operation, prepare(world, operation), arguments.every).run(arguments.full)
        torn, struck = tears_in_place(world, None if arguments.full else 20, action=errno.ENOSPC)
        say(f"control, an installer that works in place: {torn} of {struck} failures of a call torn")
    if torn == 0:
        fail("the control did not tear: this harness would see nothing")
    if failures:
        fail(f"{len(failures)} failures were not clean")


if __name__ == "__main__":
    main()
