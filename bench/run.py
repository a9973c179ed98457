#!/usr/bin/python3
"""Measures torchup beside uv and pip on the real index, in one run, the tools taking turns; writes OUTPUT/report.md and prints it.

    run.py --torchup FILE --peers FOLDER --output FOLDER [--quick] [--loopback] [--only TEXT] [--runs N]

A whole run downloads some 25 GB and needs 20 GB of disk and half an hour; --quick leaves out installing torch and repeats less.
Any command that fails ends the run with exit 1 after the report: a figure that is missing must not look like one that is good.
"""

import argparse
import dataclasses
import json
import os
import shutil
import subprocess
import sys
import urllib.request

import cases
import loopback_index
import measure
import report
import tools

LIMIT = 600  # seconds for one command
MOST_MEMORY = 150e6  # bytes that torchup may take to resolve
TORCH_DISK = 20 << 30
ASK_PIP = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"


def index_url():
    """The index that pip uses here: its configuration, then its own default."""
    configured = subprocess.run([tools.PYTHON, "-m", "pip", "config", "get", "global.index-url"], capture_output=True, text=True, check=False)
    url = os.environ.get("PIP_INDEX_URL") or (configured.stdout.strip() if configured.returncode == 0 else "")
    return url or subprocess.run([tools.PYTHON, "-I", "-c", ASK_PIP], capture_output=True, text=True, check=True).stdout.strip()


class Bench:
    def __init__(self, programs, runs):
        self.programs, self.runs = programs, runs
        self.count_at = ""  # the address that tells how many requests there were
        self.rows, self.stage_rows, self.skipped, self.failures = [], [], [], []

    def say(self, text):
        print(text, file=sys.stderr, flush=True)

    def asked(self):
        if not self.count_at:
            return None
        with urllib.request.urlopen(self.count_at, timeout=LIMIT) as answer:
            return int(answer.read())

    def run_one(self, tool, case, command, status=0):
        os.sync()
        before = self.asked()
        result = measure.run(command, tool.settings(), os.path.join(tool.work, "run"), LIMIT)
        if before is not None:
            result = dataclasses.replace(result, requests=self.asked() - before)
        self.say(f"{case:<55} {tool.name:<8} {report.seconds_text(result.seconds):>9} {result.peak_bytes >> 20:>5} MiB")
        if tool.name == "torchup" and command[1] == "lock" and result.peak_bytes > MOST_MEMORY:
            self.failures.append(f"{case}: torchup took {result.peak_bytes / 1e6:.0f} MB of memory, and {MOST_MEMORY / 1e6:.0f} MB is the limit")
        if result.status != status:
            self.failures.append(f"{case}: {tool.name} ended with {result.status}: {' '.join(command)}\n{result.out[-2000:]}\n{result.err[-2000:]}")
            return None
        return result

    def turns(self, runs):
        """(round, tool), the first tool changing from round to round."""
        for number in range(max(runs.values())):
            shift = number % len(self.programs)
            for tool in self.programs[shift:] + self.programs[:shift]:
                if number < runs[tool.name]:
                    yield number, tool

    def resolve(self, case, where=""):
        name = f"resolve {case.name}{where}"
        measured, packages = {"cold": {}, "warm": {}, "offline, resolved anew": {}, "offline": {}}, {}
        for _, tool in self.turns({tool.name: self.runs if tool.name != "pip" else int(case.pip and not where) for tool in self.programs}):
            tool.clear(tool.cache)
            for state, results in measured.items():
                offline = state.startswith("offline")
                if offline and not tool.offline:
                    continue
                if state == "offline, resolved anew":
                    tool.forget_resolutions()
                tool.clear_lock()  # a former lock would be taken as a preference
                status = 0 if case.solvable else tool.unsolvable
                result = self.run_one(tool, f"{name}, {state}", tool.resolve(case) + (tool.offline if offline else []), status)
                if result:
                    results.setdefault(tool.name, []).append(result)
                    packages[tool.name] = tool.packages(result)
        self.rows += [(f"{name}, {state}", results, packages) for state, results in measured.items()]

    def resolve_on_loopback(self, index, chosen):
        """The same against a copy of the pages on loopback, which one round that does not count fills."""
        with loopback_index.loopback_copy(index) as copy:
            for tool in self.programs:
                tool.index = copy
            self.count_at = copy.removesuffix("/simple") + "/asked"
            runs, self.runs, rows = self.runs, 1, list(self.rows)
            for case in chosen:
                self.resolve(case, ", on loopback, to fill the copy")
            self.runs, self.rows = runs, rows
            for case in chosen:
                self.resolve(case, ", on loopback")
            for tool in self.programs:
                tool.index = index
            self.count_at = ""

    def install(self, label, requests, runs, levels=()):
        """Installs cold, warm and with nothing to do; `levels` are then validated, which only torchup does."""
        results = {"cold": {}, "warm": {}, "no-op": {}}
        verified = {level: {} for level in levels}
        documents = []
        for _, tool in self.turns(runs):
            for state, cleared in (("cold", (tool.cache, tool.environment)), ("warm", (tool.environment,)), ("no-op", ())):
                tool.clear(*cleared)
                if cleared:
                    tool.prepare_environment()
                result = self.run_one(tool, f"install {label}, {state}", tool.install(requests))
                if not result:
                    break
                results[state].setdefault(tool.name, []).append(result)
                if state == "cold" and tool.name == "torchup":
                    documents.append(json.loads(result.out))
            for level in levels if tool.name == "torchup" and os.path.exists(tool.environment) else ():
                result = self.run_one(tool, f"verify {label}, {level}", tool.verify(level))
                if result:
                    verified[level].setdefault(tool.name, []).append(result)
            tool.clear(tool.cache, tool.environment)
        self.rows += [(f"install `{label}`, {state}", measured, {}) for state, measured in results.items()]
        self.rows += [(f"verify `{label}`, `--level {level}`", measured, {}) for level, measured in verified.items()]
        self.stage_rows.append((f"install `{label}`, cold", documents))


