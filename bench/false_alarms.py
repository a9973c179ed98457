#!/usr/bin/python3
"""How often `torchup bench --gate 5` is wrong: the same torch against itself, and a torch that takes a tenth more time.

    false_alarms.py TORCHUP FAKES [--env DIR] [--runs N] [--case NAME] [--thorough] [--only same|slower]

FAKES is the folder of the test suite's stand-ins for libtorch (build/release/tests/fake_torch): `slower` repeats a tenth of each
product, `healthy` does not. With --env the same torch is that environment's, which is only read. The machine may be as loaded as it
likes; how loaded it was is printed. Exit 1 where there was an alarm, or where fewer than 38 in 40 slow-downs were found.
"""

import argparse
import collections
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

LIMIT = 600  # seconds for one comparison


def make_environment(root, fake):
    """As little of an environment as `bench` needs: a manifest, and a torch that is the stand-in."""
    generation = os.path.join(root, "generations", "1")
    library = os.path.join(generation, "lib", "python3.11", "site-packages", "torch", "lib")
    os.makedirs(library)
    shutil.copy(os.path.join(fake, "torch", "lib", "libtorch_cpu.so"), library)
    os.makedirs(os.path.join(generation, "bin"))
    with open(os.path.join(generation, "torchup-generation.json"), "w", encoding="utf-8") as file:
        json.dump({"schema": 1, "number": 1, "created": "2026-01-01T00:00:00Z", "edited": [], "packages": [],
                   "python": {"version": "3.11.2", "implementation": "cpython", "abi_flags": "", "executable": "/usr/bin/python3"}}, file)
    os.symlink("generations/1", os.path.join(root, "current"))


def compare(options, environment, baseline, home):
    words = [options.torchup, "bench", "--env", environment, "--against", baseline, "--engine", "torch-c", "--kernel", options.case,
             "--gate", "5", "--json"] + ([] if options.thorough else ["--quick"])
    done = subprocess.run(words, env=dict(os.environ, HOME=home, XDG_DATA_HOME=home), capture_output=True, text=True, timeout=LIMIT, check=False)
    if done.returncode not in (0, 1, 10):
        sys.exit(f"{' '.join(words)}\n{done.stdout}{done.stderr}")
    document = json.loads(done.stdout)
    return document["verdicts"][0], document["noise"]["waiting"]


def series(name, options, environment, baseline, home):
    counts, changes, waits, start = collections.Counter(), [], [], time.monotonic()
    for _ in range(options.runs):
        verdict, waiting = compare(options, environment, baseline, home)
        counts[verdict["verdict"]] += 1
        changes.append(verdict["change"])
        waits.append(waiting)
        if options.verbose:
            print(f"  {verdict['verdict']:14} {verdict['change']:+7.1%}  noise {verdict['noise']:.1%}  {verdict['reason']}", flush=True)
    changes.sort()
    middle = changes[len(changes) // 2]
    told = ", ".join(f"{count} {kind}" for kind, count in counts.most_common())
    print(f"{name}: {told} of {options.runs}; change {middle:+.1%} ({changes[0]:+.1%} to {changes[-1]:+.1%}); workers waited "
          f"{sum(waits) / len(waits):.0%} of the time; {(time.monotonic() - start) / options.runs:.0f} s a run", flush=True)
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("torchup", type=os.path.abspath)
    parser.add_argument("fakes", type=os.path.abspath)
    parser.add_argument("--env", type=os.path.abspath)
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--case", default="matmul-512x512")
    parser.add_argument("--thorough", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--only", choices=("same", "slower"))
    options = parser.parse_args()
    right = True
    with tempfile.TemporaryDirectory(prefix="torchup-false-alarms-") as home:
        for fault in ("healthy", "slower"):
            make_environment(os.path.join(home, fault), os.path.join(options.fakes, fault))
        print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors, {options.case}", flush=True)
        if options.only != "slower":
            same = options.env or os.path.join(home, "healthy")
            counts = series("the same torch", options, same, same, home)
            right = counts["REGRESSED"] + counts["IMPROVED"] == 0
        if options.only != "same":
            counts = series("a tenth slower", options, os.path.join(home, "slower"), os.path.join(home, "healthy"), home)
            right = right and counts["REGRESSED"] * 40 >= options.runs * 38
    sys.exit(0 if right else 1)


if __name__ == "__main__":
    main()
