"""Malformed wheels, one fault each: (the rule that it breaks, what is wrong, a function that does it to a sound wheel)."""

import struct
import zlib

from wheel_bytes import DEFLATED, SATURATED, STORED, Wheel, deflated, extra_field, zip64_end

INIT, DATA = "__init__.py", "data.txt"


def lies(where, **values):
    """A record of the first file that says something else: `local`, `central` or `both`."""

    def change(wheel):
        part = wheel[INIT]
        if where == "both":
            part.both(**values)
        else:
            getattr(part, where).update(values)

    return change


def named(name, data=b"x", **more):
    return lambda wheel: wheel.add(name, data, **more)


def end(**values):
    return lambda wheel: wheel.end.update(values)


def zip64(**values):
    def change(wheel):
        wheel.behind_directory = lambda say: zip64_end(say, **values)

    return change


def attribute(name, value):
    return lambda wheel: setattr(wheel, name, value)


def part(ending, **values):
    def change(wheel):
        for name, value in values.items():
            setattr(wheel[ending], name, value)

    return change


def text(ending, content):
    return lambda wheel: wheel.set_text(ending, content)


def row(content):
    def change(wheel):
        wheel.rows[f"{wheel.name}/{INIT}"] = content(wheel) if callable(content) else content

    return change


def more_rows(content):
    return lambda wheel: setattr(wheel, "more_rows", content.replace("NAME", wheel.name))


def descriptor(make, flags=8):
    def change(wheel):
        one = wheel[INIT]
        one.flags = flags
        one.behind = make(zlib.crc32(one.data), len(one.content()), len(one.data))

    return change


def packed(make):
    def change(wheel):
        wheel[INIT].packed = make(wheel[INIT].content())

    return change


def overlapping(wheel):
    """Two entries of the directory share the bytes of one, as in a bomb that counts each of them."""
    again = wheel.add(wheel[INIT].name + b"2", wheel[INIT].data, present=False)
    again.central["offset"] = 0
    again.central["name"] = wheel[INIT].name + b"2"


def entry_points(line, group="console_scripts"):
    return lambda wheel: wheel.add(f"{wheel.info}/entry_points.txt", f"[{group}]\n{line}\n")


def metadata(content):
    return lambda wheel: wheel.set_text("METADATA", content.replace("NAME", wheel.name))


def wide(content, **sizes):
    """A ZIP64 field in both records of the first file."""
    return lies("both", extra=extra_field(1, content), **sizes)


def second_info(wheel):
    wheel.add("other-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: other\nVersion: 1.0\n")


def rename_info(new):
    def change(wheel):
        old, wheel.info = wheel.info, new
        for one in wheel.parts:
            one.name = one.name.replace(old.encode(), new.encode())

    return change


SIGNED = struct.Struct("<IIII")
CONTROLS = {"an escape": b"\x1b[2J", "a bell": b"\x07", "a newline": b"\n", "a carriage return": b"\r", "a NUL": b"\0", "a DEL": b"\x7f",
            "a tab": b"\t", "a C1 control": "\u009b31m".encode(), "a right-to-left override": "\u202e".encode(),
            "a left-to-right isolate": "\u2066".encode(), "a line separator": "\u2028".encode(), "a byte order mark": "\ufeff".encode(),
            "an Arabic letter mark": "\u061c".encode(), "a left-to-right mark": "\u200e".encode()}
NOT_UTF8 = {"a lone byte": b"\xff", "an overlong slash": b"\xc0\xaf", "a surrogate": b"\xed\xa0\x80", "a sequence cut short": b"\xe2\x82",
            "a code point too large": b"\xf5\x80\x80\x80", "Latin-1": b"caf\xe9", "an overlong NUL": b"\xc0\x80"}
TYPES = {"a symbolic link": 0o120777, "a device": 0o020644, "a block device": 0o060644, "a pipe": 0o010644, "a socket": 0o140644,
         "a directory by its mode": 0o040755}