def arguments():
    parser = argparse.ArgumentParser(description="Measures torchup beside uv and pip; see the top of this file.")
    parser.add_argument("--torchup", required=True)
    parser.add_argument("--peers", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--loopback", action="store_true", help="resolve against a copy of the index's pages on loopback, too")
    parser.add_argument("--only", default="", help="only the cases whose name contains this")
    parser.add_argument("--runs", type=int, default=0)
    return parser.parse_args()


def main():
    options = arguments()
    output = os.path.abspath(options.output)
    work = os.path.join(output, "work")
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    index = index_url()
    peers = os.path.abspath(options.peers)
    programs = [tools.Torchup(os.path.abspath(options.torchup), work, index), tools.Uv(os.path.join(peers, "bin", "uv"), work, index),
                tools.Pip(os.path.join(peers, "bin", "python"), work, index)]
    versions = {tool.name: tool.version() for tool in programs}
    bench = Bench(programs, options.runs or (2 if options.quick else 5))
    bench.skipped.append("pip does not resolve sets with torch: it would download every wheel to read its metadata.")
    try:
        wanted = [case for case in cases.RESOLVE + cases.BACKTRACKING + cases.UNIVERSAL if options.only in f"resolve {case.name}"]
        for case in wanted:
            bench.resolve(case)
        if options.loopback:
            bench.resolve_on_loopback(index, wanted)
        label = " ".join(cases.SCIENCE)
        if options.only in f"install {label}":
            bench.install(label, cases.SCIENCE, {"torchup": bench.runs, "uv": bench.runs, "pip": 1})
        label = " ".join(cases.TORCH)
        if options.quick:
            bench.skipped.append(f"Installing `{label}` was left out (--quick).")
        elif options.only in f"install {label}":
            if shutil.disk_usage(work).free < TORCH_DISK:
                sys.exit(f"bench: installing torch needs {TORCH_DISK >> 30} GiB free below {output}")
            few = min(bench.runs, 3)
            bench.install(label, cases.TORCH, {"torchup": few, "uv": few, "pip": 1}, levels=("load,numeric", "files"))
    finally:
        shutil.rmtree(work, ignore_errors=True)
    text = report.whole(versions, bench.rows, bench.stage_rows, dict.fromkeys(bench.skipped))
    with open(os.path.join(output, "report.md"), "w", encoding="utf-8") as file:
        file.write(text)
    print(text, end="")
    for failure in bench.failures:
        bench.say("bench: " + failure)
    sys.exit(1 if bench.failures else 0)


if __name__ == "__main__":
    main()
