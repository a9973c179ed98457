#!/usr/bin/env python3
"""Makes resolver/variants/catalog/pytorch.json from a file of collected facts.

usage: make_catalog.py FACTS > resolver/variants/catalog/pytorch.json

The facts say what public sources told of PyTorch's releases; the catalog is what choosing a variant needs of them, each row
with its source. Where the facts give a range of releases in words, this script writes the range out, once, here.
"""

import json
import re
import sys

PLATFORMS = {
    "manylinux.*_x86_64": "linux-x86_64",
    "manylinux.*_aarch64": "linux-aarch64",
    "macosx_.*_arm64": "macos-arm64",
    "macosx_.*_x86_64": "macos-x86_64",
    "win_amd64": "windows-x86_64",
}

# The index whose listing the facts were read from goes by its role, since mirrors carry the same.
WORDS = [
    (r"PyPI JSON API for torch, ([0-9-]+)", r"the main package index's JSON for torch, \1"),
    (r"PEP 658 METADATA via `pip install --dry-run --report` from PyPI, ([0-9-]+)", r"wheel METADATA (PEP 658), \1"),
    (r"\bPyPI\b", "main index"),
]

# Packages that are built for a variant and lie beside torch on its index. Triton is left to the main index for CUDA, where
# the same files are.
NOT_OF_THE_FAMILY = {"triton", "xformers", "torchserve"}


def words(text):
    for pattern, replacement in WORDS:
        text = re.sub(pattern, replacement, text)
    return text.strip(" ;")


def platform_of(tag):
    return next(name for pattern, name in PLATFORMS.items() if re.fullmatch(pattern, tag))


def cuda_of(label):
    return f"{label[2:-1]}.{label[-1]}"


def order(version):
    return [int(part) for part in version.split(".")]


def default_build(row, platform):
    """The variant that the main index's wheel of this platform is."""
    if platform == "linux-x86_64":
        return "cu" + row["pypi_default_cuda"].replace(".", "")
    if platform == "linux-aarch64":
        # The main index's aarch64 wheels are CUDA builds from 2.11 on; patch releases follow their minor release.
        return "cu" + row["pypi_default_cuda"].replace(".", "") if order(row["torch"]) >= [2, 11] else "cpu"
    return "mps" if platform == "macos-arm64" and order(row["torch"]) >= [1, 12] else "cpu"


def variants_of(row, arch_rows):
    release = row["torch"]
    minor = ".".join(release.split(".")[:2])
    listed = row.get("index_cuda", row.get("index_cuda_inferred", [])) + row.get("index_rocm", [])
    for name in row.get("index_seen_2026_09_22", []):
        if name not in listed + ["cpu", "xpu"]:
            listed.append(name)
    platforms = {platform_of(tag) for tag in row["pypi_wheels"]}
    aarch64 = {r["variant"] for r in arch_rows if r["torch"] == minor and r["machine"] == "aarch64"}
    result = {}

    def add(name, platform):
        if platform in platforms:
            result.setdefault(name, []).append(platform)

    for platform in sorted(platforms):
        if platform != "linux-aarch64" or order(release) >= [2, 6]:
            add("cpu", platform)
        add(default_build(row, platform), platform)
    for name in listed:
        add(name, "linux-x86_64")
        if name.startswith("cu"):
            add(name, "windows-x86_64")
            if name in aarch64:
                add(name, "linux-aarch64")
    if row.get("xpu") is True:
        add("xpu", "linux-x86_64")
        add("xpu", "windows-x86_64")
    return [{"name": name, "on": sorted(set(on))} for name, on in sorted(result.items())]


def companions_of(row, facts):
    pairs = {"torchvision": list(row["torchvision"]), "torchaudio": list(row["torchaudio"])}
    companions = [{"name": name, "version": version, "pinned": True} for name, versions in pairs.items() for version in versions]
    for candidate in facts["unpinned_candidates"]:
        if candidate["torch"] == row["torch"]:
            companions += [{"name": "torchvision", "version": v, "pinned": False} for v in candidate["torchvision"]]
    if row["torch"] == "2.11.0":
        # torchaudio's last release stopped naming torch in its metadata, but was made for this one.
        companions.append({"name": "torchaudio", "version": "2.11.0", "pinned": False})
    codec = facts["torchcodec"]["pairs"].get(row["torch"])
    if codec:
        companions.append({"name": "torchcodec", "version": codec, "pinned": True})
    return companions


def release_row(row, facts, arch_rows):
    made = {
        "torch": row["torch"],
        "date": row["release_date"],
        "requires_python": row["requires_python"],
        "wheels": [{"tag": tag, "pythons": pythons} for tag, pythons in row["pypi_wheels"].items()],
        "defaults": {p: default_build(row, p) for p in sorted({platform_of(tag) for tag in row["pypi_wheels"]})},
        "variants": variants_of(row, arch_rows),
        "companions": companions_of(row, facts),
        "source": words(row["source"]),
    }
    notes = [row[key] for key in ("index_note", "confidence") if row.get(key)]
    if notes:
        made["note"] = words("; ".join(notes))
    return made