PATHS = {"path-traversal": ("../outside.txt", "demo/../../outside.txt", "./demo.py", "demo/./a.py", "demo//a.py", "..", ".", "demo/..",
                            "../../../../../../tmp/outside.txt", "demo/../x.py"),
         "absolute-path": ("/tmp/outside.txt", "/outside.txt", "C:/outside.txt", "c:outside.txt", "//server/share"),
         "backslash": ("demo\\..\\a.py", "..\\outside.txt", "demo\\a.py", "\\outside.txt"),
         "path-too-long": ("a" * 256, "/".join(["b" * 200] * 6), "/".join("c" * 65), "d/" + "e" * 300 + "/f"),
         "data-folder": ("NAME-1.0.data/stray.txt", "NAME-1.0.data/nowhere/x", "NAME-1.0.data/bin/x", "other-1.0.data/scripts/x",
                         "NAME-1.0.data/scripts/deep/x", "NAME-2.0.data/purelib/x")}
BAD_SCRIPTS = {"../x": "demo:main", "a/b": "demo:main", "python": "demo:main", "python3.11": "demo:main", "activate": "demo:main",
               ".hidden": "demo:main", "x" * 300: "demo:main", "a\\b": "demo:main", "ok": "os;import os", "ok2": "demo:main()", "ok3": "",
               "ok4": "demo:", "ok5": "demo main", "ok6": "1demo:main", "ok7": "demo:a..b"}

