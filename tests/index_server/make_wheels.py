#!/usr/bin/python3
"""Builds small, valid wheels for tests: the same bytes for the same specification, on every machine.

    make_wheels.py FOLDER SPEC.json      wheels of a specification (`-` reads it from standard input)
    make_wheels.py FOLDER --torch        a made-up torch and torchvision with what they need

A specification is a list of wheels; only name and version must be there:
    {"name": "demo", "version": "1.0",
     "tag": "py3-none-any", "build": "1",             tag is one tag or a list of them: one wheel each
     "folder": "whl/cpu",                             below FOLDER; fake_index.py makes an index of each folder
     "requires": ["six>=1", "rich ; extra == 'nice'"], "extras": ["nice"], "requires_python": ">=3.9",
     "files": {"demo/__init__.py": "text"},           without it: NAME/__init__.py with __version__
     "sized": {"demo/big.bin": 1000000},              that many bytes that do not compress
     "copied": {"demo/lib.so": "/a/file"},            the bytes of that file
     "entry_points": {"console_scripts": {"demo": "demo:main"}},
     "data": {"scripts/demo-tool": "#!python\\nprint(1)\\n", "data/share/x": ""},
     "sdist": {"pkg_info": "fields behind Name and Version", "files": {"pyproject.toml": "text"}},   an sdist instead of a wheel
     "metadata": "raw text instead of the METADATA that is made",
     "break": "record-hash" | "record-missing" | "no-metadata" | "traversal" | "truncated"}

--torch writes torch 2.14.0 and 2.15.0, torchvision 0.29.0 and 0.30.0 for CPython 3.10 to 3.14 on Linux: the default build for
the main index, `+cpu` into whl/cpu and `+cu130` into whl/cu130, where also the dependencies lie, as on the PyTorch index.
"""

import base64
import gzip
import hashlib
import io
import json
import os
import re
import sys
import tarfile
import zipfile


def underscored(name):
    return re.sub(r"[-_.]+", "_", name).lower()


