#!/usr/bin/python3
"""A lock made by torchup is read by `packaging` and installed by `uv pip sync`; both end with what torchup itself installs.

    locks_accepted.py TORCHUP PEERS
"""

import os

import workshop

SELECT = """
import json, sys, tomllib
from packaging.pylock import Pylock
with open(sys.argv[1], "rb") as file:
    lock = Pylock.from_dict(tomllib.load(file))
lock.validate()
print(json.dumps({package.name: [str(package.version), wheel.filename] for package, wheel in lock.select()}))
"""


class LocksAccepted(workshop.Workshop):
    wheels = [
        {"name": "demo", "version": "1.0", "requires": ["six>=1", "rich; extra == 'nice'", "win-only; sys_platform == 'win32'"], "extras": ["nice"],
         "entry_points": {"console_scripts": {"demo": "demo:main"}}, "files": {"demo/__init__.py": "def main():\n    print('demo runs')\n"}},
        {"name": "six", "version": "1.17.0"},
        {"name": "rich", "version": "15.0", "requires_python": ">=3.8"},
        {"name": "win-only", "version": "1.0"},
    ]
    requests = ["torch", "torchvision", "demo[nice]"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lock = os.path.join(cls.folder, "pylock.toml")

    def make_lock(self, path):
        self.run_program(self.torchup, "lock", *self.requests, "--variant", "cpu", "--python", workshop.PYTHON, "-o", path)
        with open(path, "rb") as file:
            return file.read()

    def test_peers_install_what_torchup_installs(self):
        self.make_lock(self.lock)
        selected = self.packaging(SELECT, self.lock)
        self.assertEqual(set(selected) & {"torch", "torchvision", "demo", "six", "rich", "numpy", "win-only"},
                         {"torch", "torchvision", "demo", "six", "rich", "numpy"})
        self.assertTrue(selected["torch"][0].endswith("+cpu"), selected["torch"])
        versions = {name: version for name, (version, _) in selected.items()}

        theirs = self.path("theirs")
        self.uv("venv", "--quiet", "--python", workshop.PYTHON, theirs)
        self.uv("pip", "sync", "--quiet", "--python", theirs + "/bin/python", self.lock)
        self.assertEqual(self.installed(theirs + "/bin/python"), versions)

        ours = self.path("ours")
        self.run_program(self.torchup, "sync", self.lock, "--env", ours, "--yes", "--no-validate", "--python", workshop.PYTHON)
        self.assertEqual(self.installed(ours + "/bin/python"), versions)
        self.uv("pip", "check", "--python", ours + "/bin/python")
        self.assertEqual(self.run_program(ours + "/bin/demo"), "demo runs\n")

    def test_the_same_request_gives_the_same_bytes(self):
        self.assertEqual(self.make_lock(self.path("pylock.first.toml")), self.make_lock(self.path("pylock.second.toml")))

    def test_a_lock_of_uv_is_installed(self):
        with open(self.path("request.in"), "w", encoding="utf-8") as file:
            file.write("demo[nice]\nsix\n")
        theirs = self.path("pylock.uv.toml")
        self.uv("pip", "compile", "--quiet", "--format", "pylock.toml", "--python", workshop.PYTHON, "-o", theirs, self.path("request.in"))
        environment = self.path("from-uv")
        self.run_program(self.torchup, "sync", theirs, "--env", environment, "--yes", "--no-validate", "--python", workshop.PYTHON)
        versions = {name: version for name, (version, _) in self.packaging(SELECT, theirs).items()}
        self.assertEqual(self.installed(environment + "/bin/python"), versions)
        self.assertEqual(set(versions), {"demo", "six", "rich"})


if __name__ == "__main__":
    workshop.main(LocksAccepted)
