#!/usr/bin/python3
"""Each fault of a server, for each kind of resource, met at first and met on the way back: right bytes, or a clean failure.

    http_matrix.py TORCHUP SHIM [--full]

`fresh` begins with nothing; `resumed` begins with half of each wheel and with pages that must be asked for again. The store never
holds a wrong byte, a failure leaves no environment, and without the fault the same command then succeeds: nothing wrong was kept.
"""

import collections
import os
import urllib.request

from checks import check_store
from operations import FIRST
from snapshots import Torn, difference, in_use
from world import LIMIT, World, fail, harness_parser, say

RESOURCES = {"page": "/simple/*", "metadata": "/files/*.metadata", "wheel": "/files/*.whl"}
CLEAN_EXITS = (4, 5, 6)
MOST_SHORT = 14

FAULTS = {f"status {status}": {"kind": "status", "status": status, "retry_after": "0"}
          for status in (301, 400, 401, 403, 404, 408, 410, 416, 429, 500, 502, 503, 504)}
FAULTS |= {f"Retry-After: {text}": {"kind": "status", "status": 503, "times": 1, "retry_after": text} for text in ("0", "-1", "soon", "1e18")}
FAULTS |= {kind: {"kind": kind} for kind in ("login", "truncate", "cut", "flip", "redirect-loop", "gzip", "wrong-range", "ignore-range",
                                            "disconnect", "empty")}
FAULTS |= {f"{kind} once": {"kind": kind, "times": 1} for kind in ("truncate", "cut", "disconnect", "empty", "flip")}
FAULTS |= {f"redirect to {to.split(':')[0]}": {"kind": "redirect", "to": to} for to in ("ftp://127.0.0.1/x", "file:///etc/passwd", "data:,x")}
FAULTS["a bomb of gzip"] = {"kind": "gzip", "bomb": 128}
FAULTS["HTML that is no page"] = {"kind": "html", "body": "<html><body>moved</body></html>"}
FAULTS["a trickle"] = {"kind": "trickle", "bytes_per_second": 4_000_000}
FAULTS |= {f"the header {name}: {value}": {"kind": "header", "headers": {name: value}} for name, value in (
    ("Content-Length", "5"), ("Content-Length", "-1"), ("Content-Length", "99999999999999999999"), ("Content-Encoding", "br"),
    ("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked"), ("Content-Range", "bytes 0-4/5"), ("Content-Type", "text/plain"),
    ("ETag", 'W/"same"'), ("ETag", "x" * 20_000), ("X-Flood", "y" * 60_000))}


class Matrix:
    def __init__(self, world):
        self.world, self.failures, self.exits = world, [], collections.Counter()
        world.keep("empty")
        world.must(*FIRST)
        self.right = in_use(world.environment)
        self.keep_half()

    def keep_half(self):
        """Half of each large wheel in the store, and pages that are no longer fresh."""
        self.world.clear()
        self.world.must("lock", *FIRST[1:3], *FIRST[-2:])
        self.world.index.configure(faults=[{"path": RESOURCES["wheel"], "kind": "truncate"}])
        self.world.run(*FIRST)
        parts = os.path.join(self.world.store, "parts")
        self.halves = sum(os.path.getsize(os.path.join(parts, name)) for name in os.listdir(parts))
        self.world.keep("half")

    def check(self, done):
        check_store(self.world)
        found = in_use(self.world.environment) if os.path.isdir(self.world.environment) else None
        if done.status == 0 and found != self.right:
            raise Torn(f"it says that it is done: {difference(found, self.right)}")
        if done.status != 0 and (done.status not in CLEAN_EXITS or "error:" not in done.err or found is not None):
            raise Torn(f"not a clean failure: {done}")

    def cell(self, fault, resource, way):
        world = self.world
        world.put_back("half" if way == "resumed" else "empty")
        world.index.configure(faults=[{"path": RESOURCES[resource], **FAULTS[fault]}], metadata=resource != "wheel" or fault != "status 404")
        try:
            done = world.run(*FIRST)
            self.exits[done.status] += 1
            self.check(done)
            world.index.configure()
            again = world.run(*FIRST)
            if again.status != 0:
                raise Torn(f"without the fault it fails: {again}")
            self.check(again)
        except (Torn, RuntimeError, OSError) as problem:
            self.failures.append(f"{fault}, {resource}, {way}: {problem}")
            say(self.failures[-1])


def naive(world):
    """Of how many faults of a wheel a client that takes what it gets does not notice that its bytes are wrong: the control."""
    wheel = "large-1.0-py3-none-any.whl"
    with open(os.path.join(world.index.folder, wheel), "rb") as file:
        right = file.read()
    wrong = 0
    for fault in ("flip", "cut", "empty", "login"):
        world.index.configure(faults=[{"path": RESOURCES["wheel"], **FAULTS[fault]}])
        try:
            with urllib.request.urlopen(f"{world.index.base}/files/{wheel}", timeout=LIMIT) as answer:
                wrong += answer.read() != right
        except OSError:
            pass
    return wrong


def main():
    parser = harness_parser()
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    with World(arguments.torchup) as world:
        matrix = Matrix(world)
        cells = [(fault, resource, way) for fault in FAULTS for resource in RESOURCES for way in ("fresh", "resumed")]
        cells = [cell for cell in cells if arguments.only in cell[0]]
        # In the short form another resource and way for each fault.
        chosen = cells if arguments.full else cells[:: max(1, len(cells) // MOST_SHORT) | 1]
        for cell in chosen:
            matrix.cell(*cell)
        exits = ", ".join(f"{count} with {status}" for status, count in sorted(matrix.exits.items()))
        say(f"{len(FAULTS)} faults, {len(chosen)} of {len(cells)} cells ({exits}), {matrix.halves} bytes to resume from: {len(matrix.failures)} wrong")
        wrong = naive(world)
        say(f"control, a client that takes what it gets: {wrong} of 4 faults end with wrong bytes")
    if wrong == 0:
        fail("the control got nothing wrong: this harness would see nothing")
    if matrix.halves == 0:
        fail("there was nothing to resume from: half of the cells would show nothing")
    if matrix.failures:
        fail(f"{len(matrix.failures)} cells")


if __name__ == "__main__":
    main()
