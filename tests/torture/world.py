"""A small world to torture torchup in: an index on loopback, made-up wheels, a home and an environment that can be put back.

All that torchup writes lies in one folder, `state`, always at the same path since an environment knows where it is. The index
is made once. The folder lies in memory where that can be had, so that a point of a sweep costs no disk.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
INDEX_SERVER = os.path.join(os.path.dirname(HERE), "index_server")
PYTHON = "/usr/bin/python3"
LIMIT = 60  # seconds for one command; one that takes longer hangs

WHEELS = [
    {"name": "demo", "version": "1.0", "requires": ["base==1.0"], "entry_points": {"console_scripts": {"demo": "demo:main"}},
     "files": {"demo/__init__.py": "def main():\n    print('demo runs')\n", "demo/old.py": "OLD = 1\n"}},
    {"name": "demo", "version": "2.0", "requires": ["base==2.0"], "entry_points": {"console_scripts": {"demo": "demo:main"}},
     "files": {"demo/__init__.py": "def main():\n    print('demo 2 runs')\n", "demo/new/__init__.py": "NEW = 1\n", "demo/new/part.py": "\n"}},
    {"name": "base", "version": "1.0", "files": {"base/__init__.py": "VERSION = 1\n", "base/one.py": "\n"}},
    {"name": "base", "version": "2.0", "files": {"base/__init__.py": "VERSION = 2\n", "base/two.py": "\n"}},
    {"name": "large", "version": "1.0", "sized": {"large/data.bin": 300_000}, "files": {"large/__init__.py": "\n", "large/a.h": "int a;\n"}},
]


class Done:
    """How a command ended."""

    def __init__(self, words, status, out, err):
        self.words, self.status, self.out, self.err = words, status, out, err

    @property
    def killed(self):
        return self.status == -signal.SIGKILL

    def __str__(self):
        return f"`torchup {' '.join(self.words)}` ended with {self.status}\n{self.out}{self.err}"


def roomy_folder():
    """Memory, where there is enough of it; else wherever temporary files go."""
    memory = "/dev/shm"
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 512 << 20:
        return memory
    return None


class Index:
    """The server of made-up wheels."""

    def __init__(self, folder, specs=None):
        self.folder = folder
        make = [PYTHON, "-B", os.path.join(INDEX_SERVER, "make_wheels.py"), folder, "-"]
        subprocess.run(make, check=True, stdout=subprocess.DEVNULL, input=json.dumps(specs or WHEELS).encode())
        self.process = None
        self.start()

    def start(self):
        serve = [PYTHON, "-B", os.path.join(INDEX_SERVER, "fake_index.py"), self.folder]
        self.process = subprocess.Popen(serve, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.base = "http://127.0.0.1:" + self.process.stdout.readline().decode().split()[1]

    def configure(self, **configuration):
        request = urllib.request.Request(self.base + "/_config", data=json.dumps(configuration).encode())
        urllib.request.urlopen(request, timeout=LIMIT).close()

    def reset(self):
        """Forgets the requests so far."""
        urllib.request.urlopen(urllib.request.Request(self.base + "/_reset", data=b""), timeout=LIMIT).close()

    def requests(self):
        with urllib.request.urlopen(self.base + "/_log", timeout=LIMIT) as answer:
            return json.loads(answer.read())

    def stop(self):
        self.process.stdin.close()
        self.process.wait(LIMIT)
        self.process.stdout.close()


class World:
    def __init__(self, torchup, *, folder=None, shim=None):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that folders are removed on the way out
        self.torchup = os.path.realpath(torchup)
        self.shim = os.path.realpath(shim) if shim else None
        self.folder = tempfile.mkdtemp(prefix="torchup-torture-", dir=folder or roomy_folder())
        self.state = os.path.join(self.folder, "state")
        self.index = Index(os.path.join(self.folder, "index"))
        self.clear()
        self.answers = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.index.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, *names):
        return os.path.join(self.state, *names)

    @property
    def environment(self):
        return self.path("env")

    @property
    def store(self):
        return self.path("home", ".cache", "torchup", "store")

    @property
    def ledger(self):
        return self.path("home", ".local", "share", "torchup", "ledger.db")

    def offers(self, command):
        """Whether this torchup has a command, which may be one of two words."""
        if command not in self.answers:
            first, _, second = command.partition(" ")
            known = any(line.split()[:1] == [first] for line in self.run("--help").out.splitlines())
            self.answers[command] = known and (not second or second in self.run(first, "--help").out.split())
        return self.answers[command]

    def variables(self, **more):
        return {"HOME": self.path("home"), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "COLUMNS": "500",
                "TORCHUP_INDEX_URL": self.index.base + "/simple", "TORCHUP_TORCH_INDEX_URL": self.index.base + "/whl", **more}

    def shimmed(self, *, program=None, at=0, action="kill", **more):
        """What tells the shim to strike at a call."""
        told = {"LD_PRELOAD": self.shim, "TORTURE_PROGRAM": program or self.torchup, "TORTURE_AT": str(at), "TORTURE_ACTION": str(action)}
        return told | {f"TORTURE_{name.upper()}": str(value) for name, value in more.items()}

    def start(self, *words, under=(), **more):
        return subprocess.Popen([*under, self.torchup, *words], env=self.variables(**more), cwd=self.state, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace")

    def run(self, *words, under=(), limit=LIMIT, **more):
        with self.start(*words, under=under, **more) as process:
            try:
                out, err = process.communicate(timeout=limit)
            except subprocess.TimeoutExpired:
                process.kill()
                raise RuntimeError(f"`torchup {' '.join(words)}` hangs") from None
        return Done(words, process.returncode, out, err)

    def must(self, *words, **more):
        done = self.run(*words, **more)
        if done.status != 0:
            raise RuntimeError(str(done))
        return done

    def calls(self, *words, **shim):
        """Runs a command and gives the calls that the shim counts, a line each: what and about which path."""
        log = os.path.join(self.folder, "calls")
        with open(log, "w", encoding="utf-8"):
            pass
        self.run(*words, **self.shimmed(log=log, **shim))
        with open(log, encoding="utf-8", errors="replace") as file:
            return file.read().splitlines()

    def clear(self):
        shutil.rmtree(self.state, ignore_errors=True)
        os.makedirs(self.path("home"))

    def keep(self, name):
        """Remembers the state as it is now, times and hard links with it."""
        copy_folder(self.state, os.path.join(self.folder, "kept-" + name))

    def put_back(self, name):
        shutil.rmtree(self.state)
        copy_folder(os.path.join(self.folder, "kept-" + name), self.state)


def harness_parser():
    """What every harness is called with."""
    parser = argparse.ArgumentParser()
    parser.add_argument("torchup")
    parser.add_argument("shim")
    parser.add_argument("--full", action="store_true")
    return parser


def copy_folder(source, target):
    shutil.rmtree(target, ignore_errors=True)
    subprocess.run(["/bin/cp", "-a", source, target], check=True)


def say(text):
    print(text, flush=True)


def fail(text):
    say(f"FAILED: {text}")
    sys.exit(1)
