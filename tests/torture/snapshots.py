"""What a folder holds, byte for byte, as a value that can be compared; and which of its generations an environment uses."""

import hashlib
import importlib.util
import json
import marshal
import os
import stat

MANIFEST = "torchup-generation.json"
UNLINKED = (MANIFEST, "pylock.toml")  # what a generation holds for torchup alone


class Torn(Exception):
    """An environment, store or ledger that is not what it was nor what it was to become."""


def manifest_digest(path):
    """Of a generation's manifest but its number and time, which differ from run to run."""
    try:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
    except (ValueError, UnicodeDecodeError) as error:
        raise Torn(f"{path} cannot be read: {error}") from error
    return json.dumps({key: value for key, value in document.items() if key not in ("created", "number")}, sort_keys=True)


def is_whole_bytecode(path):
    """It names the time of its source and the place where it was compiled, which differ from run to run: only that it can be read counts."""
    with open(path, "rb") as file:
        content = file.read()
    try:
        marshal.loads(content[16:])
    except (ValueError, EOFError, TypeError):
        return False
    return content[:4] == importlib.util.MAGIC_NUMBER


def entry(path):
    status = os.lstat(path)
    if stat.S_ISLNK(status.st_mode):
        return "link", os.readlink(path)
    if stat.S_ISDIR(status.st_mode):
        return "folder", ""
    if os.path.basename(path) == MANIFEST:
        return "manifest", manifest_digest(path)
    if path.endswith(".pyc"):
        return "bytecode", is_whole_bytecode(path)
    with open(path, "rb") as file:  # a link to the store is read-only, where a copy of it is not
        return "file", bool(status.st_mode & 0o111), hashlib.sha256(file.read()).hexdigest()


def snapshot(folder):
    """Every path below a folder with what it is; None where there is no folder."""
    if not os.path.isdir(folder):
        return None
    found = {}
    for root, folders, names in os.walk(folder):
        for name in folders + names:
            path = os.path.join(root, name)
            found[os.path.relpath(path, folder)] = entry(path)
    return found


def difference(one, other):
    """A few words on where two snapshots part."""
    one, other = one or {}, other or {}
    paths = [path for path in sorted(one.keys() | other.keys()) if one.get(path) != other.get(path)]
    shown = ", ".join(f"{path} ({one.get(path, 'missing')} / {other.get(path, 'missing')})" for path in paths[:4])
    return f"{len(paths)} paths differ: {shown}"


def numbers(environment):
    try:
        return sorted(int(name) for name in os.listdir(os.path.join(environment, "generations")) if name.isdigit())
    except FileNotFoundError:
        return []


def current_number(environment):
    """The generation in use; None where `current` is missing, which is an environment that never came to be."""
    link = os.path.join(environment, "current")
    if not os.path.lexists(link):
        return None
    target = os.readlink(link)
    if not os.path.isdir(os.path.join(environment, target)):
        raise Torn(f"current leads to {target}, which is not there")
    return int(os.path.basename(target))


def in_use(environment):
    """The snapshot of the generation in use, with the fixed links that lead into it; None where there is none."""
    number = current_number(environment)
    if number is None:
        return None
    found = snapshot(os.path.join(environment, "generations", str(number)))
    for name in {path.split("/")[0] for path in found} - set(UNLINKED):
        link = os.path.join(environment, name)
        if not os.path.islink(link) or os.readlink(link) != f"current/{name}":
            raise Torn(f"the fixed link {name} is missing")
    return found


def whole_generations(environment):
    """Every generation that has a manifest, so that it can be rolled back to: number and snapshot."""
    folder = os.path.join(environment, "generations")
    return {number: snapshot(os.path.join(folder, str(number))) for number in numbers(environment)
            if os.path.lexists(os.path.join(folder, str(number), MANIFEST))}
