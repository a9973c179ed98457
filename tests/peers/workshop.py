"""A folder of made-up wheels, an index on loopback that serves them, and the programs to compare, each run in a home of its own.
For the tests of this folder."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
INDEX_SERVER = os.path.join(os.path.dirname(HERE), "index_server")
PYTHON = "/usr/bin/python3"
LIMIT = 120  # seconds for one command


def arguments():
    """The torchup to test and the folder of the peers, taken off the command line."""
    if len(sys.argv) < 3:
        sys.exit(f"usage: {sys.argv[0]} TORCHUP PEERS")
    torchup, peers = (os.path.abspath(path) for path in sys.argv[1:3])
    if not os.path.exists(os.path.join(peers, "bin", "uv")):
        sys.exit(f"no uv in {peers}; run `make peers`")
    del sys.argv[1:3]
    return torchup, peers


class Workshop(unittest.TestCase):
    """One folder and one index for a class of tests; `torchup` and `peers` are set before the tests run."""

    torchup = peers = None
    wheels = []

    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="torchup-peers-"))
        files = os.path.join(cls.folder, "files")
        make = [PYTHON, "-B", os.path.join(INDEX_SERVER, "make_wheels.py"), files]
        subprocess.run(make + ["--torch"], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(make + ["-"], check=True, stdout=subprocess.DEVNULL, input=json.dumps(cls.wheels).encode())
        server = [PYTHON, "-B", os.path.join(INDEX_SERVER, "fake_index.py"), files]
        cls.server = subprocess.Popen(server, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        cls.addClassCleanup(cls.stop_server)
        cls.base = "http://127.0.0.1:" + cls.server.stdout.readline().decode().split()[1]

    @classmethod
    def stop_server(cls):
        cls.server.stdin.close()
        cls.server.wait(LIMIT)
        cls.server.stdout.close()

    @classmethod
    def environment(cls):
        """Nothing of the caller's settings reaches a program, and all of them ask the index on loopback."""
        home = os.path.join(cls.folder, "home")
        os.makedirs(home, exist_ok=True)
        return {
            "HOME": home,
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "TORCHUP_INDEX_URL": cls.base + "/simple/",
            "TORCHUP_TORCH_INDEX_URL": cls.base + "/whl",
            "UV_DEFAULT_INDEX": cls.base + "/simple/",
            "UV_NO_CONFIG": "1",
            "UV_PYTHON_DOWNLOADS": "never",
        }

    def path(self, name):
        return os.path.join(self.folder, name)

    def run_program(self, *command, status=0):
        """The program's standard output; its exit status must be the one expected."""
        done = subprocess.run(command, env=self.environment(), cwd=self.folder, capture_output=True, text=True, timeout=LIMIT, check=False)
        self.assertEqual(done.returncode, status, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def uv(self, *command):
        return self.run_program(os.path.join(self.peers, "bin", "uv"), *command)

    def packaging(self, program, *command):
        """Runs a Python program where `packaging` is installed; gives the JSON document that it prints."""
        return json.loads(self.run_program(os.path.join(self.peers, "bin", "python"), "-I", "-c", program, *command))

    def installed(self, python):
        """{name: version} of an environment, as uv sees it."""
        listing = json.loads(self.uv("pip", "list", "--format", "json", "--python", python))
        return {package["name"].lower().replace("_", "-"): package["version"] for package in listing}


def main(*cases):
    torchup, peers = arguments()
    for case in cases:
        case.torchup, case.peers = torchup, peers
    unittest.main(module="__main__", verbosity=2)
