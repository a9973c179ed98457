#!/usr/bin/python3
"""A package index on 127.0.0.1 for tests, which can also misbehave in every way that torchup must survive.

    fake_index.py FOLDER [--config FILE] [--port N]

It prints `PORT n` once it answers and ends when its standard input closes. Python 3.11's standard library is enough.

What it serves
    FOLDER/*.whl, *.tar.gz   the index  http://127.0.0.1:n/simple/      with pages /simple/NAME/
    FOLDER/a/b/*.whl      the index  http://127.0.0.1:n/a/b/         (so a PyTorch index is the folder `whl/cpu`)
    /files/PATH           every file below FOLDER; /files/PATH.metadata is the wheel's METADATA (PEP 658)
    /libtorch/PATH        every file below FOLDER/libtorch: published archives lie beside the index's `whl`
    GET  /_log            the requests so far: [{"path", "status", "range", "authorization", "headers", "bytes"}, ...]
    POST /_config         replaces the configuration with the JSON document sent (a config file's content)
    POST /_reset          forgets the log

Configuration (JSON; every key may be left out)
    "format": "negotiate" | "json" | "html"    negotiate answers what Accept asks for (PEP 691)
    "metadata": true       offer `.metadata` files and their hashes
    "ranges": true         answer Range with 206 (false: the header is ignored, 200)
    "sizes": true          sizes in JSON pages            "hashes": true     sha256 in pages
    "etags": true          ETag, and 304 on If-None-Match
    "max_age": null        seconds for Cache-Control; null sends none
    "yanked": {"FILE.whl": "reason"}
    "upload_times": {"FILE.whl": "2026-01-02T03:04:05Z"}
    "files_base": ""       put before /files/ in pages: another origin, as real indexes do
    "faults": [{"path": "/simple/torch/*", "kind": KIND, "times": 2, ...}, ...]

A fault is applied to a path that matches its pattern (as fnmatch does), at most `times` times, the first that matches wins:
    status            "status": 500, "retry_after": "1"   that status with a short text
    login             200 and a web page with a form, whatever was asked for
    truncate          Content-Length of the whole, only "bytes" of it (half of it), then the connection closes
    cut               no Content-Length, only "bytes" of it, then the connection closes: no client can tell
    flip              one byte in the middle is another
    trickle           "bytes_per_second": 100
    hang              sends "bytes" of the body, then nothing until the client leaves
    redirect          302 to "to" (a path or a URL)
    redirect-loop     302 to itself
    gzip              Content-Encoding: gzip; "bomb": N sends N MiB of zeros instead
    wrong-range       206 with a Content-Range that starts one byte later than asked for
    ignore-range      200 with the whole file
    disconnect        closes without an answer
    empty             200 without a byte
    auth              401 unless Authorization is Basic of "user" and "password"
    html              200, text/html, the "body" given
    header            adds "headers": {"name": "value"} to the proper answer
"""

import argparse
import base64
import fnmatch
import gzip
import hashlib
import html
import json
import os
import re
import sys
import threading
import time
import zipfile
from email.parser import HeaderParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, unquote, urlsplit

JSON_TYPE = "application/vnd.pypi.simple.v1+json"
LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><form action='/login'><input name='user'></form></body></html>"
DEFAULTS = {
    "format": "negotiate",
    "metadata": True,
    "ranges": True,
    "sizes": True,
    "hashes": True,
    "etags": True,
    "max_age": None,
    "yanked": {},
    "upload_times": {},
    "files_base": "",
    "faults": [],
}


def normalise(name):
    return re.sub(r"[-_.]+", "-", name).lower()


class Wheel:
    """One wheel or sdist of the folder; its hash and METADATA are read once. An sdist has none that is served."""

    def __init__(self, folder, relative):
        self.relative = relative
        self.filename = os.path.basename(relative)
        self.is_wheel = self.filename.endswith(".whl")
        self.project = normalise(self.filename.split("-")[0] if self.is_wheel else self.filename.rpartition("-")[0])
        with open(os.path.join(folder, relative), "rb") as file:
            content = file.read()
        self.size = len(content)
        self.sha256 = hashlib.sha256(content).hexdigest()
        self.metadata = self._read_metadata(os.path.join(folder, relative)) if self.is_wheel else b""
        self.requires_python = HeaderParser().parsestr(self.metadata.decode("utf-8", "replace")).get("Requires-Python")

    @staticmethod
    def _read_metadata(path):
        try:
            with zipfile.ZipFile(path) as archive:
                name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
                return archive.read(name)
        except Exception:  # of a malformed wheel, which is served all the same, zipfile raises whatever it likes
            return b""


