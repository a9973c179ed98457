#!/usr/bin/python3
"""Runs published resolver scenarios, in packse's form, with the real program against an index on loopback.

    conformance.py TORCHUP FOLDER [--only TEXT]

Each scenario's universe is built as wheels and served as an index of its own; `torchup lock` resolves its root for the Python
that it names, and for Linux, macOS and Windows at once where it asks for a universal resolution. What must come of it stands in the
scenario; where torchup means to do otherwise, in conformance_exceptions.toml with what it does instead and why. An exception
that is not needed fails the run, as does one without a scenario. Exits with 77, which ctest shows as skipped, where FOLDER is not
there: the project does not carry these files.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import tomllib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "index_server"))
sys.dont_write_bytecode = True

import fake_index  # noqa: E402
import make_wheels  # noqa: E402

NOT_RUN = 77
LIMIT = 120  # seconds for one resolution
HOST = "linux-x86_64"
EVERYWHERE = [HOST, "macos-arm64", "windows-x86_64"]
MANYLINUX = {"manylinux2014": "manylinux_2_17"}  # PEP 600, "Legacy manylinux tags"
PYTHON = "3.12"
NEWEST_PYTHON = 14
UNSOLVABLE = 4


class Universe(fake_index.Index):
    """One scenario's packages as an index, with the source archives that fake_index.py does not list by itself."""

    def __init__(self, folder, packages):
        yanked = {}
        for name, package in packages.items():
            for version, release in package["versions"].items():
                for path in files_of(folder, name, version, release):
                    if release.get("yanked", False):
                        yanked[os.path.basename(path)] = ""
        super().__init__(folder, {"yanked": yanked})
        for file in sorted(os.listdir(folder)):
            if file.endswith(".tar.gz"):
                self.wheels[file] = fake_index.Wheel(folder, file)


def files_of(folder, name, version, release):
    """Writes what the index has of one version: wheels for each tag, and an empty source archive."""
    paths = []
    if release.get("wheel", True):
        requires, extras = list(release.get("requires", [])), release.get("extras", {})
        for extra, added in extras.items():
            requires += [of_extra(requirement, extra) for requirement in added]
        spec = {"name": name, "version": version, "requires": requires, "extras": list(extras), "tag": release.get("wheel_tags") or "py3-none-any"}
        if "requires_python" in release:
            spec["requires_python"] = release["requires_python"]
        paths += make_wheels.make(folder, [spec])
    if release.get("sdist", True):
        paths.append(os.path.join(folder, f"{make_wheels.underscored(name)}-{version}.tar.gz"))
        with open(paths[-1], "wb"):
            pass
    return paths


def of_extra(requirement, extra):
    text, _, marker = requirement.partition(";")
    return f"{text} ; ({marker}) and extra == '{extra}'" if marker else f"{text} ; extra == '{extra}'"


def platforms_of(options):
    if "required_environments" in options:
        named = [re.search(r"'(\w+)'|\"(\w+)\"", text) for text in options["required_environments"]]
        known = {"linux": HOST, "win32": "windows-x86_64", "darwin": "macos-arm64"}
        return [known[match[1] or match[2]] for match in named]
    if "python_platform" in options:
        machine, libc = options["python_platform"].split("-")
        return [f"{MANYLINUX[libc]}_{machine}"]
    return EVERYWHERE if options.get("universal", False) else [HOST]


def python_of(scenario):
    """The Python to lock for: a range of them where a universal resolution is for all from one on."""
    options, root = scenario.get("resolver_options", {}), scenario["root"]
    named = options.get("python", scenario.get("environment", {}).get("python", PYTHON))
    lowest = re.match(r">=3\.(\d+)", root.get("requires_python", ""))
    below = re.search(r"<3\.(\d+)", root.get("requires_python", ""))
    if not options.get("universal", False) or not lowest:
        return named
    newest = int(below[1]) - 1 if below else NEWEST_PYTHON
    return f"3.{lowest[1]}-3.{newest}"


