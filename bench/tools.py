"""The three programs side by side: how each is asked to resolve and to install, with settings that make them do the same work.

All use one index, the one that pip answers with, and the index's own build of torch. None compiles bytecode. Each has a home and a
cache of its own below the work folder, on one file system with its environments.
"""

import os
import re
import shutil
import subprocess

import cases

PYTHON = "/usr/bin/python3"


class Tool:
    """`cache` and `environment` name folders; what is in them decides whether a run is cold, warm or has nothing to do."""

    name = ""
    offline = []  # what makes it use its cache alone; nothing where it cannot
    unsolvable = 1  # the exit code of a set that has no solution

    def __init__(self, program, work, index):
        self.program, self.work, self.index = program, os.path.join(work, self.name), index
        self.cache = os.path.join(self.work, "cache")
        self.environment = os.path.join(self.work, "environment")
        self.lock = os.path.join(self.work, "pylock.toml")

    def clear(self, *folders):
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)

    def clear_lock(self):
        if os.path.exists(self.lock):
            os.remove(self.lock)

    def settings(self):
        home = os.path.join(self.work, "home")
        os.makedirs(home, exist_ok=True)
        passed = {name: value for name, value in os.environ.items() if name.upper().endswith("_PROXY") or name in ("SSL_CERT_FILE", "PIP_CERT")}
        return {**passed, "HOME": home, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **self.variables()}

    def forget_resolutions(self):
        """Leaves pages and metadata in the cache and nothing that was resolved from them."""

    def prepare_environment(self):
        """What a user has before the install that is measured; nothing for tools that make it themselves."""

    def packages(self, _):
        """How many packages the last resolution has."""
        if not os.path.exists(self.lock):
            return 0
        with open(self.lock, encoding="utf-8") as file:
            return len(re.findall(r"^\[\[packages\]\]$", file.read(), re.MULTILINE))


class Torchup(Tool):
    name = "torchup"
    offline = ["--offline"]
    unsolvable = 4

    def variables(self):
        return {"TORCHUP_CACHE_DIR": self.cache, "TORCHUP_INDEX_URL": self.index}

    def forget_resolutions(self):
        self.clear(os.path.join(self.cache, "index", "resolutions"))

    def version(self):
        return subprocess.run([self.program, "--version"], capture_output=True, text=True, check=True).stdout.strip()

    def resolve(self, case):
        words = [self.program, "lock", *case.requests, "--variant", "default", "-o", self.lock]
        words += ["--exclude-newer", case.exclude_newer] if case.exclude_newer else []
        if not case.universal:
            return words + ["--python", PYTHON]
        for platform in cases.PLATFORMS:
            words += ["--platform", platform]
        return words + ["--python", f"{cases.PYTHONS[0]}-{cases.PYTHONS[-1]}"]

    def install(self, requests):
        return [self.program, "--json", "install", *requests, "--variant", "default", "--python", PYTHON, "--env", self.environment, "--yes",
                "--no-validate"]

    def verify(self, levels):
        return [self.program, "--json", "verify", "--level", levels, "--env", self.environment]


class LinkingTorchup(Torchup):
    """Shares every file with its cache, as uv does: what the copies of what people edit cost is the difference to `torchup`."""

    name = "torchup, linking"

    def install(self, requests):
        return [*super().install(requests), "--link-mode", "hardlink"]


class Uv(Tool):
    name = "uv"
    offline = ["--offline"]

    def variables(self):
        return {"UV_CACHE_DIR": self.cache, "UV_DEFAULT_INDEX": self.index, "UV_NO_CONFIG": "1", "UV_PYTHON_DOWNLOADS": "never"}

    def version(self):
        return subprocess.run([self.program, "--version"], capture_output=True, text=True, check=True).stdout.split(" (")[0].strip()

    def resolve(self, case):
        source = os.path.join(self.work, "request.in")
        os.makedirs(self.work, exist_ok=True)
        with open(source, "w", encoding="utf-8") as file:
            file.write("\n".join(case.requests) + "\n")
        words = [self.program, "pip", "compile", "--quiet", "--format", "pylock.toml", "--python", PYTHON, "-o", self.lock, source]
        words += ["--exclude-newer", case.exclude_newer] if case.exclude_newer else []
        words += ["--only-binary", ":all:"] if case.wheels_only else []
        return words + (["--universal", "--python-version", cases.PYTHONS[0]] if case.universal else [])

    def prepare_environment(self):
        subprocess.run([self.program, "venv", "--quiet", "--python", PYTHON, self.environment], env=self.settings(), check=True)

    def install(self, requests):
        return [self.program, "pip", "install", "--quiet", "--python", self.environment + "/bin/python", *requests]


class Pip(Tool):
    name = "pip"

    def variables(self):
        return {"PIP_CACHE_DIR": self.cache, "PIP_INDEX_URL": self.index, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_CONFIG_FILE": os.devnull}

    def version(self):
        answer = subprocess.run([self.program, "-m", "pip", "--version"], capture_output=True, text=True, check=True)
        return " ".join(answer.stdout.split()[:2])

    def resolve(self, case):
        return [self.program, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--only-binary", ":all:", *case.requests]

    def prepare_environment(self):
        subprocess.run([PYTHON, "-m", "venv", self.environment], env=self.settings(), check=True)

    def install(self, requests):
        return [self.environment + "/bin/python", "-m", "pip", "install", "--quiet", "--no-compile", *requests]

    def packages(self, measured):
        would = re.findall(r"^Would install (.*)$", measured.out, re.MULTILINE)
        return len(would[-1].split()) if would else 0