def driver_rows(exact):
    rows = []
    for row in exact:
        rows.append({"toolkit": row["toolkit"], "cuda": re.match(r"\d+\.\d+", row["toolkit"]).group(), "linux": row["linux_min"],
                     "windows": row["windows_min"], "source": words(row["source"])})
    return rows


def minor_rows(rows):
    made = []
    for row in rows:
        text = row["toolkits"]
        first, last = (text.split("-") + [text])[:2] if "-" in text else (text.replace("x", "0"), text.replace("x", "99"))
        made.append({"from": first, "to": last, "linux": row.get("uv_exact_linux", row["linux_min"]),
                     "windows": row.get("uv_exact_windows", row["windows_min"]), "source": words(row["source"])})
    return made


def range_of(text):
    """"2.10-2.12.1" and "2.9" to the first and the last release of the range."""
    ends = text.split("-")
    return ends[0], ends[-1]


def gfx_rows(rocm):
    rows = []
    for row in rocm["wheel_gfx"]:
        first, last = range_of(row["torch"])
        rows.append({"from": first, "to": last, "rocm": [], "gfx": row["gfx"], "source": words(row["source"])})
    for row in rocm["uv_backend_gfx"]:
        digits = row["backend"][4:]
        rows.append({"from": "1.10", "to": "99", "rocm": [".".join(digits)], "gfx": row["gfx"], "source": words(row["source"])})
    return rows


def mps_rows(rows):
    floors = {"1.12-2.4": ("1.12", "2.4"), "2.5 - (2.7 or 2.8)": ("2.5", "2.7"), "(2.8 or 2.9)-2.15": ("2.8", "99")}
    made = []
    for row in rows:
        if "torch" not in row:
            continue
        first, last = floors[row["torch"]]
        made.append({"from": first, "to": last, "macos": row["macos_min"], "source": words(row["source"])})
        if row.get("note"):
            made[-1]["note"] = row["note"] + "; the cautious reading is taken"
    return made


def arch_row(row):
    made = {key: row[key] for key in ("torch", "variant", "os", "machine", "sm", "ptx")}
    made["source"] = words(row["source"])
    note = row.get("note") or row.get("confidence")
    if note:
        made["note"] = note
    return made


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as file:
        facts = json.load(file)
    # A row of the separate LibTorch archive says nothing of wheels.
    arch_rows = [r for r in facts["torch_arch"]["rows"] if "artifact" not in r]
    releases = facts["torch_releases"]
    labels = sorted({v["name"] for r in releases["rows"] for v in variants_of(r, arch_rows) if v["name"].startswith("cu")},
                    key=lambda label: order(cuda_of(label)))
    family = [name for name in facts["cuda_driver"]["uv_packages"]["names"] if name not in NOT_OF_THE_FAMILY]
    catalog = {
        "schema": 1,
        "framework": "torch",
        "date": facts["generated"],
        "family": {"names": family, "source": words(facts["cuda_driver"]["uv_packages"]["source"])},
        "releases": [release_row(row, releases, arch_rows) for row in releases["rows"]],
        "toolkits": [{"variant": label, "cuda": cuda_of(label), "source": "the label itself"} for label in labels],
        "drivers": driver_rows(facts["cuda_driver"]["exact"]),
        "minor_compatibility": minor_rows(facts["cuda_driver"]["minor_version_compat"]),
        "architectures": [arch_row(row) for row in arch_rows],
        "gpus": [{"sm": row["sm"], "products": row["products"], "source": row["source"]} for row in facts["gpu_families"]],
        "gfx": gfx_rows(facts["rocm"]),
        "mps": mps_rows(facts["mps"]),
        "cpu_levels": [{"from": "1.10", "machine": "x86_64", "wants": "x86-64-v2",
                        "source": words(facts["microarch"]["x86_64_levels"][1]["source"]),
                        "note": "a level below still runs torch, on its slowest kernels; recent NumPy wheels may not"}],
        "unknown": [words(text) for text in facts["unknown"]],
    }
    print(dump(catalog))


def dump(catalog):
    """One row a line, so that a change of one row is a change of one line."""
    lines = []
    for key, value in catalog.items():
        text = json.dumps(value, ensure_ascii=False)
        if isinstance(value, list):
            text = "[\n" + ",\n".join("    " + json.dumps(row, ensure_ascii=False) for row in value) + "\n  ]"
        lines.append(f"  {json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}"


if __name__ == "__main__":
    main()
