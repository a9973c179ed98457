#!/usr/bin/python3
"""What torchup, uv's `--torch-backend auto` and light-the-torch choose on each recorded host whose driver or GPU the others can be told of.

    choices.py --torchup FILE --uv FILE --light PYTHON [--hosts FOLDER]

uv takes a driver's version and an AMD architecture from variables, light-the-torch asks `nvidia-smi`, for which a script of one line
stands. Both know only that much of a host, which is the point. uv is run offline: of the indexes that it wants to ask, the first that has
torch, as the catalog knows, is its choice, and the newest release there. light-the-torch takes the highest build that it thinks possible,
and of its releases the one that sorts last as text. Whether a choice fits is what `torchup variants --all` says of
that build on that host, with the reason. Prints a table; nothing is downloaded.
"""

import argparse
import json
import os
import re
import subprocess
import tempfile

LIMIT = 120  # seconds for one command
DETECT = ("from light_the_torch._cb import detect_compatible_computation_backends as d; "
          "print(*(b.local_specifier for b in sorted(d())))")


def said(command, environment, folder):
    """Run in a folder that goes: what a tool writes beside itself must not stay in the tree."""
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=LIMIT, check=False)
    return done.stdout + done.stderr


def json_of(torchup, host, *words):
    done = subprocess.run([torchup, "--host", host, "--offline", *words, "--json"], capture_output=True, text=True, timeout=LIMIT, check=True)
    return json.loads(done.stdout)


def number(release):
    return [int(part) for part in release.split(".")]


class Asker:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.programs = {name: os.path.abspath(getattr(options, name)) for name in ("torchup", "uv", "light")}
        self.request = os.path.join(folder, "torch.txt")
        with open(self.request, "w", encoding="utf-8") as file:
            file.write("torch\n")

    def uv(self, told):
        environment = {**os.environ, **told}
        words = [self.programs["uv"], "pip", "compile", self.request, "--torch-backend", "auto", "-vv", "--python-version", "3.12", "--offline", "--no-cache"]
        return re.findall(r"Fetching metadata for `torch` from `\S+/whl/([a-z0-9.]+)/torch/`", said(words, environment, self.folder))

    def light(self, driver):
        """Every build that light-the-torch takes for possible."""
        tools = os.path.join(self.folder, driver)
        os.makedirs(tools, exist_ok=True)
        script = os.path.join(tools, "nvidia-smi")
        with open(script, "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\necho driver_version\necho {driver}\n")
        os.chmod(script, 0o755)
        return said([self.programs["light"], "-c", DETECT], {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"}, self.folder).split()


def is_there(variant):
    """Whether a wheel of it exists for the host's system and Python, which every tool looks at."""
    return not any(r["code"] in ("not-published", "python-unsupported") or (r["code"] == "os-unsupported" and "no wheel" in r["text"])
                   for r in variant["reasons"])


def newest(variants, name):
    return max((v for v in variants if v["name"] == name and is_there(v)), key=lambda v: number(v["release"]), default=None)


def by_uv(variants, asked):
    """The newest release of the first index that has one."""
    return next((found for name in asked if (found := newest(variants, name))), newest(variants, "cpu"))


def by_light(variants, possible):
    """The highest build, and of its releases the greatest text: that is how light-the-torch sorts."""
    found = [v for v in variants if v["name"] in possible and is_there(v)]
    return max(found, key=lambda v: (possible.index(v["name"]), v["release"]), default=None)


def verdict(variant):
    if variant is None:
        return "nothing", "no such build"
    name = f"{variant['release']} {variant['name']}"
    against = [r for r in variant["reasons"] if not r["fits"]]
    if variant["fits"]:
        minor = any(r["code"] == "driver-minor-compatible" for r in variant["reasons"])
        return name, "minor-version compatibility" if minor else "fits"
    return name, against[0]["code"] if against else "does not fit"


def row(asker, host):
    path = os.path.join(asker.options.hosts, host)
    facts = json_of(asker.programs["torchup"], path, "probe")
    variants = json_of(asker.programs["torchup"], path, "variants", "--all")["variants"]
    chosen = json_of(asker.programs["torchup"], path, "variants")
    drivers = [d["version"] for d in facts["drivers"] if d["kind"] == "cuda" and d["version"]]
    gfx = sorted(a["architecture"] for a in facts["accelerators"] if a["kind"] == "rocm" and a["architecture"])
    told = {"UV_CUDA_DRIVER_VERSION": drivers[0]} if drivers else {"UV_AMD_GPU_ARCHITECTURE": gfx[0]} if gfx else None
    if told is None:
        return None
    mine = [v for v in variants if (v["release"], v["name"]) == (chosen["release"], chosen["chosen"])]
    cells = [verdict(by_uv(variants, asker.uv(told)))]
    cells.append(verdict(by_light(variants, asker.light(drivers[0]))) if drivers else ("not told", ""))
    cells.append(verdict(mine[0] if mine else None))
    return [host] + [f"{name}: {word}" if word else name for name, word in cells]


def main():
    parser = argparse.ArgumentParser(description="Compares what is chosen on recorded hosts; see the top of this file.")
    parser.add_argument("--torchup", required=True)
    parser.add_argument("--uv", required=True)
    parser.add_argument("--light", required=True, help="a Python that has light-the-torch")
    parser.add_argument("--hosts", default=os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests", "hosts"))
    options = parser.parse_args()
    print("| host | uv | light-the-torch | torchup |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="torchup-choices-") as folder:
        asker = Asker(options, folder)
        for host in sorted(os.listdir(options.hosts)):
            if os.path.isdir(os.path.join(options.hosts, host)) and (cells := row(asker, host)):
                print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
