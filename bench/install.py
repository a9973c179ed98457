#!/usr/bin/python3
"""Measures installing beside uv, in pairs on file systems of their own; writes OUTPUT/install.md and prints it.

    install.py --torchup FILE --peers FOLDER --output FOLDER [--rounds N] [--only TEXT]

Every tool begins each round on a new, empty, journalled ext4 (a loop mount, which needs root): ext4 makes files slowly for minutes
after others were removed, and a bench that clears up between its runs would measure that. Without root a plain folder has to do, and
the report says so. On that disk: cold, then warm into a second environment, then the same again with nothing to do.
Some 35 GB are downloaded in a whole run of five rounds, and 26 GiB of disk are used at a time.
"""

import argparse
import contextlib
import os
import shutil
import subprocess
import sys

import cases
import measure
import report
import run
import tools

DISK = 26 << 30
LIMIT = 900  # seconds for one command
SETS = [cases.TORCH, cases.SCIENCE]


@contextlib.contextmanager
def fresh_disk(folder):
    """A folder on a new file system; the plain folder where none can be made."""
    image, mounted = os.path.join(folder, "disk.img"), os.path.join(folder, "disk")
    os.makedirs(mounted)
    if os.geteuid() != 0:
        yield mounted
        shutil.rmtree(mounted)
        return
    with open(image, "wb") as file:
        file.truncate(DISK)
    device = None
    try:
        subprocess.run(["mkfs.ext4", "-q", "-F", image], check=True)
        answer = subprocess.run(["losetup", "--direct-io=on", "--find", "--show", image], check=True, capture_output=True, text=True)
        device = answer.stdout.strip()
        subprocess.run(["mount", device, mounted], check=True)
        yield mounted
    finally:
        if os.path.ismount(mounted):
            subprocess.run(["umount", mounted], check=True)
        if device:
            subprocess.run(["losetup", "--detach", device], check=True)
        os.remove(image)
        os.rmdir(mounted)


class Rounds:
    def __init__(self, programs, peers, index, folder):
        self.programs, self.peers, self.index, self.folder = programs, peers, index, folder
        self.failures = []

    def one_tool(self, make, requests, results):
        with fresh_disk(self.folder) as work:
            tool = make(work, self.index)
            for state in ("cold", "warm", "no-op"):
                if state != "no-op":
                    tool.environment = os.path.join(tool.work, state)
                    tool.prepare_environment()
                os.sync()
                command = tool.install(requests)
                result = measure.run(command, tool.settings(), os.path.join(tool.work, "run"), LIMIT)
                print(f"{' '.join(requests):<50.50} {state:<6} {tool.name:<8} {report.seconds_text(result.seconds):>9} "
                      f"{result.cpu_seconds:6.2f} s of processor {result.peak_bytes >> 20:>5} MiB", file=sys.stderr, flush=True)
                if result.status != 0:
                    self.failures.append(f"{' '.join(command)} ended with {result.status}\n{result.err[-2000:]}")
                    return
                results[state].setdefault(tool.name, []).append(result)

    def measure(self, requests, rounds):
        results = {"cold": {}, "warm": {}, "no-op": {}}
        for number in range(rounds):
            first = number % len(self.programs)
            for make in self.programs[first:] + self.programs[:first]:
                self.one_tool(make, requests, results)
        return [(f"install `{' '.join(requests)}`, {state}", measured, {}) for state, measured in results.items()]


def processor_lines(rows, names):
    """What the processor did, since a shared machine's clock tells less."""
    lines = ["| processor time | " + " | ".join(names) + " |", "|---|" + "---|" * len(names)]
    for case, results, _ in rows:
        cells = [report.seconds_text(report.median([result.cpu_seconds for result in results[name]])) if name in results else "-" for name in names]
        lines.append(f"| {case} | " + " | ".join(cells) + " |")
    return lines


def main():
    parser = argparse.ArgumentParser(description="Measures installing beside uv; see the top of this file.")
    parser.add_argument("--torchup", required=True)
    parser.add_argument("--peers", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    folder = os.path.join(os.path.abspath(options.output), "install")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    torchup, uv = os.path.abspath(options.torchup), os.path.join(os.path.abspath(options.peers), "bin", "uv")
    programs = [lambda work, index: tools.Torchup(torchup, work, index), lambda work, index: tools.LinkingTorchup(torchup, work, index),
                lambda work, index: tools.Uv(uv, work, index)]
    index = run.index_url()
    rounds = Rounds(programs, options.peers, index, folder)
    rows = []
    for requests in SETS:
        if options.only in " ".join(requests):
            rows += rounds.measure(requests, options.rounds)
    made = [make(folder, index) for make in programs]
    disk = "each on a new journalled ext4" if os.geteuid() == 0 else "in a plain folder, since new file systems need root"
    lines = ["# Installing, beside uv", "", f"Pairs in turn, {disk}, on {report.machine()}.", ", ".join(tool.version() for tool in made) + ".", ""]
    lines += report.table(rows, [tool.name for tool in made]) + ["", *processor_lines(rows, [tool.name for tool in made])]
    text = "\n".join(lines) + "\n"
    shutil.rmtree(folder)
    with open(os.path.join(options.output, "install.md"), "w", encoding="utf-8") as file:
        file.write(text)
    print(text, end="")
    for failure in rounds.failures:
        print("bench: " + failure, file=sys.stderr)
    sys.exit(1 if rounds.failures else 0)


if __name__ == "__main__":
    main()
