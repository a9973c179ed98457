#!/usr/bin/python3
"""Ctrl-C at every call of an install, and outputs that take nothing: it ends as a shell expects, and nothing is half done.

    interrupts.py TORCHUP SHIM [--full]

An interrupted command ends with 130 and the old environment, or was past the point of no return and ends with 0 and the new one. A
command whose output is closed or full may say so by its status, but the environment is one of the two.
"""

import collections
import os
import subprocess
import time

from checks import check_after, check_next, check_no_debris, check_no_half_made
from kill_sweep import spread
from operations import OPERATIONS, prepare
from snapshots import Torn
from world import LIMIT, World, fail, harness_parser, say

INTERRUPTED = 130
SHORT_POINTS = 10
OUTPUTS = ("/dev/full", "a closed one", "a pipe without a reader")


class Interrupts:
    def __init__(self, world, operation):
        self.world, self.operation = world, operation
        self.outcomes = prepare(world, operation)
        self.failures, self.exits = [], collections.Counter()

    def judge(self, status, what):
        state = check_after(self.world, self.operation, self.outcomes)
        expected = "new" if status == 0 else "old"
        if state != expected and self.outcomes.old != self.outcomes.new:
            raise Torn(f"{what}: it ended with {status}, and the environment is the {state} one")
        if os.path.isdir(self.world.environment):
            check_no_half_made(self.world.environment)

    def settle(self):
        check_next(self.world, self.operation, self.outcomes)
        check_no_debris(self.world)

    def interrupt(self, at):
        done = self.world.run(*self.operation.command, **self.world.shimmed(at=at, action="interrupt"))
        self.exits[done.status] += 1
        if done.status not in (0, INTERRUPTED):
            raise Torn(f"interrupted, it ends otherwise: {done}")
        if done.status == INTERRUPTED and "interrupted" not in done.err:
            raise Torn(f"interrupted, it does not say so: {done}")
        self.judge(done.status, "interrupted")

    def run_into(self, output):
        """Both outputs lead to one that takes nothing."""
        words = [self.world.torchup, *self.operation.command]
        variables = {"env": self.world.variables(), "cwd": self.world.state, "stdin": subprocess.DEVNULL, "timeout": LIMIT, "check": False}
        if output == "a closed one":
            return subprocess.run(["/bin/sh", "-c", 'exec "$@" >&- 2>&-', "sh", *words], **variables).returncode
        if output == "a pipe without a reader":
            reader, writer = os.pipe()
            os.close(reader)
        else:
            writer = os.open(output, os.O_WRONLY)
        try:
            return subprocess.run(words, stdout=writer, stderr=writer, **variables).returncode
        finally:
            os.close(writer)

    def closed_ones_lead_nowhere(self):
        """A closed output is not where the next file or connection is opened: what is printed would go there."""
        self.world.put_back(self.operation.key)
        self.world.index.configure(faults=[{"path": "/files/*.whl", "kind": "hang", "bytes": 10}])
        self.world.index.reset()
        words = ["/bin/sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", self.world.torchup, *self.operation.command]
        with subprocess.Popen(words, env=self.world.variables(), cwd=self.world.state) as process:
            deadline = time.monotonic() + LIMIT
            while process.poll() is None and not any(entry["path"].endswith(".whl") for entry in self.world.index.requests()):
                if time.monotonic() > deadline:
                    break
                time.sleep(0.02)
            leads = [os.readlink(f"/proc/{process.pid}/fd/{number}") for number in range(3) if process.poll() is None]
            process.kill()
        self.world.index.configure()
        if leads != ["/dev/null"] * 3:
            self.failures.append(f"closed standard streams lead to {leads}")
            say(self.failures[-1])

    def point(self, act, what):
        self.world.put_back(self.operation.key)
        try:
            act()
            self.settle()
        except (Torn, RuntimeError, OSError) as problem:
            self.failures.append(f"{self.operation.name}, {what}: {problem}")
            say(self.failures[-1])

    def run(self, full):
        count = len(self.world.calls(*self.operation.command))
        points = range(1, count + 1) if full else spread(count, SHORT_POINTS)
        for at in points:
            self.point(lambda at=at: self.interrupt(at), f"interrupted at call {at}")
        for output in OUTPUTS:
            self.point(lambda output=output: self.judge_output(output), f"with {output} as output")
        self.closed_ones_lead_nowhere()
        exits = ", ".join(f"{many} with {status}" for status, many in sorted(self.exits.items()))
        say(f"{self.operation.name}: {len(points)} of {count} calls interrupted ({exits}), {len(OUTPUTS)} outputs; {len(self.failures)} wrong")
        return self.failures

    def judge_output(self, output):
        status = self.run_into(output)
        if status < 0 or status == 70:
            raise Torn(f"it ended with {status}")
        check_after(self.world, self.operation, self.outcomes)


def main():
    arguments = harness_parser().parse_args()
    failures = []
    with World(arguments.torchup, shim=arguments.shim) as world:
        for operation in OPERATIONS[:2] if arguments.full else OPERATIONS[1:2]:
            failures += Interrupts(world, operation).run(arguments.full)
    if failures:
        fail(f"{len(failures)} interrupts")


if __name__ == "__main__":
    main()
