#!/usr/bin/python3
"""`torchup debug lock-check` and `packaging.pylock` judge the same locks the same way, sound ones and broken ones.

    locks_judged.py TORCHUP PEERS

Where torchup is stricter on purpose, the case says so.
"""

import os

import workshop

JUDGE = """
import json, sys, tomllib
from packaging.pylock import Pylock
verdicts = []
for path in sys.argv[1:]:
    try:
        with open(path, "rb") as file:
            Pylock.from_dict(tomllib.load(file)).validate()
        verdicts.append(True)
    except Exception:
        verdicts.append(False)
print(json.dumps(verdicts))
"""

HASH = 'hashes = {sha256 = "' + "a" * 64 + '"}'
URL = 'url = "https://index.example/files/six-1.17.0-py2.py3-none-any.whl"'
HEAD = 'lock-version = "1.0"\ncreated-by = "test"\n'
WHEEL = "{" + URL + ", " + HASH + "}"


def package(keys, name="six"):
    return HEAD + f'[[packages]]\nname = "{name}"\n{keys}\n'


def with_wheels(wheels, keys='version = "1.17.0"'):
    return package(f"{keys}\nwheels = [{wheels}]")


BOTH = {
    "no packages": HEAD + "packages = []\n",
    "one wheel": with_wheels(WHEEL),
    "no version": with_wheels(WHEEL, ""),
    "marker": with_wheels(WHEEL, 'version = "1.17.0"\nmarker = "python_version >= \'3.8\' and \'x\' in extras"'),
    "all top-level keys": 'lock-version = "1.0"\ncreated-by = "t"\nenvironments = ["sys_platform == \'linux\'"]\nrequires-python = ">=3.8"\n'
    'extras = ["a"]\ndependency-groups = ["b"]\ndefault-groups = ["c"]\npackages = []\n[tool.x]\ny = 1\n',
    "upload time": with_wheels("{" + URL + ", upload-time = 2026-01-02T03:04:05.678Z, size = 5, " + HASH + "}"),
    "sdist beside wheels": with_wheels(WHEEL, 'sdist = {url = "https://index.example/files/six-1.17.0.tar.gz", ' + HASH + "}"),
    "sdist alone": package('version = "1.17.0"\nsdist = {url = "https://index.example/files/six-1.17.0.tar.gz", ' + HASH + "}"),
    "minor version": 'lock-version = "1.1"\ncreated-by = "t"\npackages = []\nfuture = 1\n',
    "dependencies": with_wheels(WHEEL, 'dependencies = [{name = "x", version = "1"}, {name = "y"}]'),
    "directory": package('directory = {path = ".", editable = true}'),
    "vcs": package('vcs = {type = "git", url = "https://index.example/r", requested-revision = "main", commit-id = "' + "0" * 40 + '"}'),
    "vcs by path": package('vcs = {type = "git", path = "../r", commit-id = "' + "0" * 40 + '"}'),
    "archive": package('archive = {url = "https://index.example/a.zip", ' + HASH + "}"),
    "path instead of url": with_wheels('{path = "six-1.17.0-py3-none-any.whl", ' + HASH + "}"),
    "sdist by path": package('version = "1.17.0"\nsdist = {path = "six-1.17.0.tar.gz", ' + HASH + "}"),
    "md5 only": with_wheels("{" + URL + ', hashes = {md5 = "d41d8cd98f00b204e9800998ecf8427e"}}'),
}

NEITHER = {
    "no TOML": "lock-version = ",
    "empty": "",
    "no lock-version": 'created-by = "t"\npackages = []\n',
    "no created-by": 'lock-version = "1.0"\npackages = []\n',
    "no packages key": HEAD,
    "major version": 'lock-version = "2.0"\ncreated-by = "t"\npackages = []\n',
    "version as number": 'lock-version = 1.0\ncreated-by = "t"\npackages = []\n',
    "name not normalised": with_wheels(WHEEL).replace('"six"', '"Six"'),
    "no name": HEAD + '[[packages]]\nversion = "1"\n',
    "no source": package('version = "1.17.0"'),
    "bad version": with_wheels(WHEEL, 'version = "one"'),
    "bad marker": with_wheels(WHEEL, 'marker = "python_version >"'),
    "bad requires-python": HEAD + 'requires-python = "three"\npackages = []\n',
    "bad environment": HEAD + 'environments = ["x"]\npackages = []\n',
    "no hashes": with_wheels("{" + URL + "}"),
    "empty hashes": with_wheels("{" + URL + ", hashes = {}}"),
    "no url": with_wheels("{" + HASH + "}"),
    "wheel of another version": with_wheels(WHEEL, 'version = "1.16.0"'),
    "wheel of another package": with_wheels(WHEEL).replace('name = "six"', 'name = "seven"'),
    "wheel without a wheel's name": with_wheels('{name = "six.whl", ' + URL + ", " + HASH + "}"),
    "directory without path": package("directory = {editable = true}"),
    "directory with a text for editable": package('directory = {path = ".", editable = "yes"}'),
    "vcs without commit": package('vcs = {type = "git", url = "https://index.example/r"}'),
    "vcs without place": package('vcs = {type = "git", commit-id = "0"}'),
    "archive without hashes": package('archive = {url = "https://index.example/a.zip"}'),
    "archive without place": package("archive = {" + HASH + "}"),
    "vcs and directory": package('directory = {path = "."}\nvcs = {type = "git", url = "https://index.example/r", commit-id = "0"}'),
    "wheels and archive": with_wheels(WHEEL, 'archive = {url = "https://index.example/a.zip", ' + HASH + "}"),
    "duplicate key": HEAD + HEAD + "packages = []\n",
    "size as text": with_wheels("{" + URL + ', size = "5", ' + HASH + "}"),
}

STRICTER = {
    "sha256 too short": with_wheels("{" + URL + ', hashes = {sha256 = "abc"}}'),
    "upload time in another zone": with_wheels("{" + URL + ", upload-time = 2026-01-02T03:04:05+01:00, " + HASH + "}"),
}


class LocksJudged(workshop.Workshop):
    def write_all(self, cases):
        paths = []
        for number, text in enumerate(cases.values()):
            paths.append(os.path.join(self.folder, f"pylock.case{len(cases)}-{number}.toml"))
            with open(paths[-1], "w", encoding="utf-8") as file:
                file.write(text)
        return paths

    def check(self, cases, ours, theirs):
        paths = self.write_all(cases)
        verdicts = self.packaging(JUDGE, *paths)
        for name, path, verdict in zip(cases, paths, verdicts):
            with self.subTest(name):
                self.assertEqual(verdict, theirs, "packaging judges otherwise")
                done = workshop.subprocess.run([self.torchup, "debug", "lock-check", path], env=self.environment(), capture_output=True, text=True,
                                               timeout=workshop.LIMIT, check=False)
                self.assertEqual(done.stdout.splitlines()[:1] == ["valid"], ours, done.stdout + done.stderr)

    def test_sound_locks(self):
        self.check(BOTH, ours=True, theirs=True)

    def test_broken_locks(self):
        self.check(NEITHER, ours=False, theirs=False)

    def test_locks_that_torchup_does_not_support(self):
        self.check(STRICTER, ours=False, theirs=True)


if __name__ == "__main__":
    workshop.main(LocksJudged)
