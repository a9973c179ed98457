"""Where torchup answers otherwise than `packaging` 26.3, on purpose: each with the rule that torchup follows.

"PUG" is packaging.python.org's page of the named specification. A difference counts as known only where both its input
and torchup's answer are as described here; every other one fails the comparison.
"""

import re
from dataclasses import dataclass
from typing import Callable

import reference


@dataclass(frozen=True)
class KnownDifference:
    subcommand: str
    name: str
    rule: str
    covers: Callable[[str, str, str], bool]  # line, torchup's answer, packaging's answer


def refused(answer):
    return answer.startswith("invalid")


def empty_arbitrary(line):
    return re.search(r"===\s*(?:[,;)\t]|$)", line.split("\t")[0]) is not None


def number_beyond_64_bits(line):
    return any(int(number) >= 2**64 for number in re.findall(r"[0-9]{20,}", line))


def amended(line, ours, theirs):
    """The marker follows the table of environment markers as amended in January 2026."""
    return ours == reference.amended_marker(line)


def by_default(line, ours, theirs):
    """Pre-releases are a last resort, whatever a specifier names."""
    return not refused(theirs) and ours == reference.admitted_by_default(line)


def same_version_in_other_zeros(line, ours, theirs):
    """All that torchup takes is the version that `===` gives, which the candidates write with more or fewer zeros."""
    text, listed = line.split("\t")[:2]
    if refused(theirs) or "===" not in text:
        return False
    arbitrary = re.sub(r"===", "==", text)
    admitted = reference.admitted(f"{arbitrary}\t{listed}\tpre").split(" ")
    return set(theirs.split()) <= set(ours.split()) <= set(admitted)


KNOWN_DIFFERENCES = [
    *(
        KnownDifference(
            subcommand,
            "a number of more than 64 bits",
            "PUG, Version specifiers: numbers have no limit; torchup refuses them from 2^64 on, as it refuses longer names",
            lambda line, ours, theirs: refused(ours) and number_beyond_64_bits(line),
        )
        for subcommand in ("version-key", "compare", "specifier", "filter", "requirement", "wheel-name")
    ),
    KnownDifference(
        "filter",
        "a specifier that names a pre-release",
        "PUG, Version specifiers, Handling of pre-releases: by default a resolver takes a pre-release from afar only where no final "
        "or post-release satisfies the specifier; `--prerelease allow` takes others, too",
        by_default,
    ),
    KnownDifference(
        "filter",
        "`===` with other zeros",
        "PUG, Version specifiers, Arbitrary equality compares texts; the resolver's sets of versions cannot tell 1.0 from 1.0.0, of which an "
        "index has one",
        same_version_in_other_zeros,
    ),
    KnownDifference(
        "specifier",
        "`===` without a text",
        "PUG, Dependency specifiers, grammar: a version has at least one character",
        lambda line, ours, theirs: refused(ours) and empty_arbitrary(line),
    ),
    KnownDifference(
        "requirement",
        "`===` without a text",
        "PUG, Dependency specifiers, grammar: a version has at least one character",
        lambda line, ours, theirs: refused(ours) and empty_arbitrary(line),
    ),
    KnownDifference(
        "requirement",
        "`===` followed by another clause",
        "PUG, Dependency specifiers, grammar: a comma ends a version, with or without white space after it",
        lambda line, ours, theirs: refused(theirs) and re.search(r"===[^;)]*,", line) is not None,
    ),
    KnownDifference(
        "requirement",
        "`===` followed by an empty clause",
        "PUG, Dependency specifiers, grammar: between two commas stands a version clause",
        lambda line, ours, theirs: refused(ours) and re.search(r"===[^;)]*,\s*,", line) is not None,
    ),
    KnownDifference(
        "requirement",
        "a name or an extra that ends with `_`",
        "PUG, Names and normalization: a letter or a digit stands at both ends",
        lambda line, ours, theirs: refused(ours) and re.search(r"^\s*[\w.-]*_(?![\w.-])|[\w.-]*_\s*[,\]]", line) is not None,
    ),
    KnownDifference(
        "marker",
        "rules of the markers' table",
        "PUG, Dependency specifiers: platform_version compares as a version where both sides are one; a side that is none "
        "falls back to text, so that `!=` holds; extra has `==` and `!=` only; extras and dependency_groups have `in` and `not in` only",
        amended,
    ),
    KnownDifference(
        "wheel-name",
        "a name with `_` or `.` at an end",
        "PUG, Names and normalization: a letter or a digit stands at both ends",
        lambda line, ours, theirs: refused(ours) and re.match(r"[._]|[\w.]*[._]-", line) is not None,
    ),
]
