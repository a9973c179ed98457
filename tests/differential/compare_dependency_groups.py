#!/usr/bin/python3
"""Puts made-up [dependency-groups] to torchup and to `packaging`, and fails where they expand them differently.

    compare_dependency_groups.py TORCHUP --peers DIR [--seed N] [--count N]

What torchup means to do otherwise is listed below with its reason, counted and printed.
"""

import collections
import os
import random
import subprocess
import sys
import tempfile
import tomllib

import command_line

NAMES = ["test", "Test", "type_check", "Type.Check", "docs", "all", "a", "b", "c", "d", "E"]
REQUIREMENTS = ["six", "numpy>=1 ; os_name == 'nt'", "Demo_X[y]==1.0", "torch (>=2)", "six>=1,<2"]
BROKEN = ["1", "true", "['six']", "'two words'", "''", "{}", "{include-group = 1}", "{include-group = 'a', x = 1}", "{include = 'a'}", "'six @ https://index.example/six.whl'"]
GROUPS_OF_NO_LIST = ["1", "'six'", "{}", "true"]

# (name, rule, whether it covers torchup's answer)
KNOWN_DIFFERENCES = [
    (
        "a URL",
        "only wheels of an index are installed",
        lambda ours: ours.endswith("only wheels of an index are installed"),
    ),
    (
        "a group's name that is none",
        "packaging.python.org, Dependency Groups: names are valid as those of packages are",
        lambda ours: ours.endswith("is no name for a dependency group"),
    ),
]


def item(source, names):
    chance = source.random()
    if chance < 0.05:
        return source.choice(BROKEN)
    if chance < 0.4:
        return f"{{include-group = '{source.choice(names)}'}}"
    return f'"{source.choice(REQUIREMENTS)}"'


def made_up(source):
    """(TOML, the group that is asked for)"""
    names = source.sample(NAMES, source.randint(1, 5))
    if source.random() < 0.03:
        names.append("-none-")
    lines = ["[dependency-groups]"]
    for name in names:
        content = "[" + ", ".join(item(source, names if source.random() < 0.95 else NAMES) for _ in range(source.randint(0, 3))) + "]"
        lines.append(f"'{name}' = {content if source.random() < 0.97 else source.choice(GROUPS_OF_NO_LIST)}")
    wanted = source.choice(names if source.random() < 0.9 else NAMES)
    return "\n".join(lines) + "\n", source.choice([wanted, wanted.upper(), wanted.replace("-", "_")])


def packaging_answer(toml, wanted):
    import reference
    from packaging.dependency_groups import CyclicDependencyGroup, resolve_dependency_groups

    try:
        texts = resolve_dependency_groups(tomllib.loads(toml)["dependency-groups"], wanted)
    except ExceptionGroup as errors:
        cyclic = errors.subgroup(CyclicDependencyGroup) is not None
        return ["invalid: cycle" if cyclic else "invalid: "]
    return [f"requirement\t{reference.requirement(text)}" for text in texts]


def ask(torchup, toml, wanted):
    with tempfile.TemporaryDirectory(prefix="torchup-groups-") as folder:
        with open(os.path.join(folder, "pyproject.toml"), "w", encoding="utf-8") as file:
            file.write(toml)
        done = subprocess.run([torchup, "debug", "requirements", "--group", wanted], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"compare: torchup ended with {done.returncode}: {done.stderr}")
    return [line for line in done.stdout.splitlines() if line]


def main():
    arguments = command_line.read(__doc__, count=400)
    refused, cycles, differences, known = 0, 0, [], collections.Counter()
    for number in range(arguments.count):
        toml, wanted = made_up(random.Random(f"{arguments.seed} {number}"))
        ours, theirs = ask(arguments.torchup, toml, wanted), packaging_answer(toml, wanted)
        cycles += theirs == ["invalid: cycle"]
        refused += theirs == ["invalid: "]
        if ours == theirs or (ours and theirs and ours[0].startswith("invalid") and theirs[0].startswith("invalid")):
            continue
        reason = next((name for name, _, covers in KNOWN_DIFFERENCES if covers((ours or [""])[0])), None)
        if reason:
            known[reason] += 1
        else:
            differences.append((toml, wanted, ours, theirs))
    print(f"dependency groups: {arguments.count} expanded ({cycles} cycles, {refused} other refusals), {len(differences)} differences, {sum(known.values())} known")
    for name, rule, _ in KNOWN_DIFFERENCES:
        print(f"  {known[name]} x {name}: {rule}")
    for toml, wanted, ours, theirs in differences[:command_line.MOST_SHOWN]:
        print(f"  DIFFERS {wanted} of\n{toml}    torchup   {ours!r}\n    packaging {theirs!r}")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
