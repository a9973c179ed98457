"""What must hold after every fault, whatever it was: the environment, the store, the ledger, and the command that follows."""

import hashlib
import json
import os
import re
import shutil
import sqlite3
import tempfile

from snapshots import MANIFEST, Torn, current_number, difference, in_use, numbers, whole_generations
from world import roomy_folder


ALREADY = "is the current one"  # a rollback to where it is


def check_environment(world, outcomes):
    """Exactly the old generation or exactly the new one is in use, and each other one that claims to be whole is."""
    found = in_use(world.environment)
    if found not in (outcomes.old, outcomes.new):
        raise Torn(f"the environment is neither the old nor the new one: {difference(found, outcomes.new)}")
    for number, generation in whole_generations(world.environment).items():
        if generation not in outcomes.whole:
            raise Torn(f"generation {number} claims to be whole: {difference(generation, outcomes.new)}")
    return "new" if found == outcomes.new else "old"


def check_ledger_file(path):
    """The ledger is sound, looked at as a copy so that looking changes nothing."""
    if not os.path.exists(path):
        return
    with tempfile.TemporaryDirectory(dir=roomy_folder()) as folder:
        for suffix in ("", "-wal"):
            if os.path.exists(path + suffix):
                shutil.copy(path + suffix, os.path.join(folder, "copy" + suffix))
        database = sqlite3.connect(os.path.join(folder, "copy"))
        verdict = database.execute("PRAGMA integrity_check").fetchone()[0]
        database.close()
    if verdict != "ok":
        raise Torn(f"the ledger is damaged: {verdict}")


def check_history(world, environment="env"):
    """The ledger says of the environment what the file system says."""
    done = world.must("history", "--env", environment, "--json")
    rows = json.loads(done.out)["history"]
    states = {row["generation"]: row["state"] for row in rows if row["state"] in ("staging", "active", "kept")}
    staging = [number for number, state in states.items() if state == "staging"]
    active = [number for number, state in states.items() if state == "active"]
    current = current_number(world.path(environment))
    if staging or active != ([] if current is None else [current]):
        raise Torn(f"the ledger has {active} active and {staging} being staged, and {current} is in use")
    unknown = set(states) ^ set(whole_generations(world.path(environment)))
    if unknown:
        raise Torn(f"the ledger and the disk differ in generations {sorted(unknown)}")


def check_no_half_made(environment):
    left = [name for name in os.listdir(environment) if name.startswith(".current")]
    left += [str(number) for number in numbers(environment)
             if not os.path.lexists(os.path.join(environment, "generations", str(number), MANIFEST))]
    if left:
        raise Torn(f"half-made and left behind: {', '.join(left)}")


def files_below(folder):
    return [os.path.relpath(os.path.join(root, name), folder) for root, _, names in os.walk(folder) for name in names]


def check_tree(folder):
    """A tree of the store: each file of its manifest has its size and SHA-256. Without a manifest it counts for nothing."""
    manifest = os.path.join(folder, "manifest")
    if not os.path.exists(manifest):
        return
    with open(manifest, encoding="utf-8") as file:
        lines = file.read().split("\n")
    listed = [line.split(" ", 3) for line in lines if re.match(r"[x-] \d+ [0-9a-f]{64} ", line)]
    if not listed or lines[-2][:7] != "sha256 ":
        raise Torn(f"{manifest} is cut short")
    for _, size, digest, path in listed:
        try:
            with open(os.path.join(folder, "tree", path), "rb") as file:
                content = file.read()
        except FileNotFoundError as error:
            raise Torn(f"{path} of {folder} is in its manifest and not there") from error
        if len(content) != int(size) or hashlib.sha256(content).hexdigest() != digest:
            raise Torn(f"{path} of {folder} is not what its manifest says")


def check_store(world):
    """Every tree that counts is whole."""
    trees = os.path.join(world.store, "trees", "sha256")
    for group in os.listdir(trees) if os.path.isdir(trees) else ():
        for tree in os.listdir(os.path.join(trees, group)):
            check_tree(os.path.join(trees, group, tree))


def check_no_debris(world):
    """What tidying up leaves: nothing half-made, and after `clean` nothing at all."""
    prunes = world.offers("cache prune")
    world.must("cache", *(("prune", "--older-than", "0d") if prunes else ("clean",)), "--yes")
    left = [path for path in files_below(world.store) if not prunes or not path.startswith("trees/")]
    left = [path for path in left if not path.endswith(".lock")]
    if left:
        raise Torn(f"left in the store by `cache {'prune' if prunes else 'clean'}`: {', '.join(sorted(left)[:4])}")


def check_after(world, operation, outcomes):
    """Everything that must hold at once: gives which of the two is in use."""
    state = check_environment(world, outcomes)
    check_ledger_file(world.ledger)
    check_store(world)
    return state


def check_next(world, operation, outcomes):
    """The same command, run again and undisturbed, succeeds and ends where it should have the first time."""
    done = world.run(*operation.command)
    if done.status != 0 and ALREADY not in done.err:
        raise Torn(f"the next command fails: {done}")
    if check_environment(world, outcomes) != "new" and outcomes.old != outcomes.new:
        raise Torn("the next command succeeds, but the environment is the old one")
    if os.path.isdir(world.environment):
        check_no_half_made(world.environment)
    check_store(world)
