#!/usr/bin/python3
"""Malformed wheels of our own, one fault each, and each refused by the name of the rule that it breaks; sound ones are not.

    malformed_wheels.py TORCHUP [--full] [--zips FOLDER]

First `torchup debug wheel-check` judges all of them. Then they are installed from an index, a few in the short form: each is refused,
nothing comes into being outside of the cache, the store stays empty, and what lies around the environment is untouched. With --zips
the archives in FOLDER/reject must be refused as well; without the folder that is left out, aloud.
"""

import collections
import os
import zipfile

from broken_rules import MALFORMED, SOUND, bytes_of
from checks import files_below
from snapshots import difference, snapshot
from world import PYTHON, World, fail, harness_parser, say

WHEEL = "demo-1.0-py3-none-any.whl"
AT_ONCE = 50
MOST_SHORT = 12  # of those that could write outside
DANGEROUS = ("path-traversal", "absolute-path", "backslash", "file-type", "entry-point", "record-phantom", "data-folder")


def write(folder, number, content):
    path = os.path.join(folder, str(number), WHEEL)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)
    return path


def verdicts(world, paths):
    answers = []
    for at in range(0, len(paths), AT_ONCE):
        answers += world.run("debug", "wheel-check", *paths[at : at + AT_ONCE]).out.splitlines()
    return answers


def judge(world, cases, problems):
    folder = os.path.join(world.folder, "wheels")
    paths = [write(folder, number, bytes_of(change)) for number, (_, _, change) in enumerate(cases)]
    answers = verdicts(world, paths)
    if len(answers) != len(cases):
        fail(f"{len(cases)} wheels and {len(answers)} verdicts")
    for (rule, what, _), answer in zip(cases, answers):
        if answer != rule:
            problems.append(f"{what}: {answer}, expected {rule}")
    rules = collections.Counter(rule for rule, _, _ in cases)
    return len(cases), len(rules)


def read_by_python(world, count):
    """How many a reader that is not strict takes for sound: that they are not simply garbage."""
    read = 0
    for number in range(count):
        try:
            with zipfile.ZipFile(os.path.join(world.folder, "wheels", str(number), WHEEL)) as archive:
                read += archive.testzip() is None
        except Exception:  # whatever it objects to, it objects
            continue
    return read


def install(world, cases, problems):
    """Each of them from the index: the fault may be seen as soon as the metadata is read, or only when the wheel is opened."""
    around = snapshot_around(world)
    for rule, what, change in cases:
        target = os.path.join(world.index.folder, WHEEL)
        with open(target, "wb") as file:
            file.write(bytes_of(change))
        world.index.stop()
        world.index.start()
        world.clear()
        done = world.run("install", "demo", "--env", "env", "--no-validate", "--yes", "--python", PYTHON)
        trees = files_below(os.path.join(world.store, "trees"))
        if done.status not in (4, 5, 6) or "error:" not in done.err or trees or os.path.lexists(world.environment):
            problems.append(f"{what} ({rule}), installed: {done}{trees}")
        os.unlink(target)
        if snapshot_around(world) != around:
            problems.append(f"{what}: written outside: {difference(around, snapshot_around(world))}")
            around = snapshot_around(world)
        outside = [path for path in os.listdir(world.state) if path != "home"]
        if outside:
            problems.append(f"{what}: left beside the home: {outside}")


def snapshot_around(world):
    """What lies around the state and could be reached with a few `..`."""
    return {path: value for path, value in snapshot(world.folder).items() if not path.startswith(("state", "wheels"))}


def judge_given(world, folder, problems):
    """Archives made by others: none of `reject` may be accepted under a wheel's name."""
    count = 0
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as file:
            path = write(os.path.join(world.folder, "wheels"), f"given-{name}", file.read())
        answer = world.run("debug", "wheel-check", path).out.strip()
        count += 1
        if answer in ("ok", "", "dist-info"):
            problems.append(f"{name}: {answer}, and no rule of archives")
    return count


def main():
    parser = harness_parser()
    parser.add_argument("--zips", default="")
    arguments = parser.parse_args()
    problems = []
    with World(arguments.torchup) as world:
        accepted, _ = judge(world, SOUND, problems)
        refused, rules = judge(world, MALFORMED, problems)
        say(f"control: Python's zipfile reads {read_by_python(world, len(MALFORMED))} of the malformed ones without complaint")
        for name in os.listdir(world.index.folder):
            if name.startswith("demo-"):
                os.unlink(os.path.join(world.index.folder, name))
        cases = MALFORMED if arguments.full else [case for case in MALFORMED if case[0] in DANGEROUS][:: 3][:MOST_SHORT]
        install(world, cases, problems)
        say(f"{refused} malformed wheels by {rules} rules, {accepted} sound ones, {len(cases)} installed from an index")
        if arguments.zips and os.path.isdir(os.path.join(arguments.zips, "reject")):
            say(f"{judge_given(world, os.path.join(arguments.zips, 'reject'), problems)} archives of {arguments.zips}/reject refused")
        else:
            say(f"SKIPPED archives made by others: no folder `{arguments.zips}`")
    for problem in problems:
        say(problem)
    if problems:
        fail(f"{len(problems)} wheels were not judged as they must be")


if __name__ == "__main__":
    main()
