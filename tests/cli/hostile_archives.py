#!/usr/bin/python3
"""Archives of LibTorch that are wrong on purpose: each is refused by the name of the rule that it breaks, and nothing is written but the cache.

    hostile_archives.py TORCHUP
"""

import os
import struct
import sys
import tempfile
import warnings
import zipfile

import harness

sys.path.insert(0, harness.INDEX_SERVER)
import make_libtorch  # noqa: E402

VERSION = "2.8.0+cpu"
NAME = f"libtorch-shared-with-deps-{VERSION}.zip"
LIBRARY = "libtorch/lib/libc10.so"
SOUND = {"libtorch/build-version": VERSION.encode() + b"\n", LIBRARY: b"c10 " * 500, "libtorch/include/torch.h": b"//\n"}


def archive(path, files, mode=0o100644, special=None):
    """A sound archive, and behind it one more entry with a mode of its own."""
    with zipfile.ZipFile(path, "w") as made:
        for name, content in files.items():
            made.writestr(make_libtorch.entry(name), content)
        if special is not None:
            made.writestr(make_libtorch.entry(special, mode), b"x")


def also(name, mode=0o100644):
    return lambda path: archive(path, SOUND, mode, name)


def without(name):
    return lambda path: archive(path, {there: content for there, content in SOUND.items() if there != name})


def patched(change):
    """A sound archive whose bytes are changed by `change(bytearray)`, which may give others."""
    def write(path):
        archive(path, SOUND)
        with open(path, "rb") as file:
            content = bytearray(file.read())
        content = change(content) or content
        with open(path, "wb") as file:
            file.write(content)
    return write


def directory(content, name):
    """Where the directory's record of an entry begins."""
    return content.index(b"PK\1\2" + content[content.rindex(name.encode()) - 46 + 4:content.rindex(name.encode())])


def set_directory(name, offset, form, value):
    def change(content):
        struct.pack_into(form, content, directory(content, name) + offset, value)
    return patched(change)


def set_both(name, local, central, form, value):
    """In the local header and in the directory."""
    def change(content):
        struct.pack_into(form, content, content.index(name.encode()) - 30 + local, value)
        struct.pack_into(form, content, directory(content, name) + central, value)
    return patched(change)


def twice(path):
    archive(path, SOUND)
    with zipfile.ZipFile(path, "a") as made, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python tells that it is so, and writes it
        made.writestr(make_libtorch.entry(LIBRARY), b"another")


def bomb(path):
    with zipfile.ZipFile(path, "w") as made:
        for name, content in SOUND.items():
            made.writestr(make_libtorch.entry(name), content)
        made.writestr(make_libtorch.entry("libtorch/lib/zeros.bin"), bytes(100 << 20))


def nested(path):
    archive(path, {**SOUND, "libtorch/lib": b"a file"})


def commented(path):
    archive(path, SOUND)
    with zipfile.ZipFile(path, "a") as made:
        made.comment = b"hello"


def overlapping(content):
    """The second entry's record says that its data are the first's."""
    first = struct.unpack_from("<I", content, directory(content, "libtorch/build-version") + 42)[0]
    struct.pack_into("<I", content, directory(content, LIBRARY) + 42, first)


def renamed(content):
    at = content.index(LIBRARY.encode())
    content[at:at + len(LIBRARY)] = LIBRARY.replace("libc10", "libc11").encode()


