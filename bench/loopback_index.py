"""A copy of an index on loopback, made by passing requests on: what was asked for once is answered from memory from then on.

    loopback_index.py INDEX        prints its own index URL and serves until its standard input ends

Pages are kept whole, with their files' addresses rewritten to this server; of wheels only the parts that were asked for. Timed on it,
a resolution does without the network, and every tool gets the same bytes. `/asked` tells how many requests there were so far.
"""

import contextlib
import http.server
import json
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request

JSON = "application/vnd.pypi.simple.v1+json"
LONGEST = 64 << 20  # bytes of one answer
LIMIT = 60  # seconds for one request to the index
PASSED_ON = ("Content-Type", "Content-Range", "Accept-Ranges", "Last-Modified", "ETag")


class Copy:
    """Answers by (method, path, range). The paths are `/simple/NAME/` and `/files/SCHEME/HOST/PATH`."""

    def __init__(self, index):
        self.index = index.rstrip("/")
        self.answers = {}
        self.asked = 0
        self.lock = threading.Lock()

    def upstream(self, path):
        if path.startswith("/simple/"):
            return self.index + path.removeprefix("/simple")
        _, _, scheme, rest = path.split("/", 3)
        return f"{scheme}://{rest}"

    def answer(self, method, path, wanted):
        """(status, headers, body); asked of the index where it was not before."""
        key = (method, path, wanted)
        with self.lock:
            if path == "/asked":
                return 200, {}, str(self.asked).encode()
            self.asked += 1
            if key in self.answers:
                return self.answers[key]
        got = self.ask(method, path, wanted)
        with self.lock:
            return self.answers.setdefault(key, got)

    def ask(self, method, path, wanted):
        page = path.startswith("/simple/")
        headers = {"Accept": JSON} if page else {"Range": wanted} if wanted else {}
        request = urllib.request.Request(self.upstream(path), headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=LIMIT) as answer:
                body = answer.read(LONGEST)
                kept = {name: answer.headers[name] for name in PASSED_ON if answer.headers[name]}
                if method == "HEAD":
                    kept["Content-Length"] = answer.headers["Content-Length"]
                return answer.status, kept, self.rewritten(body) if page else body
        except urllib.error.HTTPError as problem:
            return problem.code, {}, b""

    @staticmethod
    def rewritten(body):
        """A page whose files lie here."""
        page = json.loads(body)
        for file in page["files"]:
            url = urllib.parse.urlsplit(file["url"])
            file["url"] = f"/files/{url.scheme}/{url.netloc}{url.path}"
        return json.dumps(page).encode()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    copy = None

    def reply(self, method):
        status, headers, body = self.copy.answer(method, self.path, self.headers.get("Range"))
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if method == "GET":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):  # pylint: disable=invalid-name
        self.reply("GET")

    def do_HEAD(self):  # pylint: disable=invalid-name
        self.reply("HEAD")

    def log_message(self, *_):
        """What was asked is of no interest here."""


@contextlib.contextmanager
def loopback_copy(index):
    """Serves a copy of `index` from a process of its own, whose memory is then not counted as that of what is measured; gives its URL."""
    with subprocess.Popen([sys.executable, "-B", __file__, index], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        yield server.stdout.readline().strip()
        server.stdin.close()


def main():
    handler = type("CopyHandler", (Handler,), {"copy": Copy(sys.argv[1])})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(f"http://127.0.0.1:{server.server_port}/simple", flush=True)
        sys.stdin.read()  # until the one who started it is done


if __name__ == "__main__":
    main()
