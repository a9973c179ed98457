"""Wheels out of their single bytes: a sound one, of which any field of any record can be made to lie."""

import base64
import dataclasses
import hashlib
import struct
import zlib

STORED, DEFLATED = 0, 8
SATURATED = 0xFFFFFFFF


def deflated(data):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


@dataclasses.dataclass
class Part:
    """One entry. `local` and `central` hold what the two records say other than the truth."""

    name: bytes
    data: bytes
    method: int = DEFLATED
    flags: int = 0
    mode: int = 0o100644
    packed: bytes | None = None
    before: bytes = b""  # stray bytes in front of the local header
    behind: bytes = b""  # behind the data: a descriptor, or what belongs to nobody
    local: dict = dataclasses.field(default_factory=dict)
    central: dict = dataclasses.field(default_factory=dict)
    listed: bool = True  # in the directory
    present: bool = True  # with a local header and data

    def both(self, **values):
        self.local |= values
        self.central |= values

    def content(self):
        if self.packed is not None:
            return self.packed
        return deflated(self.data) if self.method == DEFLATED else self.data

    def truth(self, offset):
        return {"name": self.name, "flags": self.flags, "method": self.method, "crc": zlib.crc32(self.data), "size": len(self.data),
                "packed_size": len(self.content()), "extra": b"", "comment": b"", "disk": 0, "mode": self.mode, "offset": offset}

    def local_record(self):
        say = self.truth(0) | self.local
        header = struct.pack("<IHHHHHIIIHH", say.get("signature", 0x04034B50), 20, say["flags"], say["method"], 0, 33, say["crc"],
                             say["packed_size"], say["size"], say.get("name_size", len(say["name"])), len(say["extra"]))
        return header + say["name"] + say["extra"]

    def central_record(self, offset):
        say = self.truth(offset) | self.central
        header = struct.pack("<IHHHHHHIIIHHHHHII", say.get("signature", 0x02014B50), 0x0314, 20, say["flags"], say["method"], 0, 33,
                             say["crc"], say["packed_size"], say["size"], len(say["name"]), say.get("extra_size", len(say["extra"])),
                             len(say["comment"]), say["disk"], 0, say["mode"] << 16, say["offset"])
        return header + say["name"] + say["extra"] + say["comment"]


def record_hash(data):
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


class Wheel:
    """Parts, then the directory, then its end; RECORD is made last, unless it is given."""

    def __init__(self, name="demo", version="1.0", files=()):
        self.name, self.version = name, version
        self.info = f"{name}-{version}.dist-info"
        self.parts = []
        for path, text in (files or {f"{name}/__init__.py": f"NAME = '{name}'\n", f"{name}/data.txt": "a line\n" * 40}).items():
            self.add(path, text)
        self.add(f"{self.info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        self.add(f"{self.info}/WHEEL", "Wheel-Version: 1.0\nGenerator: torture\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        self.rows = {}  # of RECORD, by path: what it says other than the truth; None leaves a row out
        self.more_rows = ""
        self.record = None  # its whole text, instead
        self.prefix = self.before_directory = self.in_directory = self.behind_directory = self.trailing = b""
        self.end = {}

    def add(self, path, text, **more):
        name = path if isinstance(path, bytes) else path.encode()
        self.parts.append(Part(name, text if isinstance(text, bytes) else text.encode(), **more))
        return self.parts[-1]

    def part(self, ending):
        return next(part for part in self.parts if part.name.endswith(ending.encode()))

    def __getitem__(self, ending):
        return self.part(ending)

    def set_text(self, ending, text):
        self.part(ending).data = text.encode()

    def record_text(self):
        if self.record is not None:
            return self.record
        path = f"{self.info}/RECORD"
        rows = []
        for part in self.parts:
            name = part.name.decode("utf-8", "surrogateescape")
            quoted = '"' + name.replace('"', '""') + '"' if any(letter in name for letter in ',"\n\r') else name
            row = self.rows.get(name, f"{quoted},{record_hash(part.data)},{len(part.data)}")
            if row is not None and not name.endswith("/"):
                rows.append(row)
        return "\n".join(rows) + "\n" + self.more_rows + f"{path},,\n"

    def bytes(self):
        parts = list(self.parts)
        if self.record is not False:
            parts.append(Part(f"{self.info}/RECORD".encode(), self.record_text().encode("utf-8", "surrogateescape")))
        body, directory, count = bytearray(self.prefix), bytearray(), 0
        for part in parts:
            body += part.before
            offset = len(body)
            if part.present:
                body += part.local_record() + part.content() + part.behind
            if part.listed:
                directory += part.central_record(offset)
                count += 1
        body += self.before_directory
        directory += self.in_directory
        say = {"disk": 0, "directory_disk": 0, "here": count, "count": count, "size": len(directory), "offset": len(body), "comment": b""}
        say |= {key: value(say) if callable(value) else value for key, value in self.end.items()}
        behind = self.behind_directory(say) if callable(self.behind_directory) else self.behind_directory
        end = struct.pack("<IHHHHIIH", 0x06054B50, say["disk"], say["directory_disk"], say["here"], say["count"], say["size"], say["offset"],
                          say.get("comment_size", len(say["comment"])))
        return bytes(body + directory) + behind + end + say["comment"] + self.trailing


def zip64_end(say, **lies):
    """A ZIP64 end record with its locator, as they stand between the directory and the end record."""
    at = say["offset"] + say["size"]
    true = {"signature": 0x06064B50, "length": 44, "disk": 0, "directory_disk": 0, "here": say["count"], "count": say["count"],
            "size": say["size"], "offset": say["offset"], "locator": 0x07064B50, "locator_disk": 0, "at": at, "disks": 1} | lies
    record = struct.pack("<IQHHIIQQQQ", true["signature"], true["length"], 45, 45, true["disk"], true["directory_disk"], true["here"],
                         true["count"], true["size"], true["offset"])
    return record + struct.pack("<IIQI", true["locator"], true["locator_disk"], true["at"], true["disks"])


def extra_field(tag, content, length=None):
    return struct.pack("<HH", tag, len(content) if length is None else length) + content