class Index:
    """The folder, and what the server was told about it."""

    def __init__(self, folder, config):
        self.folder = folder
        self.lock = threading.Lock()
        self.log = []
        self.configure(config)
        self.wheels = {}
        for directory, _, files in sorted(os.walk(folder)):
            for name in sorted(files):
                if name.endswith((".whl", ".tar.gz")):
                    relative = os.path.relpath(os.path.join(directory, name), folder)
                    self.wheels[relative] = Wheel(folder, relative)

    def configure(self, config):
        unknown = set(config) - set(DEFAULTS)
        if unknown:
            raise ValueError(f"unknown configuration: {', '.join(sorted(unknown))}")
        with self.lock:
            self.config = {**DEFAULTS, **config}
            self.config["faults"] = [dict(fault) for fault in self.config["faults"]]

    def fault_for(self, path):
        with self.lock:
            for fault in self.config["faults"]:
                if fnmatch.fnmatchcase(path, fault["path"]) and fault.get("times", 1) > 0:
                    if "times" in fault:
                        fault["times"] -= 1
                    return dict(fault)
        return None

    def project(self, index, name):
        """The wheels of one project on one index; nothing where the index does not know it."""
        folder = "" if index == "simple" else index
        return [wheel for relative, wheel in self.wheels.items() if os.path.dirname(relative) == folder and wheel.project == name]


def page_json(index, name, wheels):
    config = index.config
    files = []
    for wheel in wheels:
        file = {
            "filename": wheel.filename,
            "url": f"{config['files_base']}/files/{quote(wheel.relative)}",
            "hashes": {"sha256": wheel.sha256} if config["hashes"] else {},
            "yanked": config["yanked"].get(wheel.filename, False),
        }
        if config["sizes"]:
            file["size"] = wheel.size
        if config["metadata"] and wheel.is_wheel:
            file["core-metadata"] = {"sha256": hashlib.sha256(wheel.metadata).hexdigest()}
        if wheel.requires_python:
            file["requires-python"] = wheel.requires_python
        if wheel.filename in config["upload_times"]:
            file["upload-time"] = config["upload_times"][wheel.filename]
        files.append(file)
    return json.dumps({"meta": {"api-version": "1.1" if config["sizes"] else "1.0"}, "name": name, "files": files}).encode()


