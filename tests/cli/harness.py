"""An index on loopback with made-up wheels, an empty home, and the torchup to test: for the stories of this folder."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
INDEX_SERVER = os.path.join(os.path.dirname(HERE), "index_server")
PYTHON = "/usr/bin/python3"
LIMIT = 120  # seconds for one command

WHEELS = [
    {"name": "demo", "version": "1.0", "requires": ["base>=1"], "entry_points": {"console_scripts": {"demo": "demo:main"}},
     "files": {"demo/__init__.py": "def main():\n    print('demo runs')\n"}},
    {"name": "demo", "version": "2.0", "requires": ["base>=2"]},
    {"name": "base", "version": "1.0"},
    {"name": "base", "version": "2.0"},
    {"name": "large", "version": "1.0", "sized": {"large/data.bin": 400_000}},
    {"name": "newpython", "version": "1.0", "requires_python": ">=3.99"},
    {"name": "badrecord", "version": "1.0", "break": "record-hash"},
    {"name": "escapes", "version": "1.0", "break": "traversal"},
]


class Story(unittest.TestCase):
    """Each class has its own wheels and server; each test its own home, and a server without faults to begin with."""

    torchup = None
    wheels = WHEELS

    @classmethod
    def setUpClass(cls):
        cls.files = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="torchup-cli-"))
        make = [PYTHON, "-B", os.path.join(INDEX_SERVER, "make_wheels.py"), cls.files]
        subprocess.run(make + ["--torch"], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(make + ["-"], check=True, stdout=subprocess.DEVNULL, input=json.dumps(cls.wheels).encode())
        cls.server = subprocess.Popen([PYTHON, "-B", os.path.join(INDEX_SERVER, "fake_index.py"), cls.files],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        cls.addClassCleanup(cls.stop_server)
        cls.base = "http://127.0.0.1:" + cls.server.stdout.readline().decode().split()[1]

    @classmethod
    def stop_server(cls):
        cls.server.stdin.close()
        cls.server.wait(LIMIT)
        cls.server.stdout.close()

    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="torchup-story-"))
        self.configure()
        self.ask("/_reset", b"")
        self.variables = {
            "HOME": self.path("home"), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "COLUMNS": "500",
            "TORCHUP_INDEX_URL": self.base + "/simple", "TORCHUP_TORCH_INDEX_URL": self.base + "/whl",
        }
        os.mkdir(self.path("home"))

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def ask(self, path, body=None):
        with urllib.request.urlopen(self.base + path, data=body, timeout=LIMIT) as answer:
            return answer.read()

    def configure(self, **configuration):
        self.ask("/_config", json.dumps(configuration).encode())

    def fault(self, path, kind, **more):
        self.configure(faults=[{"path": path, "kind": kind, **more}])

    def requests(self, part=""):
        return [entry["path"] for entry in json.loads(self.ask("/_log")) if part in entry["path"]]

    def run_torchup(self, *words, status=0):
        """(stdout, stderr) of a command, whose exit status must be the one expected."""
        done = subprocess.run([self.torchup, *words], env=self.variables, cwd=self.folder, capture_output=True, text=True, timeout=LIMIT, check=False)
        self.assertEqual(done.returncode, status, f"{' '.join(words)}\n{done.stdout}\n{done.stderr}")
        return done.stdout, done.stderr

    def json_of(self, *words, status=0):
        return json.loads(self.run_torchup(*words, "--json", status=status)[0])

    def interrupted(self, *words, when, by=signal.SIGINT):
        """Starts a command, sends a signal once `when()` holds, and gives (status, stderr)."""
        with subprocess.Popen([self.torchup, *words], env=self.variables, cwd=self.folder, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True) as process:
            while not when() and process.poll() is None:
                time.sleep(0.01)
            process.send_signal(by)
            return process.wait(LIMIT), process.stderr.read()

    def listing(self):
        """Every path below the test's folder but the home's."""
        found = set()
        for root, folders, names in os.walk(self.folder):
            if root == self.folder:
                folders.remove("home")
            found.update(os.path.relpath(os.path.join(root, name), self.folder) for name in folders + names)
        return found

    def store_trees(self):
        """The wheels that are verified and visible in the store."""
        trees = self.path("home", ".cache", "torchup", "store", "trees", "sha256")
        return [name for _, folders, _ in os.walk(trees) for name in folders if len(name) == 64]


def main(*cases):
    if len(sys.argv) < 2:
        sys.exit(f"usage: {sys.argv[0]} TORCHUP")
    torchup = os.path.abspath(sys.argv.pop(1))
    for case in cases:
        case.torchup = torchup
    unittest.main(module="__main__", verbosity=2)
