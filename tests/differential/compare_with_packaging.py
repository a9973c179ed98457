#!/usr/bin/python3
"""Puts made-up input to torchup and to `packaging`, and fails where they answer differently.

    compare_with_packaging.py TORCHUP --peers DIR [--seed N] [--count N] [--only SUBCOMMAND]

DIR is a virtual environment, or a folder of `pip install --target`, that holds packaging 26.3. COUNT lines go to each
subcommand of `torchup debug`; targets for the tags are fewer, since each of them gives thousands of answers. Differences that
torchup means are listed in known_differences.py, counted and printed.
"""

import collections
import random
import subprocess
import sys

import command_line

LINES_PER_TARGET = 450


def ask(torchup, arguments, lines=()):
    text = "".join(line + "\n" for line in lines)
    done = subprocess.run([torchup, "debug", *arguments], input=text.encode(), capture_output=True, check=False)
    if done.returncode != 0:
        sys.exit(f"compare: torchup debug {' '.join(arguments)} ended with {done.returncode}: {done.stderr.decode(errors='replace')}")
    return done.stdout.decode().splitlines()


def comparable(subcommand, answer):
    """torchup's answer without what is its own: the reason of a refusal, and the order of a wheel's tags."""
    if subcommand in ("requirement", "wheel-name") and answer.startswith("invalid: "):
        return "invalid: "
    if subcommand == "wheel-name":
        *parts, tags = answer.split("\t")
        return "\t".join([*parts, ",".join(sorted(set(tags.split(","))))])
    return answer


class Tally:
    def __init__(self):
        self.asked = 0
        self.refused = 0
        self.known = collections.Counter()
        self.differences = []


def compare_lines(torchup, subcommand, make, expected, known, count, seed):
    source = random.Random(f"{seed} {subcommand}")
    lines = [make(source) for _ in range(count)]
    answers = ask(torchup, [subcommand], lines)
    if len(answers) != count:
        sys.exit(f"compare: torchup debug {subcommand} gave {len(answers)} answers to {count} lines")
    tally = Tally()
    for line, raw in zip(lines, answers):
        ours, theirs = comparable(subcommand, raw), expected(line)
        tally.asked += 1
        tally.refused += theirs.startswith("invalid")
        if ours == theirs:
            continue
        reason = next((one for one in known if one.subcommand == subcommand and one.covers(line, ours, theirs)), None)
        if reason:
            tally.known[reason] += 1
        else:
            tally.differences.append((line, raw, theirs))
    return tally


def compare_tags(torchup, make, expected, count, seed):
    source = random.Random(f"{seed} tags")
    tally = Tally()
    for python, platform in sorted({make(source) for _ in range(max(10, count // LINES_PER_TARGET))}):
        ours = ask(torchup, ["tags", "--python", python, "--platform", platform])
        theirs = expected(python, platform)
        tally.asked += len(theirs)
        if ours != theirs:
            at = next((i for i, pair in enumerate(zip(ours, theirs)) if pair[0] != pair[1]), min(len(ours), len(theirs)))
            tally.differences.append((f"{python} {platform}, tag {at}", *("".join(tags[at : at + 1]) or "(ends)" for tags in (ours, theirs))))
    return tally


def report(subcommand, tally):
    known = f", {sum(tally.known.values())} known differences" if tally.known else ""
    print(f"{subcommand}: {tally.asked} answers ({tally.refused} refusals), {len(tally.differences)} differences{known}")
    for reason, count in tally.known.items():
        print(f"  {count} x {reason.name}: {reason.rule}")
    for line, ours, theirs in tally.differences[:command_line.MOST_SHOWN]:
        print(f"  DIFFERS {line!r}\n    torchup   {ours!r}\n    packaging {theirs!r}")


def main():
    arguments = command_line.read(__doc__, count=2000, only={"metavar": "SUBCOMMAND"})
    import generate
    import known_differences
    import reference

    makers = {
        "version-key": (generate.version_key, reference.version_key),
        "compare": (generate.compare, reference.compare),
        "specifier": (generate.specifier, reference.specifier),
        "filter": (generate.admitted, reference.admitted),
        "marker": (generate.marker, reference.marker),
        "requirement": (generate.requirement, reference.requirement),
        "wheel-name": (generate.wheel_name, reference.wheel_name),
    }
    failed = False
    for subcommand, (make, expected) in makers.items():
        if arguments.only in (None, subcommand):
            tally = compare_lines(
                arguments.torchup, subcommand, make, expected, known_differences.KNOWN_DIFFERENCES, arguments.count, arguments.seed
            )
            report(subcommand, tally)
            failed |= bool(tally.differences)
    if arguments.only in (None, "tags"):
        tally = compare_tags(arguments.torchup, generate.target, reference.ranked_tags, arguments.count, arguments.seed)
        report("tags", tally)
        failed |= bool(tally.differences)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
