#!/usr/bin/python3
"""Carries an environment to where no network is, with torchup and with pip and uv, and compares what arrives with an install off the index.

    bundle.py --torchup FILE --peers FOLDER --folder WORK [REQUIREMENT ...]

By default torch and torchvision. Everything is fetched with an empty cache; then, in a network namespace without an interface and with
an empty home, torchup installs from its bundle and uv from a folder of wheels that pip has downloaded. Last, the same lock is installed
off the index at the same path, and every path, mode, link and content is compared. Needs `unshare -rn` and some 20 GB.
"""

import argparse
import os
import shutil
import subprocess
import sys

import measure

sys.path.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests", "cli"))
from environment_content import content_of  # noqa: E402

PYTHON = "/usr/bin/python3.11"
LIMIT = 900  # seconds for one command
ALONE = ["unshare", "-rn"]


class Carrying:
    def __init__(self, torchup, peers, folder, requirements):
        self.torchup, self.peers, self.folder, self.requirements = os.path.abspath(torchup), os.path.abspath(peers), os.path.abspath(folder), requirements

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def run(self, name, home, *command):
        os.makedirs(self.path(home), exist_ok=True)
        environment = {"HOME": self.path(home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
        done = measure.run(list(command), environment, self.folder, LIMIT)
        if done.status != 0:
            sys.exit(f"{name}: exit {done.status}\n{done.out[-2000:]}\n{done.err[-2000:]}")
        print(f"| {name} | {done.seconds:.1f} s | {done.cpu_seconds:.1f} s | {done.peak_bytes / 1e6:.0f} MB |", flush=True)

    def size(self, *names):
        top = self.path(*names)
        if os.path.isfile(top):
            return os.path.getsize(top)
        return sum(os.path.getsize(os.path.join(root, name)) for root, _, files in os.walk(top) for name in files)

    def carry(self):
        print("| step | wall | processor | peak memory |\n|---|---|---|---|")
        self.run("torchup lock", "lock-home", self.torchup, "lock", *self.requirements, "--fallback", "--python", PYTHON)
        with open(self.path("wanted.txt"), "w", encoding="utf-8") as file:
            lines = subprocess.run([self.torchup, "export", "--format", "requirements", "pylock.toml"], cwd=self.folder, capture_output=True,
                                   text=True, check=True).stdout
            file.write(lines)
        self.run("torchup bundle", "bundle-home", self.torchup, "bundle", "-o", "carried.zip")
        self.run("pip download", "pip-home", PYTHON, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps", "--no-cache-dir",
                 "-r", "wanted.txt", "-d", "wheels")
        self.run("torchup bundle verify", "bundle-home", self.torchup, "bundle", "verify", "carried.zip")
        print(f"\nbundle {self.size('carried.zip')} bytes, folder of wheels {self.size('wheels')} bytes\n", flush=True)
        self.run("torchup sync --bundle", "far-home", *ALONE, self.torchup, "sync", "--bundle", "carried.zip", "--env", "env", "--yes",
                 "--no-validate", "--python", PYTHON)
        carried = content_of(self.path("env"))  # before Python adds its bytecode
        self.run("torchup verify", "far-home", *ALONE, self.torchup, "verify", "--env", "env")
        shutil.rmtree(self.path("env"))
        shutil.rmtree(self.path("far-home"))
        self.run("uv venv", "uv-home", os.path.join(self.peers, "bin", "uv"), "venv", "-q", "--python", PYTHON, "uv-env")
        self.run("uv pip install --offline", "uv-home", *ALONE, os.path.join(self.peers, "bin", "uv"), "pip", "install", "-q", "--offline", "--no-index",
                 "--find-links", "wheels", "--no-deps", "-r", "wanted.txt", "--python", "uv-env/bin/python")
        for name in ("uv-env", "uv-home", "wheels"):
            shutil.rmtree(self.path(name))
        self.run("torchup sync off the index", "index-home", self.torchup, "sync", "--env", "env", "--yes", "--no-validate", "--python", PYTHON)
        return carried, content_of(self.path("env"))


def main():
    parser = argparse.ArgumentParser()
    for name in ("--torchup", "--peers", "--folder"):
        parser.add_argument(name, required=True)
    parser.add_argument("requirements", nargs="*", default=["torch", "torchvision"])
    options = parser.parse_args()
    os.makedirs(options.folder)
    carrying = Carrying(options.torchup, options.peers, options.folder, options.requirements)
    carried, installed = carrying.carry()
    differing = sorted(path for path in carried.keys() | installed.keys() if carried.get(path) != installed.get(path))
    print(f"\n{len(carried)} paths from the bundle, {len(installed)} from the index, {len(differing)} differ")
    print("\n".join(differing[:20]))
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