# What is wrong, how it is made, and the rule that it breaks.
CASES = {
    "a path above": (also("libtorch/../../outside"), "path-traversal"),
    "a path to the parent": (also("../outside"), "path-traversal"),
    "an absolute path": (also("/tmp/torchup-outside"), "absolute-path"),
    "a drive": (also("C:/outside"), "absolute-path"),
    "a backslash": (also("libtorch\\..\\outside"), "backslash"),
    "an empty part": (also("libtorch//x"), "path-traversal"),
    "a dot": (also("libtorch/./x"), "path-traversal"),
    "a symbolic link": (also("libtorch/lib/link.so", 0o120777), "file-type"),
    "a device": (also("libtorch/lib/device", 0o020666), "file-type"),
    "a pipe": (also("libtorch/lib/pipe", 0o010644), "file-type"),
    "a control character": (also("libtorch/lib/a\x1b[2Jb"), "name-character"),
    "a character that turns text round": (also("libtorch/lib/a\u202eos.b"), "name-character"),
    "a name that is too long": (also("libtorch/" + "x" * 300), "path-too-long"),
    "a path that is too deep": (also("libtorch/" + "d/" * 70 + "x"), "path-too-long"),
    "a name twice": (twice, "duplicate-name"),
    "names that differ in case": (also("libtorch/lib/LIBC10.so"), "name-collision"),
    "a file that is a folder": (nested, "file-as-directory"),
    "a file beside the folder": (also("evil.sh"), "libtorch-folder"),
    "no library": (without(LIBRARY), "libtorch-parts"),
    "no version": (without("libtorch/build-version"), "libtorch-parts"),
    "a bomb": (bomb, "compression-ratio"),
    "a size that is a lie": (set_both(LIBRARY, 22, 24, "<I", 1999), "bad-deflate"),
    "a size that only the directory has": (set_directory(LIBRARY, 24, "<I", 1999), "local-header-mismatch"),
    "a checksum that is a lie": (set_both(LIBRARY, 14, 16, "<I", 0x12345678), "bad-crc"),
    "an entry in another's place": (patched(overlapping), "local-header"),
    "another name in its header": (patched(renamed), "local-header-mismatch"),
    "encryption": (set_both(LIBRARY, 6, 8, "<H", 1), "encrypted"),
    "a method of its own": (set_both(LIBRARY, 8, 10, "<H", 12), "unsupported-method"),
    "a comment": (commented, "archive-comment"),
    "bytes behind": (patched(lambda content: content + b"more"), "trailing-data"),
    "bytes before": (patched(lambda content: b"more" + content), "directory-size"),
    "a cut": (patched(lambda content: content[:-30]), "no-end-record"),
    "a web page": (patched(lambda _: b"<html>not here</html>"), "no-end-record"),
}


class Hostile(harness.Story):
    wheels = []

    def published(self, write):
        folder = os.path.join(self.files, "libtorch", "cpu")
        os.makedirs(folder, exist_ok=True)
        write(os.path.join(folder, NAME))

    def outcome(self, number):
        """Exit status and message of an install in a home of its own."""
        self.variables["HOME"] = self.path("home", str(number))
        self.variables["TMPDIR"] = self.enterContext(tempfile.TemporaryDirectory(prefix="torchup-hostile-"))
        words = ["libtorch", "install", "2.8.0", "--variant", "cpu", "--no-validate", "--to", "lt"]
        return self.run_torchup(*words, status=6)[1]

    def test_each_is_refused_and_writes_nothing(self):
        above = set(os.listdir(os.path.dirname(self.folder)))
        for number, (what, (write, rule)) in enumerate(CASES.items()):
            with self.subTest(what):
                self.published(write)
                err = " ".join(self.outcome(number).split())
                self.assertIn(f"breaks the rule `{rule}`", err)
                self.assertEqual(self.listing(), set())
                trees = self.path("home", str(number), ".cache", "torchup", "store", "trees", "sha256")
                self.assertEqual([names for _, _, names in os.walk(trees) if names], [])
                self.assertFalse(os.path.exists(self.path("home", str(number), ".local", "share", "torchup", "libtorch-archives.sha256")))
        left = {name for name in set(os.listdir(os.path.dirname(self.folder))) - above if "outside" in name}
        self.assertEqual(left, set())

    def test_a_sound_one_is_not_refused(self):
        """The control: what all of them are made from."""
        self.published(lambda path: archive(path, SOUND))
        self.run_torchup("libtorch", "install", "2.8.0", "--variant", "cpu", "--no-validate", "--to", "lt")
        self.assertTrue(os.path.isfile(self.path("lt", "lib", "libc10.so")))


if __name__ == "__main__":
    harness.main(Hostile)