FRAMING = [
    ("gap", "a byte in front of everything", attribute("prefix", b"x")),
    ("gap", "a script in front of everything", attribute("prefix", b"#!/bin/sh\nexit\n")),
    ("gap", "stray bytes between two entries", part(DATA, before=b"stray")),
    ("gap", "stray bytes behind the last entry", attribute("before_directory", b"x")),
    ("gap", "a local header that no directory lists", part(DATA, listed=False)),
    ("gap", "another archive between two entries", lambda wheel: setattr(wheel[DATA], "before", Wheel("other").bytes())),
    ("gap", "an entry whose offset is one too high", lies("central", offset=1)),
    ("local-header", "two entries with the same bytes", overlapping),
    ("overlap", "a packed size that reaches into the next entry", lies("both", packed_size=400)),
    ("trailing-data", "a byte at the end", attribute("trailing", b"x")),
    ("trailing-data", "zeros at the end", attribute("trailing", b"\0" * 512)),
    ("archive-comment", "a comment", end(comment=b"hello")),
    ("directory-size", "a comment with an end record in it", end(comment=b"PK\5\6" + b"\0" * 18)),
    ("archive-comment", "a comment that is announced and not there", end(comment_size=9)),
    ("no-end-record", "no end record", lambda wheel: setattr(wheel, "cut", 22)),
    ("no-end-record", "half an end record", lambda wheel: setattr(wheel, "cut", 11)),
    ("no-end-record", "nothing at all", lambda wheel: setattr(wheel, "whole", b"")),
    ("no-end-record", "a web page", lambda wheel: setattr(wheel, "whole", b"<!DOCTYPE html><title>Sign in</title>" * 9)),
    ("no-end-record", "zeros", lambda wheel: setattr(wheel, "whole", b"\0" * 4096)),
    ("directory-size", "a directory that does not end where the end record begins", attribute("behind_directory", b"xyz")),
    ("directory-size", "an end record with an offset one too low", end(offset=lambda say: say["offset"] - 1)),
    ("directory-size", "an end record with an offset one too high", end(offset=lambda say: say["offset"] + 1)),
    ("directory-size", "an end record with a size too small", end(size=lambda say: say["size"] - 1)),
    ("directory-size", "an end record with a size too large", end(size=lambda say: say["size"] + 1)),
    ("directory-size", "a size beyond the file", end(size=0x7FFFFFFF)),
    ("entry-count", "one entry too many counted", end(count=lambda say: say["count"] + 1, here=lambda say: say["here"] + 1)),
    ("entry-count", "one entry too few counted", end(count=lambda say: say["count"] - 1, here=lambda say: say["here"] - 1)),
    ("entry-count", "no entry counted", end(count=0, here=0)),
    ("directory-record", "a directory record with another signature", lies("central", signature=0x02014B51)),
    ("directory-record", "a directory with rubbish at its end", attribute("in_directory", b"rubbish")),
    ("directory-record", "a last record cut short", lambda wheel: setattr(wheel, "in_directory", b"PK\1\2" + b"\0" * 20)),
    ("directory-record", "an extra field longer than the directory", lies("central", extra_size=0xFFFF)),
    ("multi-disk", "another disk in the end record", end(disk=1)),
    ("multi-disk", "a directory on another disk", end(directory_disk=1)),
    ("multi-disk", "entries on another disk", end(here=1)),
    ("multi-disk", "an entry on another disk", lies("central", disk=1)),
    ("out-of-bounds", "an entry behind the directory", lies("central", offset=0x7FFFFFFF)),
    ("out-of-bounds", "a packed size beyond the directory", lies("both", packed_size=0x7FFFFFF0)),
    ("local-header", "a local header with another signature", lies("local", signature=0x04034B51)),
    ("local-header", "an entry without its local header", lambda wheel: setattr(wheel.parts[0], "before", b"x" * 40) or wheel.parts[0].central.update(offset=0)),
]
ZIP64 = [
    ("zip64", "a count that announces ZIP64 and none there", end(count=0xFFFF, here=0xFFFF)),
    ("zip64", "a size that announces ZIP64 and none there", end(size=SATURATED)),
    ("zip64", "an offset that announces ZIP64 and none there", end(offset=SATURATED)),
    ("zip64", "a locator alone", attribute("behind_directory", struct.pack("<IIQI", 0x07064B50, 0, 0, 1))),
    ("zip64", "a locator that points elsewhere", zip64(at=0)),
    ("zip64", "a ZIP64 end record with another signature", zip64(signature=0x06064B51)),
    ("zip64", "a ZIP64 end record with an extensible part", zip64(length=60)),
    ("zip64", "a ZIP64 end record too short", zip64(length=12)),
    ("zip64", "two end records that disagree in the count", zip64(count=1, here=1)),
    ("zip64", "two end records that disagree in the size", zip64(size=46)),
    ("zip64", "two end records that disagree in the offset", zip64(offset=0)),
    ("multi-disk", "a ZIP64 locator of several disks", zip64(disks=2)),
    ("multi-disk", "a ZIP64 locator that names another disk", zip64(locator_disk=1)),
    ("multi-disk", "a ZIP64 end record of another disk", zip64(disk=1)),
    ("multi-disk", "a ZIP64 end record with a directory elsewhere", zip64(directory_disk=1)),
    ("multi-disk", "a ZIP64 end record with entries elsewhere", zip64(here=1)),
    ("zip64", "a size that announces a field that is not there", lies("both", size=SATURATED)),
    ("zip64", "a packed size that announces a field that is not there", lies("both", packed_size=SATURATED)),
    ("zip64", "an offset that announces a field that is not there", lies("central", offset=SATURATED)),
    ("zip64", "a ZIP64 field too short", wide(b"\1\0\0\0", size=SATURATED)),
    ("zip64", "a ZIP64 field that nothing announces", wide(b"\1" + b"\0" * 7)),
    ("zip64", "a ZIP64 field of the local header that says other sizes than the header", lies("local", extra=extra_field(1, b"\1" + b"\0" * 15))),
    ("zip64", "two ZIP64 fields", lies("both", size=SATURATED, extra=extra_field(1, b"\1" + b"\0" * 7) * 2)),
    ("extra-field", "stray bytes in the extra fields", lies("both", extra=b"abc")),
    ("extra-field", "one stray byte in the extra fields", lies("both", extra=b"x")),
    ("extra-field", "an extra field longer than its space", lies("both", extra=extra_field(0x5455, b"x", 9))),
    ("extra-field", "an extra field of the local header longer than its space", lies("local", extra=extra_field(0x5455, b"x", 9))),
    ("unicode-path", "a second name in both records", lies("both", extra=extra_field(0x7075, b"\1\0\0\0\0other.py"))),
    ("unicode-path", "a second name in the local header", lies("local", extra=extra_field(0x7075, b"\1\0\0\0\0other.py"))),
    ("unicode-path", "a second name in the directory", lies("central", extra=extra_field(0x7075, b"\1\0\0\0\0other.py"))),
]
ENTRIES = [
    ("local-header-mismatch", "another name of the same length", lies("local", name=b"demo/__evil__.p")),
    ("local-header-mismatch", "a longer name", lies("local", name=b"demo/__init__.pyc")),
    ("local-header-mismatch", "another method", lies("local", method=STORED)),
    ("local-header-mismatch", "other flags", lies("local", flags=2)),
    ("local-header-mismatch", "another CRC-32", lies("local", crc=1)),
    ("local-header-mismatch", "another size", lies("local", size=1)),
    ("local-header-mismatch", "another packed size", lies("local", packed_size=1)),
    ("local-header-mismatch", "no sizes, without a descriptor", lies("local", crc=0, size=0, packed_size=0)),
    ("data-descriptor", "a descriptor that is announced and not there", part(INIT, flags=8)),
    ("data-descriptor", "a descriptor with another CRC-32", descriptor(lambda crc, packed_size, size: SIGNED.pack(0x08074B50, crc ^ 1, packed_size, size))),
    ("data-descriptor", "a descriptor with another packed size", descriptor(lambda crc, packed_size, size: SIGNED.pack(0x08074B50, crc, packed_size + 1, size))),
    ("data-descriptor", "a descriptor with another size", descriptor(lambda crc, packed_size, size: SIGNED.pack(0x08074B50, crc, packed_size, size + 1))),
    ("data-descriptor", "a descriptor with another signature", descriptor(lambda crc, packed_size, size: SIGNED.pack(0x08074B51, crc, packed_size, size))),
    ("data-descriptor", "a descriptor cut short", descriptor(lambda crc, packed_size, size: SIGNED.pack(0x08074B50, crc, packed_size, size)[:13])),
    ("data-descriptor", "a descriptor with a byte behind it", descriptor(lambda crc, packed_size, size: SIGNED.pack(0x08074B50, crc, packed_size, size) + b"x")),
    ("data-descriptor", "a stored entry with a descriptor", lambda wheel: (part(INIT, method=STORED)(wheel), descriptor(lambda crc, packed_size, size: SIGNED.pack(0x08074B50, crc, packed_size, size))(wheel))),
    ("encrypted", "an encrypted entry", lies("both", flags=1)),
    ("encrypted", "strong encryption", lies("both", flags=0x41)),
    ("encrypted", "masked headers", lies("both", flags=0x2000)),
    ("patched-data", "a patch", lies("both", flags=0x20)),
    ("unsupported-flag", "an unknown flag", lies("both", flags=0x10)),
    ("unsupported-flag", "a reserved flag", lies("both", flags=0x8000)),
    *[("unsupported-method", f"method {method}", lies("both", method=method)) for method in (1, 6, 9, 12, 14, 93, 95, 98, 99, 65535)],
    ("stored-size", "a stored entry with two sizes", lies("both", method=STORED)),
    ("bad-crc", "another CRC-32 in both records", lies("both", crc=0x12345678)),
    ("bad-crc", "a stored byte changed", lambda wheel: (part(INIT, method=STORED)(wheel), packed(lambda data: b"X" + data[1:])(wheel))),
    ("bad-deflate", "a size one too small", lies("both", size=5)),
    ("bad-deflate", "a size one too large", lambda wheel: wheel[INIT].both(size=len(wheel[INIT].data) + 1)),
    ("bad-deflate", "no end of the stream", packed(lambda data: data[:-1])),
    ("bad-deflate", "a byte behind the end of the stream", packed(lambda data: data + b"x")),
    ("bad-deflate", "a second stream behind the first", packed(lambda data: data + deflated(b"more"))),
    ("bad-deflate", "a reserved kind of block", packed(lambda data: b"\xff" + data[1:])),
    ("bad-deflate", "no data at all", packed(lambda data: b"")),
    ("bad-deflate", "zlib's header in front", packed(lambda data: b"\x78\x9c" + data)),
    ("bad-deflate", "a distance before the beginning", packed(lambda data: b"\x4b\x04\x02\x00"[:2] + b"\xff\xff\xff\xff")),
    ("too-large", "an entry of a terabyte", wide(struct.pack("<Q", 1 << 40), size=SATURATED)),
    ("compression-ratio", "a bomb", lambda wheel: wheel.add("demo/bomb", b"\0" * (70 << 20))),
    ("duplicate-name", "a name twice", lambda wheel: wheel.add(wheel[INIT].name, wheel[INIT].data)),
    ("duplicate-name", "a name twice with other content", lambda wheel: wheel.add(wheel[INIT].name, b"import os\n")),
    ("duplicate-name", "METADATA twice", lambda wheel: wheel.add(wheel["METADATA"].name, wheel["METADATA"].data)),
    ("name-collision", "names that differ in case", lambda wheel: wheel.add(wheel[INIT].name.replace(b"init", b"INIT"), b"x")),
    ("name-collision", "names that differ in how an accent is written",
     lambda wheel: (wheel.add("demo/caf\u00e9.py".encode(), b"x"), wheel.add("demo/cafe\u0301.py".encode(), b"x"))),
    ("file-as-directory", "a file and what lies in it", lambda wheel: wheel.add(wheel[INIT].name + b"/a.py", b"x")),
    ("file-as-directory", "a file and a directory of one name", lambda wheel: wheel.add(wheel[INIT].name + b"/", b"", method=STORED, mode=0o040755)),
    ("directory-data", "a directory with content", lambda wheel: wheel.add("demo/sub/", b"content", mode=0o040755)),
    *[("file-type", what, named("demo/special", b"/etc/passwd", mode=mode)) for what, mode in TYPES.items()],
    ("file-type", "a directory that is a regular file by its mode", named("demo/sub/", b"", method=STORED, mode=0o100644)),
    *[("name-character", f"a name with {what}", named(b"demo/a" + content + b".py")) for what, content in CONTROLS.items()],
    *[("name-encoding", f"a name with {what}", named(b"demo/a" + content + b".py")) for what, content in NOT_UTF8.items()],
    ("path-traversal", "an entry without a name", named(b"")),
    *[(rule, f"a file `{path[:40]}`", lambda wheel, path=path: wheel.add(path.replace("NAME", wheel.name), b"x")) for rule, paths in PATHS.items() for path in paths],
]
WHEELS = [
    ("dist-info", "no .dist-info", rename_info("demo/info")),
    ("dist-info", "two .dist-info", second_info),
    ("dist-info", "the .dist-info of another package", rename_info("other-1.0.dist-info")),
    ("dist-info", "the .dist-info of another version", rename_info("demo-2.0.dist-info")),
    ("dist-info", "a .dist-info without a version", rename_info("demo.dist-info")),
    ("wheel-version", "no WHEEL version", text("WHEEL", "Generator: x\n")),
    ("wheel-version", "WHEEL of version 2", text("WHEEL", "Wheel-Version: 2.0\n")),
    ("wheel-version", "WHEEL with two versions", text("WHEEL", "Wheel-Version: 1.0\nWheel-Version: 1.1\n")),
    ("wheel-version", "an empty WHEEL", text("WHEEL", "")),
    ("metadata", "METADATA without a name", metadata("Metadata-Version: 2.1\nVersion: 1.0\n")),
    ("metadata", "METADATA without a version", metadata("Metadata-Version: 2.1\nName: NAME\n")),
    ("metadata", "METADATA of another package", metadata("Metadata-Version: 2.1\nName: other\nVersion: 1.0\n")),
    ("metadata", "METADATA of another version", metadata("Metadata-Version: 2.1\nName: NAME\nVersion: 2.0\n")),
    ("metadata", "METADATA with two names", metadata("Metadata-Version: 2.1\nName: NAME\nName: other\nVersion: 1.0\n")),
    ("metadata", "METADATA with two versions", metadata("Metadata-Version: 2.1\nName: NAME\nVersion: 1.0\nVersion: 2.0\n")),
    ("metadata", "an empty METADATA", metadata("")),
    ("record-missing", "no RECORD", attribute("record", False)),
    ("record-lacks", "a file that RECORD does not list", row(None)),
    ("record-lacks", "a file without a digest in RECORD", row("demo/__init__.py,,")),
    ("record-hash", "a file with another digest in RECORD", row("demo/__init__.py,sha256=" + "A" * 43 + ",")),
    ("record-size", "a file with another size in RECORD", row(lambda wheel: f"demo/__init__.py,{_digest(wheel)},99999")),
    ("record-algorithm", "a digest of md5", row("demo/__init__.py,md5=AAAAAAAAAAAAAAAAAAAAAA,")),
    ("record-algorithm", "a digest of sha1", row("demo/__init__.py,sha1=AAAAAAAAAAAAAAAAAAAAAAAAAAA,")),
    ("record-syntax", "a digest that is none", row("demo/__init__.py,sha256=!!!,")),
    ("record-syntax", "a digest in hexadecimal", row("demo/__init__.py,sha256=" + "0" * 64 + ",")),
    ("record-syntax", "a size that is none", row(lambda wheel: f"demo/__init__.py,{_digest(wheel)},many")),
    ("record-syntax", "a negative size", row(lambda wheel: f"demo/__init__.py,{_digest(wheel)},-1")),
    ("record-syntax", "a row of two fields", more_rows("a,b\n")),
    ("record-syntax", "a row of four fields", more_rows("a,b,c,d\n")),
    ("record-syntax", "a row without a path", more_rows(",,\n")),
    ("record-syntax", "quotes that do not close", more_rows('"a,,\n')),
    ("record-syntax", "a quote inside a field", more_rows('a"b,,\n')),
    ("record-duplicate", "a row twice", more_rows("NAME/__init__.py,,\n")),
    ("record-phantom", "a row without a file", more_rows("NAME/gone.py,sha256=" + "A" * 43 + ",1\n")),
    ("record-phantom", "a row that leads outside", more_rows("../../outside.txt,,\n")),
    ("record-phantom", "an absolute row", more_rows("/tmp/outside.txt,,\n")),
    *[("entry-point", f"a script `{name[:20]}` that runs `{target}`", entry_points(f"{name} = {target}")) for name, target in BAD_SCRIPTS.items()],
    ("entry-point", "a script without a target", entry_points("just-a-name")),
    ("entry-point", "a graphical script that leads outside", entry_points("../x = demo:main", "gui_scripts")),
]
SOUND = [
    ("ok", "nothing", lambda wheel: None),
    ("ok", "a stored entry", part(INIT, method=STORED)),
    ("ok", "a descriptor", descriptor(lambda crc, packed_size, size: SIGNED.pack(0x08074B50, crc, packed_size, size))),
    ("ok", "an executable", part(INIT, mode=0o100755)),
    ("ok", "a setuid bit, which is not kept", part(INIT, mode=0o104755)),
    ("ok", "a name that is not ASCII", named("demo/日本.py")),
    ("ok", "a comma in a name", named("demo/a,b.txt")),
    ("ok", "an empty file", named("demo/empty", b"", method=STORED)),
    ("ok", "a directory", named("demo/sub/", b"", method=STORED, mode=0o040755)),
    ("ok", "ZIP64 records that say the same", zip64()),
    ("ok", "a comment of one entry", lies("central", comment=b"of one entry")),
    ("ok", "a time in the extra fields", lies("both", extra=extra_field(0x5455, b"\1\0\0\0\0"))),
]
MALFORMED = FRAMING + ZIP64 + ENTRIES + WHEELS


def _digest(wheel):
    from wheel_bytes import record_hash

    return record_hash(wheel[INIT].data)


def bytes_of(change, name="demo"):
    wheel = Wheel(name)
    change(wheel)
    if hasattr(wheel, "whole"):
        return wheel.whole
    content = wheel.bytes()
    return content[: len(content) - getattr(wheel, "cut", 0)]
