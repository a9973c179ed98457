#!/usr/bin/python3
"""Arrows between layers point down: checks every #include of the tree against layers.txt.

    check_layers.py [ROOT]       prints what breaks a rule, one line each; exit 1 if anything does
    check_layers.py --self-test  plants one breach of each rule and sees it found
"""

import os
import re
import sys
import tempfile

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
SOURCES = (".cpp", ".hpp", ".cu")
FOLDERS = ("include/torchup", "src", "probes", "resolver", "kernels")
# What a pure layer must not touch: files, processes, threads, clocks.
IMPURE = re.compile(r"^(sys/.*|unistd\.h|fcntl\.h|dlfcn\.h|fstream|iostream|thread|mutex|future|ctime)$")
PURE_LAYERS = ("resolver",)
PRECOMPILED = "cmake/precompiled.hpp"


def read_rules(path):
    """(layer -> layers it may include, third-party header -> places that may include it) of layers.txt."""
    layers, headers = {}, {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            line = line.split("#")[0].strip() if not line.startswith("<") else line.strip()
            if not line:
                continue
            name, _, allowed = line.partition(":")
            words = [word for word in allowed.split() if word != "-"]
            (headers if name.startswith("<") else layers)[name.strip("<>")] = words
    return layers, headers


def layer_of(path):
    """The layer of a file, by its path from the root; nothing where it belongs to none."""
    parts = path.split("/")
    if parts[:2] == ["include", "torchup"] and len(parts) > 3:
        return {"install": "install-values"}.get(parts[2], parts[2])
    if parts[0] in ("probes", "resolver", "kernels"):
        return parts[0]
    if parts[0] == "src":
        return parts[1] if len(parts) > 2 else "pipeline"
    return None


def includes(path):
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if match := INCLUDE.match(line):
                yield number, match[1] == "<", match[2]


def target_of(root, path, name):
    """The path from the root of what `#include "name"` in that file means; nothing where there is no such file."""
    candidates = ["include/" + name if name.startswith("torchup/") else name, os.path.join(os.path.dirname(path), name)]
    found = next((path for path in candidates if os.path.isfile(os.path.join(root, path))), None)
    return os.path.normpath(found) if found else None


def rule_for(name, headers):
    """The line of layers.txt that speaks of a third-party header; nothing where it may stand anywhere."""
    return next((rule for rule in headers if name == rule or (rule.endswith("/") and name.startswith(rule))), None)


def shows_foreign(root, target, headers):
    """The first restricted third-party header that a file includes; a name that only declares types counts as none."""
    names = (name for _, foreign, name in includes(os.path.join(root, target)) if foreign)
    return next((name for name in names if rule_for(name, headers) and not name.endswith("_fwd.hpp")), None)


def check_ours(root, path, layer, name, layers, headers):
    target = target_of(root, path, name)
    if target is None:
        return f"`{name}` is no file of the tree"
    if target == PRECOMPILED:
        return None if path.endswith("/precompiled.hpp") else f"`{name}` is for precompiled headers only"
    wanted = layer_of(target)
    if wanted is None:
        return f"`{name}` belongs to no layer"
    allowed = layers[layer] + [layer]
    # A layer's own values stand in include/torchup under its name.
    if layer == "install":
        allowed.append("install-values")
    if "*" in allowed or wanted in allowed:
        foreign = shows_foreign(root, target, headers) if wanted != layer else None
        return f"`{name}` brings <{foreign}> into another layer" if foreign else None
    return f"{layer} must not include {wanted} (`{name}`)"


def check_foreign(path, layer, name, headers):
    if layer in PURE_LAYERS and IMPURE.match(name):
        return f"{layer} is pure and must not include <{name}>"
    rule = rule_for(name, headers)
    if rule is None:
        return None
    if path.startswith("include/") and not name.endswith("_fwd.hpp"):
        return f"a public header must not include <{name}>"
    if layer in headers[rule] or any(path.startswith(place + "/") for place in headers[rule]):
        return None
    return f"{layer} must not include <{name}>"


def check(root, rules):
    layers, headers = read_rules(rules)
    findings = []
    for folder in FOLDERS:
        for directory, _, names in sorted(os.walk(os.path.join(root, folder))):
            for file in sorted(names):
                if not file.endswith(SOURCES):
                    continue
                path = os.path.relpath(os.path.join(directory, file), root)
                layer = layer_of(path)
                if layer not in layers:
                    findings.append(f"{path}: its folder is no layer of layers.txt")
                    continue
                for number, foreign, name in includes(os.path.join(root, path)):
                    problem = check_foreign(path, layer, name, headers) if foreign else check_ours(root, path, layer, name, layers, headers)
                    if problem:
                        findings.append(f"{path}:{number}: {problem}")
    return findings


PLANTED = {
    "include/torchup/core/a.hpp": ["#pragma once"],
    "include/torchup/install/values.hpp": ['#include "torchup/core/a.hpp"'],
    "resolver/lock/good.cpp": ['#include "torchup/core/a.hpp"', "#include <toml++/toml.h>", "#include <vector>"],
    "src/install/good.cpp": ['#include "torchup/install/values.hpp"'],
    "src/pipeline.cpp": ['#include "torchup/install/values.hpp"'],
    "src/system/good.cpp": ["#include <curl/curl.h>", "#include <unistd.h>"],
    "include/torchup/core/up.hpp": ['#include "torchup/install/values.hpp"'],
    "resolver/lock/fetches.cpp": ["#include <curl/curl.h>"],
    "resolver/reads_files.cpp": ["#  include <fstream>"],
    "src/fetch/sideways.cpp": ['#include "src/system/../install/good.cpp"', '#include "src/install/good.cpp"'],
    "include/torchup/system/leaks.hpp": ["#include <curl/curl.h>"],
    "cmake/precompiled.hpp": [],
    "src/commands/precompiled.hpp": ['#include "cmake/precompiled.hpp"', "#include <CLI/CLI.hpp>"],
    "src/commands/greedy.cpp": ['#include "cmake/precompiled.hpp"'],
    "src/store/inside.hpp": ["#include <nlohmann/json.hpp>"],
    "src/verify/sees_json.cpp": ['#include "src/store/inside.hpp"'],
    "src/nowhere/file.cpp": [],
    "src/index/lost.cpp": ['#include "torchup/core/missing.hpp"'],
}

EXPECTED = [
    "include/torchup/core/up.hpp:1: core must not include install-values (`torchup/install/values.hpp`)",
    "include/torchup/system/leaks.hpp:1: a public header must not include <curl/curl.h>",
    "resolver/lock/fetches.cpp:1: resolver must not include <curl/curl.h>",
    "resolver/reads_files.cpp:1: resolver is pure and must not include <fstream>",
    "src/commands/greedy.cpp:1: `cmake/precompiled.hpp` is for precompiled headers only",
    "src/fetch/sideways.cpp:1: fetch must not include install (`src/system/../install/good.cpp`)",
    "src/fetch/sideways.cpp:2: fetch must not include install (`src/install/good.cpp`)",
    "src/index/lost.cpp:1: `torchup/core/missing.hpp` is no file of the tree",
    "src/nowhere/file.cpp: its folder is no layer of layers.txt",
    "src/verify/sees_json.cpp:1: `src/store/inside.hpp` brings <nlohmann/json.hpp> into another layer",
]


def self_test(rules):
    with tempfile.TemporaryDirectory() as root:
        for path, lines in PLANTED.items():
            os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write("\n".join(lines) + "\n")
        found = sorted(check(root, rules))
    for finding in sorted(set(found) ^ set(EXPECTED)):
        print(("found and not planted: " if finding in found else "planted and not found: ") + finding)
    return found == EXPECTED


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    rules = os.path.join(here, "layers.txt")
    if sys.argv[1:] == ["--self-test"]:
        sys.exit(0 if self_test(rules) else 1)
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.dirname(here))
    findings = check(root, rules)
    print("\n".join(findings) or "every include points down")
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
