#!/usr/bin/python3
"""What must stand in no tracked file: hosts of package registries, paths of one machine, careless line ends, giant sources.

    check_tree.py [ROOT]       prints what breaks a rule, one line each; exit 1 if anything does
    check_tree.py --self-test  plants one breach of each rule and sees it found

Registry hosts are asked of pip and of apt's own lists, so that none is written down here either.
"""

import glob
import os
import re
import subprocess
import sys
import tempfile

SOURCES = (".cpp", ".hpp", ".py", ".cmake", ".md", ".json", ".txt", ".toml", ".sh")
MOST_LINES = 400  # of a C++ file
# Absolute paths of a builder's machine; a path inside another one, such as a recorded host's tree, is none.
MACHINE_PATH = re.compile(r"(?<![\w.*>}\-])/(?:root|work)/\w")
ASK_PIP = "from pip._internal.models.index import PyPI, TestPyPI as T; print(PyPI.netloc, PyPI.file_storage_domain, T.netloc, T.file_storage_domain)"


def pip_hosts():
    answer = subprocess.run(["/usr/bin/python3", "-I", "-c", ASK_PIP], capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        sys.exit("check_tree: pip cannot be asked for its index; run scripts/setup")
    return answer.stdout.split()


def apt_hosts():
    hosts = set()
    for path in glob.glob("/etc/apt/sources.list") + glob.glob("/etc/apt/sources.list.d/*"):
        with open(path, encoding="utf-8", errors="replace") as file:
            hosts.update(re.findall(r"https?://([\w.-]+\.[a-z]+)", file.read()))
    return sorted(hosts)


def files_of(root):
    """Every tracked file; without git every file outside build folders."""
    listing = subprocess.run(["git", "-C", root, "ls-files", "-z"], capture_output=True, check=False)
    if listing.returncode == 0 and listing.stdout:
        return sorted(name.decode() for name in listing.stdout.split(b"\0") if name)
    found = []
    for directory, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in ("build", ".git", "__pycache__")]
        found += [os.path.relpath(os.path.join(directory, name), root) for name in names]
    return sorted(found)


def check_text(path, text, hosts):
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        for host in hosts:
            if re.search(rf"(?<![\w.-]){re.escape(host)}(?![\w-])", line):
                yield f"{path}:{number}: names the registry host {host}; ask pip instead"
        if MACHINE_PATH.search(line):
            yield f"{path}:{number}: holds a path of one machine"
    if not path.endswith(SOURCES) or path.startswith("tests/hosts/"):
        return
    if "\r" in text:
        yield f"{path}: has carriage returns"
    trailing = next((number for number, line in enumerate(lines, 1) if line != line.rstrip(" \t\r")), None)
    if trailing:
        yield f"{path}:{trailing}: ends with blanks"
    if not path.startswith("tests/fuzz/corpus/") and text and not text.endswith("\n"):
        yield f"{path}: does not end with a newline"
    if path.endswith((".cpp", ".hpp")) and len(lines) - 1 > MOST_LINES:
        yield f"{path}: has {len(lines) - 1} lines, more than {MOST_LINES}"


def check(root, hosts):
    findings = []
    for path in files_of(root):
        full = os.path.join(root, path)
        if not os.path.isfile(full) or os.path.islink(full):
            continue
        with open(full, "rb") as file:
            findings += check_text(path, file.read().decode("utf-8", "replace"), hosts)
    return findings


def self_test():
    planted = {
        "host.md": "see https://registry.example/simple\n",
        "fine.md": "see https://index.example/simple, not-registry.example.org and tests/hosts/x/root/etc\n",
        "path.cpp": "// " + "/".join(["", "root", "secret"]) + "\n",
        "blanks.py": "x = 1 \n",
        "open.py": "x = 1",
        "crlf.cmake": "set(x)\r\n",
        "long.hpp": "\n" * (MOST_LINES + 1),
    }
    expected = [
        "blanks.py:1: ends with blanks",
        "crlf.cmake: has carriage returns",
        "crlf.cmake:1: ends with blanks",
        "host.md:1: names the registry host registry.example; ask pip instead",
        f"long.hpp: has {MOST_LINES + 1} lines, more than {MOST_LINES}",
        "open.py: does not end with a newline",
        "path.cpp:1: holds a path of one machine",
    ]
    with tempfile.TemporaryDirectory() as root:
        for path, text in planted.items():
            with open(os.path.join(root, path), "w", encoding="utf-8", newline="") as file:
                file.write(text)
        found = sorted(check(root, ["registry.example"]))
    for finding in sorted(set(found) ^ set(expected)):
        print(("found and not planted: " if finding in found else "planted and not found: ") + finding)
    return found == sorted(expected) and len(pip_hosts()) == 4


def main():
    if sys.argv[1:] == ["--self-test"]:
        sys.exit(0 if self_test() else 1)
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    findings = check(root, pip_hosts() + apt_hosts())
    print("\n".join(findings) or "nothing that must not be there")
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