def record_hash(content):
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def noise(size, seed):
    """Bytes that do not compress, the same for the same seed."""
    blocks = (hashlib.sha256(f"{seed} {number}".encode()).digest() for number in range((size + 31) // 32))
    return b"".join(blocks)[:size]


def metadata_text(spec):
    lines = ["Metadata-Version: 2.1", f"Name: {spec['name']}", f"Version: {spec['version']}", "Summary: Made up for tests"]
    if "requires_python" in spec:
        lines.append(f"Requires-Python: {spec['requires_python']}")
    lines += [f"Requires-Dist: {requirement}" for requirement in spec.get("requires", [])]
    lines += [f"Provides-Extra: {extra}" for extra in spec.get("extras", [])]
    return "\n".join(lines) + "\n\nNothing to see here.\n"


def wheel_text(tag):
    return f"Wheel-Version: 1.0\nGenerator: make_wheels\nRoot-Is-Purelib: {'true' if tag.endswith('-any') else 'false'}\nTag: {tag}\n"


def entry_points_text(groups):
    lines = []
    for group, points in groups.items():
        lines += [f"[{group}]"] + [f"{name} = {target}" for name, target in points.items()] + [""]
    return "\n".join(lines)


def members(spec, tag):
    """Every file of the wheel but RECORD, by its path."""
    stem = f"{underscored(spec['name'])}-{spec['version']}"
    module = underscored(spec["name"])
    files = {path: text.encode() for path, text in spec.get("files", {f"{module}/__init__.py": f"__version__ = '{spec['version']}'\n"}).items()}
    for path, size in spec.get("sized", {}).items():
        files[path] = noise(size, f"{spec['name']} {path}")
    for path, source in spec.get("copied", {}).items():
        with open(source, "rb") as file:
            files[path] = file.read()
    for path, text in spec.get("data", {}).items():
        files[f"{stem}.data/{path}"] = text.encode()
    if spec.get("break") != "no-metadata":
        files[f"{stem}.dist-info/METADATA"] = spec.get("metadata", metadata_text(spec)).encode()
    files[f"{stem}.dist-info/WHEEL"] = wheel_text(tag).encode()
    if "entry_points" in spec:
        files[f"{stem}.dist-info/entry_points.txt"] = entry_points_text(spec["entry_points"]).encode()
    if spec.get("break") == "traversal":
        files["../outside.txt"] = b"escaped"
    return files, f"{stem}.dist-info/RECORD"


def record_text(files, record, broken):
    rows = []
    for number, (path, content) in enumerate(files.items()):
        if broken == "record-missing" and number == 0:
            continue
        told = b"something else" if broken == "record-hash" and number == 0 else content
        rows.append(f"{path},{record_hash(told)},{len(content)}")
    return "\n".join(rows + [f"{record},,", ""]).encode()


def write_wheel(folder, spec, tag):
    """Writes one wheel and gives its path."""
    files, record = members(spec, tag)
    files[record] = record_text(files, record, spec.get("break"))
    build = f"-{spec['build']}" if "build" in spec else ""
    path = os.path.join(folder, spec.get("folder", ""), f"{underscored(spec['name'])}-{spec['version']}{build}-{tag}.whl")
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = (0o100755 if "/scripts/" in name else 0o100644) << 16
            archive.writestr(entry, content)
    if spec.get("break") == "truncated":
        os.truncate(path, os.path.getsize(path) // 2)
    return path


def write_sdist(folder, spec):
    """Writes NAME-VERSION.tar.gz (PEP 625) and gives its path."""
    stem = f"{underscored(spec['name'])}-{spec['version']}"
    sdist = spec["sdist"]
    files = {"PKG-INFO": f"Metadata-Version: 2.2\nName: {spec['name']}\nVersion: {spec['version']}\n{sdist.get('pkg_info', '')}", **sdist["files"]}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(f"{stem}/{name}")
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    path = os.path.join(folder, spec.get("folder", ""), stem + ".tar.gz")
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "wb") as file:
        file.write(gzip.compress(packed.getvalue(), mtime=0))
    return path


def make(folder, specs):
    paths = []
    for spec in specs:
        if "sdist" in spec:
            paths.append(write_sdist(folder, spec))
            continue
        tags = spec.get("tag", "py3-none-any")
        paths += [write_wheel(folder, spec, tag) for tag in ([tags] if isinstance(tags, str) else tags)]
    return paths


def torch_specs():
    tags = [f"cp3{minor}-cp3{minor}-manylinux_2_28_{machine}" for minor in range(10, 15) for machine in ("x86_64", "aarch64")]
    plain = [("filelock", "3.20.0", []), ("typing_extensions", "4.15.0", []), ("mpmath", "1.3.0", []), ("networkx", "3.6", []),
             ("fsspec", "2026.1.0", []), ("MarkupSafe", "3.0.3", []), ("sympy", "1.14.0", ["mpmath<1.4,>=1.1.0"]),
             ("Jinja2", "3.1.6", ["MarkupSafe>=2.0"]), ("numpy", "2.4.0", []), ("pillow", "12.0.0", [])]
    needs = ["filelock", "typing-extensions>=4.10.0", "sympy>=1.13.3", "networkx", "jinja2", "fsspec>=0.8.5"]
    specs = []
    for folder, local in (("", ""), ("whl/cpu", "+cpu"), ("whl/cu130", "+cu130")):
        specs += [{"name": name, "version": version, "requires": requires, "folder": folder} for name, version, requires in plain]
        for torch, vision in (("2.14.0", "0.29.0"), ("2.15.0", "0.30.0")):
            init = f"__version__ = '{torch}{local}'\n\n\nclass cuda:\n    @staticmethod\n    def is_available():\n        return False\n"
            specs.append({"name": "torch", "version": torch + local, "tag": tags, "requires": needs, "requires_python": ">=3.10",
                          "extras": ["opt-einsum"], "files": {"torch/__init__.py": init, "torch/version.py": f"__version__ = '{torch}{local}'\n"},
                          "sized": {"torch/lib/libtorch_made_up.bin": 20_000}, "folder": folder})
            specs.append({"name": "torchvision", "version": vision + local, "tag": tags, "requires": ["numpy", f"torch=={torch}", "pillow!=8.3.*,>=5.3.0"],
                          "requires_python": ">=3.10", "folder": folder})
    return specs


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    folder, source = sys.argv[1:]
    if source == "--torch":
        specs = torch_specs()
    elif source == "-":
        specs = json.load(sys.stdin)
    else:
        with open(source, encoding="utf-8") as file:
            specs = json.load(file)
    for path in make(folder, specs):
        print(path)


if __name__ == "__main__":
    main()
