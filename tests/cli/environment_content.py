"""What an environment holds, as a value: for whether one that was carried is the one that was made."""

import hashlib
import json
import os


def content_of(top):
    """Every path below a folder with its kind, mode and content; when a generation was made is left out."""
    found = {}
    for root, folders, names in os.walk(top):
        for name in folders + names:
            path = os.path.join(root, name)
            key = os.path.relpath(path, top)
            if os.path.islink(path):
                found[key] = ("link", os.readlink(path))
            elif os.path.isdir(path):
                found[key] = ("folder", os.stat(path).st_mode)
            elif name == "torchup-generation.json":
                with open(path, encoding="utf-8") as file:
                    found[key] = {field: value for field, value in json.load(file).items() if field != "created"}
            else:
                with open(path, "rb") as file:
                    found[key] = (os.stat(path).st_mode, hashlib.file_digest(file, "sha256").hexdigest())
    return found
