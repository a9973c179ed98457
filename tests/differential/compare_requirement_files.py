#!/usr/bin/python3
"""Puts requirements files to torchup and to pip's own parser, and fails where they read them differently.

    compare_requirement_files.py TORCHUP --peers DIR [--seed N] [--count N]

Asked is the pip beside `packaging` in DIR. The files written down in requirement_file_cases.py come first, then COUNT made-up
ones. What torchup refuses on purpose is listed there with its reason, counted and printed; a reason that no file met is a
failure, too.
"""

import collections
import contextlib
import io
import itertools
import optparse
import os
import random
import re
import subprocess
import sys
import tempfile
import types

import command_line


class Finder:
    """What pip's parser tells of options, kept."""

    def __init__(self):
        from pip._internal.models.format_control import FormatControl

        self.format_control = FormatControl()
        self.find_links, self.index_urls = [], []
        self.search_scope = types.SimpleNamespace(no_index=False)
        self.prereleases = False

    def __setattr__(self, name, value):
        object.__setattr__(self, name, value)
        if name == "search_scope" and hasattr(value, "index_urls"):
            object.__setattr__(self, "index_urls", value.index_urls)

    def set_allow_all_prereleases(self):
        self.prereleases = True

    def set_prefer_binary(self):
        pass


class Session:
    """pip's way to the network, which no test takes."""

    def get(self, url):
        raise Remote(url)

    def update_index_urls(self, urls):
        pass

    def add_trusted_host(self, host, source):
        pass


class Remote(Exception):
    """pip would ask the network."""


def pip_answer(path):
    """The lines of `torchup debug requirements`, as pip's parser and `packaging` see the file; ["invalid: "] where they refuse it."""
    import reference
    from pip._internal.exceptions import PipError
    from pip._internal.req import req_file
    from pip._internal.utils.hashes import STRONG_HASHES

    finder = Finder()
    options = optparse.Values({"require_hashes": False, "features_enabled": []})
    requirements, constraints, hashes = [], [], []
    try:
        for one in req_file.parse_requirements(path, Session(), finder=finder, options=options):
            text = f"editable {one.requirement}" if one.is_editable else reference.requirement(one.requirement)
            if text == reference.WHY:
                return [reference.WHY]
            (constraints if one.constraint else requirements).append(text)
            if given := (one.options or {}).get("hashes"):
                assert set(given) <= set(STRONG_HASHES)
                options.require_hashes = True
                hashes.append(f"hashes\t{name_of(one.requirement)}\t{','.join(given.get('sha256', []))}")
    except Remote:
        return ["remote"]
    except (PipError, UnicodeError, LookupError, RecursionError, SystemExit):
        return [reference.WHY]
    lines = [f"requirement\t{text}" for text in requirements] + [f"constraint\t{text}" for text in constraints] + hashes
    lines += [f"index\t{as_stored(url)}" for url in finder.index_urls]
    lines += ["pre"] * finder.prereleases + ["require-hashes"] * bool(options.require_hashes)
    return lines


def as_stored(url):
    """RFC 3986, section 3.2.2: a host is written in either case, and torchup writes it small. A fragment is for no server."""
    return re.sub(r"^(\w+://)([^/?]*)", lambda match: match[1].lower() + match[2].lower(), url).partition("#")[0]


def name_of(requirement):
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    return canonicalize_name(Requirement(requirement).name)


def ask(torchup, folder):
    done = subprocess.run([torchup, "debug", "requirements", "-r", "r.txt"], cwd=folder, capture_output=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"compare: torchup ended with {done.returncode}: {done.stderr.decode(errors='replace')}")
    return [line for line in done.stdout.decode().split("\n") if line]


def write(folder, files):
    for name, content in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())


def compare_one(torchup, files):
    """(torchup's answer, pip's answer) to r.txt of these files."""
    with tempfile.TemporaryDirectory(prefix="torchup-files-") as folder:
        write(folder, files)
        here = os.getcwd()
        os.chdir(folder)
        try:
            with contextlib.redirect_stderr(io.StringIO()):
                return ask(torchup, folder), pip_answer("r.txt")
        finally:
            os.chdir(here)


def main():
    arguments = command_line.read(__doc__, count=400)
    import requirement_file_cases as cases
    from pip import __version__ as pip_version

    os.environ.update(cases.VARIABLES)
    made_up = (cases.made_up(random.Random(f"{arguments.seed} {number}")) for number in range(arguments.count))
    asked, refused, differences, known = 0, 0, [], collections.Counter()
    for files in itertools.chain(cases.WRITTEN_DOWN, made_up):
        ours, theirs = compare_one(arguments.torchup, files)
        asked += 1
        refused += theirs == ["invalid: "]
        if ours == theirs or (ours[:1] and ours[0].startswith("invalid: ") and theirs == ["invalid: "]):
            continue
        reason = next((one for one in cases.KNOWN_DIFFERENCES if one.covers(files, ours, theirs)), None)
        if reason:
            known[reason] += 1
        else:
            differences.append((files, ours, theirs))
    print(f"requirements files: {asked} read by torchup and pip {pip_version} ({refused} refused by both), {len(differences)} differences, {sum(known.values())} known")
    for reason in cases.KNOWN_DIFFERENCES:
        print(f"  {known[reason]} x {reason.name}: {reason.rule}")
    for files, ours, theirs in differences[:command_line.MOST_SHOWN]:
        print(f"  DIFFERS {files!r}\n    torchup {ours!r}\n    pip     {theirs!r}")
    unmet = [reason.name for reason in cases.KNOWN_DIFFERENCES if not known[reason]]
    if unmet:
        print(f"  no file met: {', '.join(unmet)}")
    return 1 if differences or unmet else 0


if __name__ == "__main__":
    sys.exit(main())
