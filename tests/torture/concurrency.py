#!/usr/bin/python3
"""Sixteen at once on one store, one ledger and a few environments: installing, syncing, rolling back, cleaning, killed at random.

    concurrency.py TORCHUP SHIM [--full] [--rounds N] [--seed N]

A round starts all of them together and kills some at a random call. None may hang or fail other than by being killed; a cleaning
may find the store in use. After each round every environment is one that somebody asked for, byte for byte, with its store and its
ledger sound; then each one is installed into again, which shows that the killed have let go of their locks.
"""

import random
import subprocess
import time

from checks import check_history, check_ledger_file, check_no_half_made, check_store
from control import NEW, OLD, InPlace
from operations import offered
from snapshots import Torn, difference, in_use, whole_generations
from world import PYTHON, World, fail, harness_parser, say

PROCESSES = 16
ENVIRONMENTS = ("one", "two", "three")
WISHES = {"old": ("demo==1.0", "large"), "new": ("demo==2.0", "large"), "few": ("large",)}
WATCHDOG = 240  # seconds for a round: far more than all of them one after the other
KILLED_OF_TEN = 4
CONTROL_ROUNDS = 60
MOST_CALLS = 240  # about as many as an install makes


def make(environment, wish):
    """What makes the environment so, whatever it was: an install adds to what is there, so fewer packages come from a lock."""
    options = ("--env", environment, "--no-validate", "--yes", "--python", PYTHON)
    return ("sync", lock_name(wish), *options) if wish == "few" else ("install", *WISHES[wish], *options)


def lock_name(wish):
    return f"pylock.{wish}.toml"


class Round:
    def __init__(self, world, references, chance):
        self.world, self.references, self.chance = world, references, chance

    def choose(self):
        environment = self.chance.choice(ENVIRONMENTS)
        commands = [make(environment, wish) for wish in WISHES] * 2
        commands += [("cache", "clean", "--yes"), ("sync", "--env", environment, "--no-validate", "--yes", "--python", PYTHON)]
        if self.world.offers("cache prune"):
            commands.append(("cache", "prune", "--yes"))
        if self.world.offers("rollback"):
            commands.append(("rollback", "--env", environment))
        return self.chance.choice(commands)

    def start(self):
        started = []
        for _ in range(PROCESSES):
            words = self.choose()
            told = {}
            if self.chance.randint(1, 10) <= KILLED_OF_TEN:
                told = self.world.shimmed(at=self.chance.randint(1, MOST_CALLS))
            started.append((words, self.world.start(*words, **told)))
        return started

    def wait(self, started):
        """What ended otherwise than it may."""
        deadline, problems, killed = time.monotonic() + WATCHDOG, [], 0
        for words, process in started:
            try:
                out, err = process.communicate(timeout=max(1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                for _, other in started:
                    other.kill()
                raise Torn(f"`{' '.join(words)}` hangs") from None
            killed += process.returncode == -9
            busy = process.returncode == 3 and words[0] == "cache" and "is in use by another process" in err
            nowhere = words[0] == "rollback" and process.returncode == 3
            if process.returncode not in (0, -9) and not busy and not nowhere:
                problems.append(f"`{' '.join(words)}` ended with {process.returncode}: {out}{err}")
        if problems:
            raise Torn("\n".join(problems))
        return killed

    def check(self):
        for name in ENVIRONMENTS:
            known = list(self.references[name].values())
            environment = self.world.path(name)
            for found in [in_use(environment), *whole_generations(environment).values()]:
                if found is not None and found not in known:
                    raise Torn(f"environment {name} is none that was asked for: {difference(found, known[0])}")
        check_ledger_file(self.world.ledger)
        check_store(self.world)

    def settle(self):
        for name in ENVIRONMENTS:
            wish = self.chance.choice(list(WISHES))
            self.world.must(*make(name, wish))
            if in_use(self.world.path(name)) != self.references[name][wish]:
                raise Torn(f"environment {name} is not what the last install made it")
            check_no_half_made(self.world.path(name))
            check_history(self.world, name)

    def run(self):
        killed = self.wait(self.start())
        self.check()
        self.settle()
        return killed


def control(world):
    """In which round installers that work in place, several at once and one killed, leave something torn; 0 for never."""
    installer = InPlace(world)
    for number in range(1, CONTROL_ROUNDS + 1):
        installer.begin()
        told = world.shimmed(program=installer.python, at=number + 1)
        started = [installer.start(OLD), installer.start(NEW, **told), installer.start(OLD), installer.start(NEW)]
        for process in started:
            process.wait(WATCHDOG)
        if installer.torn:
            return number
    return 0


def main():
    parser = harness_parser()
    parser.add_argument("--rounds", type=int, help="3, in full 50")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    failures, killed = 0, 0
    with World(arguments.torchup, shim=arguments.shim) as world:
        list(offered(world))  # says what is left out
        world.must("lock", *WISHES["new"], "--python", PYTHON)
        world.must("lock", *WISHES["few"], "--python", PYTHON, "--output", lock_name("few"))
        references = {name: {} for name in ENVIRONMENTS}
        for name in ENVIRONMENTS:
            for wish in WISHES:
                world.must(*make(name, wish))
                references[name][wish] = in_use(world.path(name))
        world.keep("begun")
        chance = random.Random(arguments.seed)
        rounds = arguments.rounds or (50 if arguments.full else 3)
        for number in range(rounds):
            if number % 10 == 0:
                world.put_back("begun")  # or the old generations would be most of the work
            try:
                killed += Round(world, references, chance).run()
            except (Torn, RuntimeError, OSError) as problem:
                failures += 1
                say(f"round {number}: {problem}")
                world.put_back("begun")
        torn = control(world)
    say(f"{rounds} rounds of {PROCESSES} processes, {killed} of them killed: {failures} rounds with damage or a hang")
    say(f"control, installers that work in place: torn in round {torn} of {CONTROL_ROUNDS} at most")
    if torn == 0:
        fail("the control did not tear: this harness would see nothing")
    if failures:
        fail(f"{failures} rounds")


if __name__ == "__main__":
    main()
