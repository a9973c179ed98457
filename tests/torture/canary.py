#!/usr/bin/python3
"""A canary among the credentials: it is sent to the one origin that it is for, and shown and kept nowhere, whatever goes wrong.

    canary.py TORCHUP SHIM [--full]

Each way to give a secret (URL on the command line, in the environment, in pip.conf, in the configuration; .netrc) goes through each
fault of the index and each kind of redirect, with the most talkative options. Then standard output, errors, every file written
(lock, cache, ledger) and all that a second server was told are searched, for the secret and its Base64.
"""

import base64
import os

from world import PYTHON, Index, World, fail, harness_parser, say

USER, SECRET = "canary-user", "s3cr3t-CANARY"
NEEDLES = (SECRET, base64.b64encode(f"{USER}:{SECRET}".encode()).decode(), "s3cr3t%2DCANARY")
TALKATIVE = ("-v", "-v", "--explain")


def with_secret(url):
    return url.replace("://", f"://{USER}:{SECRET}@")


def on_command_line(world, url):
    return ("--index-url", with_secret(url)), {}


def in_environment(world, url):
    return (), {"TORCHUP_INDEX_URL": with_secret(url)}


def in_pips_environment(world, url):
    return (), {"TORCHUP_INDEX_URL": "", "PIP_INDEX_URL": with_secret(url)}


def in_pip_conf(world, url):
    write(world, ".config/pip/pip.conf", f"[global]\nindex-url = {with_secret(url)}\n")
    return (), {"TORCHUP_INDEX_URL": ""}


def in_configuration(world, url):
    write(world, ".config/torchup/config.toml", f'[index]\nurl = "{with_secret(url)}"\n')
    return (), {"TORCHUP_INDEX_URL": ""}


def in_netrc(world, url):
    write(world, ".netrc", f"machine 127.0.0.1 login {USER} password {SECRET}\n")
    return (), {"NETRC": world.path("home", ".netrc")}


KINDS = (on_command_line, in_environment, in_pips_environment, in_pip_conf, in_configuration, in_netrc)
SECRET_FILES = (".config/pip/pip.conf", ".config/torchup/config.toml", ".netrc")


def write(world, name, text):
    path = world.path("home", name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def faults(other):
    """What goes wrong, by name; `other` is the base of a server that must learn nothing."""
    host = other.replace("127.0.0.1", "localhost")
    everything = [("nothing", [])]
    for status in (401, 403, 404, 429, 500, 503):
        everything.append((f"status {status}", [{"path": "/simple/*", "kind": "status", "status": status, "retry_after": "0"}]))
        everything.append((f"status {status} for wheels", [{"path": "/files/*", "kind": "status", "status": status, "retry_after": "0"}]))
    for kind in ("login", "truncate", "disconnect", "empty", "redirect-loop"):
        everything.append((kind, [{"path": "/simple/*", "kind": kind}]))
        everything.append((f"{kind} for wheels", [{"path": "/files/*", "kind": kind}]))
    everything.append(("wrong digest", [{"path": "/files/*.whl", "kind": "flip"}]))
    targets = {"another port": f"{other}/simple/demo/", "another host": f"{host}/simple/demo/", "another scheme": f"https{other[4:]}/simple/demo/",
               "a URL with credentials": f"{other.replace('://', '://thief:pass@')}/simple/demo/", "ftp": "ftp://127.0.0.1/x",
               "a file": "file:///etc/passwd", "its own secret in the path": f"{other}/{SECRET[::-1]}/"}
    for name, to in targets.items():
        everything.append((f"redirect to {name}", [{"path": "/simple/*", "kind": "redirect", "to": to}]))
        everything.append((f"redirect of wheels to {name}", [{"path": "/files/*.whl", "kind": "redirect", "to": to}]))
    return everything


def leaks_in(text, where):
    return [f"{where} has `{needle}`" for needle in NEEDLES if needle in text]


def leaks_on_disk(world):
    found = []
    for root, _, names in os.walk(world.state):
        for name in names:
            path = os.path.join(root, name)
            relative = os.path.relpath(path, world.path("home"))
            if relative in SECRET_FILES or os.path.islink(path):
                continue
            with open(path, "rb") as file:
                found += leaks_in(file.read().decode("latin-1"), relative)
            found += leaks_in(name, "a file's name")
    return found


def leaks_to(index, known):
    """What a server was told that it must not be; the right one may be told the secret where it belongs."""
    found = []
    for entry in index.requests():
        for name, value in entry.get("headers", {}).items():
            if known and name.lower() == "authorization":
                continue
            found += leaks_in(value, f"the header {name} of {entry['path']}")
        found += leaks_in(entry["path"], "a requested path")
    return found


class Canary:
    def __init__(self, world, other):
        self.world, self.other, self.runs, self.leaks, self.seen = world, other, 0, [], 0

    def commands(self, options):
        yield ("lock", "demo", "--python", PYTHON, *options, *TALKATIVE)
        yield ("install", "demo", "--env", "env", "--no-validate", "--yes", "--python", PYTHON, *options, *TALKATIVE)
        yield ("install", "nosuchpackage", "--env", "env", "--no-validate", "--yes", "--python", PYTHON, *options, "--json")

    def run(self, kind, name, faulty):
        world = self.world
        world.clear()
        world.index.configure(faults=faulty)
        options, variables = kind(world, world.index.base + "/simple")
        for index in (world.index, self.other):
            index.reset()
        for words in [*self.commands(options), ("sync", "--env", "env2", "--no-validate", "--yes", *TALKATIVE), ("history", "--all", "--json")]:
            done = world.run(*words, **variables)
            self.runs += 1
            if done.status < 0 or done.status == 70:
                self.leaks.append(f"{kind.__name__}, {name}: {done}")
            self.leaks += [f"{kind.__name__}, {name}, `{words[0]}`: {leak}" for leak in leaks_in(done.out + done.err, "what is said")]
        self.leaks += [f"{kind.__name__}, {name}: {leak}" for leak in leaks_on_disk(world) + leaks_to(self.other, False)]
        self.leaks += [f"{kind.__name__}, {name}: {leak}" for leak in leaks_to(world.index, True)]
        self.seen += bool(leaks_to(world.index, False))


def main():
    arguments = harness_parser().parse_args()
    with World(arguments.torchup) as world:
        other = Index(os.path.join(world.folder, "other"))
        canary, every = Canary(world, other), faults(other.base)
        for number, kind in enumerate(KINDS):
            for name, faulty in every if arguments.full else [every[0], *every[1 + number :: 20]]:
                canary.run(kind, name, faulty)
        other.stop()
    say(f"{canary.runs} commands with {len(KINDS)} kinds of secrets: {len(canary.leaks)} leaks; control: the secret was seen on its way to its own origin in {canary.seen} sessions")
    for leak in canary.leaks[:40]:
        say(leak)
    if canary.seen == 0:
        fail("no secret was seen where it belongs: this harness would see nothing")
    if canary.leaks:
        fail(f"{len(canary.leaks)} leaks")


if __name__ == "__main__":
    main()
