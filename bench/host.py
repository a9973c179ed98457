#!/usr/bin/python3
"""Times what torchup says of a host beside `python -m torch.utils.collect_env`: processor time and wall clock, the commands taking turns.

    host.py --torchup FILE [--python FILE] [--install FOLDER] [--runs N]

PYTHON is that of an environment with torch: collect_env runs in it, and `report` and `doctor` look at it; without one only torchup is
timed. --install makes such an environment below FOLDER for the time of the run (3 GB). The first run of each command is told apart:
interpreters are asked once and remembered.
"""

import argparse
import os
import statistics
import subprocess
import tempfile

import measure

LIMIT = 120  # seconds for one command
INSTALL_LIMIT = 1800


def commands(options, cache):
    torchup = [os.path.abspath(options.torchup), "--cache-dir", cache]
    chosen = {"probe": torchup + ["probe", "--json"], "variants": torchup + ["variants", "--json", "--offline"],
              "variants --all": torchup + ["variants", "--all", "--json", "--offline"]}
    if options.python:
        environment = ["--env", environment_of(options.python)]
        chosen["report"] = torchup + ["report", "--json", *environment]
        chosen["doctor"] = torchup + ["doctor", "--json", "--offline", *environment]
        chosen["collect_env"] = [os.path.abspath(options.python), "-m", "torch.utils.collect_env"]
    return chosen


def environment_of(python):
    return os.path.dirname(os.path.dirname(os.path.abspath(python)))


def install(torchup, folder):
    """The interpreter of an environment with torch below a new folder."""
    where = os.path.join(folder, "host-env")
    subprocess.run([os.path.abspath(torchup), "install", "torch", "--fallback", "--env", where, "--yes", "--no-validate", "--quiet",
                    "--cache-dir", os.path.join(folder, "host-cache")], check=True, timeout=INSTALL_LIMIT)
    return os.path.join(where, "bin", "python")


def row(name, first, later):
    cpu = [result.cpu_seconds * 1000 for result in later]
    wall = [result.seconds * 1000 for result in later]
    return f"| {name} | {first.seconds * 1000:.0f} | {statistics.median(wall):.0f} | {statistics.median(cpu):.0f} | {min(cpu):.0f} |"


def main():
    parser = argparse.ArgumentParser(description="Times what torchup says of a host; see the top of this file.")
    parser.add_argument("--torchup", required=True)
    parser.add_argument("--python", default="")
    parser.add_argument("--install", default="", metavar="FOLDER")
    parser.add_argument("--runs", type=int, default=11)
    options = parser.parse_args()
    if options.install:
        os.makedirs(options.install, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="torchup-bench-", dir=options.install or None) as folder:
        environment = dict(os.environ)
        if options.install and not options.python:
            options.python = install(options.torchup, os.path.abspath(folder))
        if options.python:
            environment["VIRTUAL_ENV"] = environment_of(options.python)
        chosen = commands(options, os.path.join(folder, "cache"))
        results = {name: [] for name in chosen}
        for _ in range(options.runs + 1):
            for name, command in chosen.items():
                results[name].append(measure.run(command, environment, os.path.join(folder, "run"), LIMIT))
    print("| command | first, ms | later, ms | processor, ms | least, ms |\n|---|---|---|---|---|")
    for name, (first, *later) in results.items():
        print(row(name, first, later))
    # doctor's 1 is for what it found.
    failed = [name for name, runs in results.items() if any(result.status not in (0, 1 if name == "doctor" else 0) for result in runs)]
    for name in failed:
        print(f"bench: {name} failed: {results[name][-1].err}")
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