def command_of(scenario, folder):
    options = scenario.get("resolver_options", {})
    lines = list(scenario["root"]["requires"])
    lines += [f"--only-binary {name}" for name in options.get("no_build", [])]
    lines += [f"--no-binary {name}" for name in options.get("no_binary", [])]
    with open(os.path.join(folder, "wanted.txt"), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    command = ["lock", "--json", "-r", "wanted.txt", "--python", python_of(scenario)]
    for platform in platforms_of(options):
        command += ["--platform", platform]
    if "prereleases" in options:
        command += ["--prerelease", "allow" if options["prereleases"] else "never"]
    if "resolution" in options:
        command += ["--resolution", options["resolution"]]
    return command


def versions_of(path):
    """{name: {versions}} of a lock."""
    found = {}
    with open(path, "rb") as file:
        for package in tomllib.load(file)["packages"]:
            found.setdefault(package["name"], set()).add(package["version"])
    return found


class Runner:
    def __init__(self, torchup):
        self.torchup = torchup
        self.server = fake_index.Server(("127.0.0.1", 0), fake_index.Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}"

    def run(self, scenario):
        """What came of it: ("solved", {name: {versions}}), ("unsolvable", explanation) or ("refused", message)."""
        with tempfile.TemporaryDirectory(prefix="torchup-conformance-") as folder:
            files = os.path.join(folder, "files")
            os.mkdir(files)
            fake_index.Handler.index = Universe(files, scenario.get("packages", {}))
            environment = {"HOME": folder, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8",
                           "TORCHUP_INDEX_URL": self.base + "/simple/", "TORCHUP_TORCH_INDEX_URL": self.base + "/whl"}
            done = subprocess.run([self.torchup, *command_of(scenario, folder)], env=environment, cwd=folder, capture_output=True, text=True,
                                  timeout=LIMIT, check=False)
            if done.returncode == 0:
                return "solved", versions_of(os.path.join(folder, "pylock.toml"))
            document = json.loads(done.stdout)
            if done.returncode == UNSOLVABLE:
                return "unsolvable", document["explanation"]
            return "refused", document["error"]["message"]


def fault_in(expected, outcome):
    """What is wrong with an outcome; nothing where it is as expected."""
    kind, what = outcome
    if expected["satisfiable"]:
        if kind != "solved":
            return f"{kind}: {what}"
        wanted = {make_wheels.underscored(name).replace("_", "-"): {version} for name, version in expected.get("packages", {}).items()}
        return None if "packages" not in expected or what == wanted else f"chose {what}"
    if kind != "unsolvable":
        return f"{kind}: {what}"
    return None if what.strip() else "unsolvable, without an explanation"


def fault_in_exception(exception, expected, outcome):
    kind, what = outcome
    if fault_in(expected, outcome) is None:
        return "comes out as published: take it off the list of exceptions"
    if kind != exception["outcome"]:
        return f"{kind} instead of {exception['outcome']}: {what}"
    told = json.dumps({name: sorted(versions) for name, versions in what.items()}) if kind == "solved" else what
    return None if exception["tells"] in told else f"does not tell `{exception['tells']}`: {told}"


def scenarios_below(folder):
    found = {}
    for directory, _, names in os.walk(folder):
        for name in names:
            if name.endswith(".toml"):
                path = os.path.join(directory, name)
                with open(path, "rb") as file:
                    found[os.path.relpath(path, folder)[: -len(".toml")]] = tomllib.load(file)
    return dict(sorted(found.items()))


def main():
    parser = argparse.ArgumentParser(description="Runs published resolver scenarios; see the top of this file.")
    parser.add_argument("torchup")
    parser.add_argument("folder")
    parser.add_argument("--only", default="", help="only the scenarios whose path contains this")
    options = parser.parse_args()
    if not os.path.isdir(options.folder):
        print(f"NOT RUN: there is no folder {options.folder} of published scenarios")
        sys.exit(NOT_RUN)
    with open(os.path.join(HERE, "conformance_exceptions.toml"), "rb") as file:
        exceptions = {exception["scenario"]: exception for exception in tomllib.load(file)["exceptions"]}
    scenarios = scenarios_below(options.folder)
    if not scenarios:
        sys.exit(f"no scenarios in {options.folder}")
    faults = [f"{name}: an exception without a scenario" for name in exceptions if name not in scenarios]
    runner = Runner(os.path.abspath(options.torchup))
    counts = {"as published": 0, "otherwise, with a reason": 0}
    for name, scenario in scenarios.items():
        if options.only not in name:
            continue
        outcome = runner.run(scenario)
        if name in exceptions:
            fault = fault_in_exception(exceptions[name], scenario["expected"], outcome)
        else:
            fault = fault_in(scenario["expected"], outcome)
        if fault:
            faults.append(f"{name}: {fault}")
        else:
            counts["otherwise, with a reason" if name in exceptions else "as published"] += 1
    print(*faults, sep="\n", end="\n" if faults else "")
    print(f"{len(scenarios)} scenarios: " + ", ".join(f"{count} {what}" for what, count in counts.items()) + f", {len(faults)} faults")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