def page_html(index, name, wheels):
    config = index.config
    lines = ["<!DOCTYPE html>", f"<html><head><meta name='pypi:repository-version' content='1.0'><title>Links for {name}</title></head><body>"]
    for wheel in wheels:
        fragment = f"#sha256={wheel.sha256}" if config["hashes"] else ""
        attributes = ""
        if wheel.requires_python:
            attributes += f' data-requires-python="{html.escape(wheel.requires_python)}"'
        if wheel.filename in config["yanked"]:
            attributes += f' data-yanked="{html.escape(config["yanked"][wheel.filename])}"'
        if config["metadata"] and wheel.is_wheel:
            attributes += f' data-core-metadata="sha256={hashlib.sha256(wheel.metadata).hexdigest()}"'
        url = f"{config['files_base']}/files/{quote(wheel.relative)}{fragment}"
        lines.append(f'<a href="{url}"{attributes}>{html.escape(wheel.filename)}</a><br>')
    return "\n".join(lines + ["</body></html>"]).encode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    index = None

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/_config":
            self.index.configure(json.loads(body or b"{}"))
        elif self.path == "/_reset":
            with self.index.lock:
                self.index.log.clear()
        self.answer(204, b"", {})

    def do_GET(self):
        path = unquote(urlsplit(self.path).path)
        if path == "/_log":
            with self.index.lock:
                log = list(self.index.log)
            return self.answer(200, json.dumps(log).encode(), {"Content-Type": "application/json"})
        self.entry = {
            "path": path,
            "status": 0,
            "range": self.headers.get("Range"),
            "authorization": self.headers.get("Authorization"),
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "bytes": 0,
        }
        with self.index.lock:
            self.index.log.append(self.entry)
        fault = self.index.fault_for(path) or {"kind": "none"}
        try:
            self.answer_get(path, fault)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def answer_get(self, path, fault):
        kind = fault["kind"]
        if kind == "status":
            headers = {"Retry-After": fault["retry_after"]} if "retry_after" in fault else {}
            return self.answer(fault["status"], b"as configured\n", {"Content-Type": "text/plain", **headers})
        if kind == "login":
            return self.answer(200, LOGIN_PAGE, {"Content-Type": "text/html; charset=utf-8"})
        if kind == "html":
            return self.answer(200, fault["body"].encode(), {"Content-Type": "text/html; charset=utf-8"})
        if kind in ("redirect", "redirect-loop"):
            return self.answer(302, b"", {"Location": fault["to"] if kind == "redirect" else self.path})
        if kind == "disconnect":
            self.close_connection = True
            return None
        if kind == "empty":
            return self.answer(200, b"", {"Content-Type": "application/octet-stream"})
        if kind == "auth":
            expected = base64.b64encode(f"{fault['user']}:{fault['password']}".encode()).decode()
            if self.headers.get("Authorization") != f"Basic {expected}":
                return self.answer(401, b"", {"WWW-Authenticate": 'Basic realm="index"'})
        found = self.find(path)
        if found is None:
            return self.answer(404, b"not found\n", {"Content-Type": "text/plain"})
        body, headers = found
        headers.update(fault.get("headers", {}))
        return self.answer_body(body, headers, fault)

    def find(self, path):
        """The proper answer to a path: body and headers, or nothing."""
        config = self.index.config
        if path.startswith(("/files/", "/libtorch/")):
            relative = path.removeprefix("/files/").removeprefix("/")
            if config["metadata"] and relative.endswith(".metadata"):
                wheel = self.index.wheels.get(relative[: -len(".metadata")])
                return (wheel.metadata, {"Content-Type": "text/plain"}) if wheel and wheel.is_wheel else None
            full = os.path.realpath(os.path.join(self.index.folder, relative))
            if not full.startswith(os.path.realpath(self.index.folder) + os.sep) or not os.path.isfile(full):
                return None
            with open(full, "rb") as file:
                return file.read(), {"Content-Type": "application/octet-stream"}
        match = re.fullmatch(r"/(.+)/([^/]+)/", path)
        wheels = self.index.project(match[1], match[2]) if match else []
        if not wheels:
            return None
        wants_json = JSON_TYPE in self.headers.get("Accept", "")
        if config["format"] == "json" or (config["format"] == "negotiate" and wants_json):
            return page_json(self.index, match[2], wheels), {"Content-Type": JSON_TYPE}
        return page_html(self.index, match[2], wheels), {"Content-Type": "text/html; charset=utf-8"}

    def answer_body(self, body, headers, fault):
        kind, config = fault["kind"], self.index.config
        etag = '"' + hashlib.sha256(body).hexdigest()[:16] + '"'
        if config["max_age"] is not None:
            headers["Cache-Control"] = f"max-age={config['max_age']}"
        if config["etags"]:
            headers["ETag"] = etag
            if self.headers.get("If-None-Match") == etag:
                return self.answer(304, b"", headers)
        if kind == "flip" and body:
            middle = len(body) // 2
            body = body[:middle] + bytes([body[middle] ^ 0xFF]) + body[middle + 1 :]
        if kind == "gzip":
            body = gzip.compress(bytes(fault["bomb"] << 20) if "bomb" in fault else body)
            return self.answer(200, body, {**headers, "Content-Encoding": "gzip"}, fault)
        status = 200
        if config["ranges"]:
            headers["Accept-Ranges"] = "bytes"
        if config["ranges"] and kind != "ignore-range" and self.headers.get("Range"):
            part = self.part_of(len(body))
            if part is None:
                return self.answer(416, b"", {"Content-Range": f"bytes */{len(body)}"})
            first, last = part
            shift = 1 if kind == "wrong-range" else 0
            headers["Content-Range"] = f"bytes {first + shift}-{last + shift}/{len(body)}"
            body, status = body[first : last + 1], 206
        return self.answer(status, body, headers, fault)

    def part_of(self, size):
        """First and last byte of a single range; nothing where it cannot be satisfied."""
        match = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers["Range"].strip())
        if not match or match[1] == match[2] == "":
            return None
        if match[1] == "":
            length = min(int(match[2]), size)
            return (size - length, size - 1) if length else None
        first = int(match[1])
        last = min(int(match[2]), size - 1) if match[2] else size - 1
        return (first, last) if first <= last else None

    def answer(self, status, body, headers, fault=None):
        kind = (fault or {}).get("kind", "none")
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if kind == "cut":
            self.send_header("Connection", "close")
        elif status not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if kind in ("truncate", "cut", "hang"):
            body = body[: fault.get("bytes", len(body) // 2)]
            self.close_connection = True
        if hasattr(self, "entry"):
            self.entry["status"] = status
        self.send(body, fault.get("bytes_per_second") if kind == "trickle" else None)
        if kind == "hang":
            self.wfile.flush()
            self.rfile.read(1)

    def send(self, body, rate):
        step = len(body) if rate is None else max(1, rate // 10)
        for at in range(0, len(body), step or 1):
            self.wfile.write(body[at : at + step])
            if hasattr(self, "entry"):
                self.entry["bytes"] += len(body[at : at + step])
            if rate is not None:
                self.wfile.flush()
                time.sleep(0.1)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # a client that leaves in the middle is what some tests are about


def main():
    parser = argparse.ArgumentParser(description="A package index on 127.0.0.1 for tests; see the top of this file.")
    parser.add_argument("folder")
    parser.add_argument("--config")
    parser.add_argument("--port", type=int, default=0)
    arguments = parser.parse_args()
    config = {}
    if arguments.config:
        with open(arguments.config, encoding="utf-8") as file:
            config = json.load(file)
    Handler.index = Index(arguments.folder, config)
    server = Server(("127.0.0.1", arguments.port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"PORT {server.server_address[1]}", flush=True)
    sys.stdin.buffer.read()


if __name__ == "__main__":
    main()
