"""What is interrupted: commands with what must have happened before them. One that this torchup does not offer is left out, aloud."""

import dataclasses

from snapshots import in_use, whole_generations
from world import PYTHON, say

ENV = ("--env", "env", "--no-validate", "--yes")
FIRST = ("install", "demo==1.0", "large", *ENV, "--python", PYTHON)
VALIDATED = ("install", "demo==1.0", "large", "--yes", "--python", PYTHON)  # which keeps the bytecode that it needed
SECOND = ("install", "demo==2.0", "large", *ENV)


@dataclasses.dataclass(frozen=True)
class Operation:
    name: str
    command: tuple
    before: tuple = ()
    needs: tuple = ()  # commands that torchup must offer

    @property
    def key(self):
        return self.name.replace(" ", "-")


OPERATIONS = (
    Operation("install into a new environment", FIRST),
    Operation("install into an existing environment", SECOND, before=(FIRST,)),
    Operation("install with everything in the store", SECOND, before=(FIRST, SECOND[:4] + ("other",) + SECOND[5:] + ("--python", PYTHON))),
    Operation("install with validation", (*VALIDATED, "--env", "env")),
    Operation("install with kept bytecode", FIRST, before=((*VALIDATED, "--env", "other"),)),
    Operation("install of what is there", ("install", "base==1.0", *ENV), before=(FIRST,)),
    Operation("sync", ("sync", *ENV), before=(FIRST, ("lock", "demo==2.0", "large", "--python", PYTHON))),
    Operation("lock", ("lock", "demo==2.0", "large", "--python", PYTHON), before=(("lock", "demo==1.0", "--python", PYTHON),)),
    Operation("upgrade", ("upgrade", "demo", "--env", "env", "--no-validate", "--yes"), before=(FIRST,), needs=("upgrade",)),
    Operation("rollback", ("rollback", "--to", "1", "--env", "env"), before=(FIRST, SECOND), needs=("rollback",)),
    Operation("cache prune", ("cache", "prune", "--yes"), before=(FIRST, SECOND), needs=("cache prune",)),
    Operation("cache clean", ("cache", "clean", "--yes"), before=(FIRST, SECOND)),
)


@dataclasses.dataclass(frozen=True)
class Outcomes:
    """What an environment may be once an operation was interrupted."""

    old: dict | None
    new: dict | None
    whole: tuple  # snapshots of every generation that may be found whole


def offered(world, operations=OPERATIONS):
    for operation in operations:
        missing = [command for command in operation.needs if not world.offers(command)]
        if missing:
            say(f"SKIPPED {operation.name}: this torchup has no `{missing[0]}`")
        else:
            yield operation


def prepare(world, operation):
    """Makes the state that the operation starts from, keeps it, and lets the operation run once undisturbed."""
    world.clear()
    for words in operation.before:
        world.must(*words)
    world.keep(operation.key)
    old, whole = in_use(world.environment), list(whole_generations(world.environment).values())
    world.must(*operation.command)
    new = in_use(world.environment)
    whole.append(new)
    world.put_back(operation.key)
    return Outcomes(old, new, tuple(whole))
