"""What `packaging` answers to a line of `torchup debug`, in torchup's form. Imported once `packaging` is on sys.path."""

import contextlib
import json
import re
from unittest import mock

from packaging import _manylinux, _musllinux, markers, tags, utils
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet
from packaging.version import InvalidVersion, Version

WHY = "invalid: "  # torchup adds the reason, which is its own


def version_key(line):
    try:
        return str(Version(line))
    except InvalidVersion:
        return "invalid"


def compare(line):
    try:
        left, right = (Version(text) for text in line.split())
    except (InvalidVersion, ValueError):
        return "invalid"
    return "<" if left < right else ">" if left > right else "="


def specifier(line):
    text, candidate, *pre = line.split("\t")
    try:
        wanted, version = SpecifierSet(text), Version(candidate)
    except (InvalidSpecifier, InvalidVersion):
        return "invalid"
    return str(wanted.contains(version, prereleases=bool(pre) or bool(wanted.prereleases))).lower()


def admitted(line):
    """What may be chosen, the newest first; of equal versions the first."""
    text, listed, *policy = line.split("\t")
    try:
        wanted = SpecifierSet(text)
        versions = list(dict.fromkeys(Version(candidate) for candidate in listed.split(" ")))
    except (InvalidSpecifier, InvalidVersion):
        return "invalid"
    matching = wanted.filter(versions, prereleases={"pre": True, "final": False}.get("".join(policy)))
    return " ".join(map(str, sorted(matching, reverse=True)))


def admitted_by_default(line):
    """`admitted` where a pre-release that a specifier names lets no other pre-release in."""
    text, listed, *policy = line.split("\t")
    if policy or not SpecifierSet(text).prereleases:
        return None
    matching = sorted(SpecifierSet(text).filter(dict.fromkeys(map(Version, listed.split(" "))), prereleases=True), reverse=True)
    finals = [version for version in matching if not version.is_prerelease]
    return " ".join(map(str, finals or matching))


def read_environment(line):
    text, _, environment = line.partition("\t{")
    values = json.loads("{" + environment)
    return text, {name: set(value) if isinstance(value, list) else value for name, value in values.items()}


def marker(line):
    text, environment = read_environment(line)
    try:
        return str(markers.Marker(text).evaluate(environment, context="lock_file")).lower()
    except (markers.InvalidMarker, markers.UndefinedComparison, markers.UndefinedEnvironmentName):
        return "invalid"


def amended_comparison(left, operator, right, *, key):
    """One comparison by the specification where `packaging` has older rules (see known_differences.py)."""
    written = operator.serialize()
    if key == "extra":
        return {"==": left == right, "!=": left != right}.get(written, False)
    if key in ("extras", "dependency_groups"):
        return {"in": left in right, "not in": left not in right}.get(written, False) if not isinstance(right, str) else False
    versions = markers.MARKERS_REQUIRING_VERSION | {"platform_version"}
    if key in versions and written not in ("in", "not in"):
        with contextlib.suppress(InvalidSpecifier):
            wanted = Specifier(written + right)
            with contextlib.suppress(InvalidVersion):
                return wanted.contains(Version(left), prereleases=True) if written != "===" else left.lower() == right.strip().lower()
            return left != right if written == "!=" else left == right if written in ("==", "<=", ">=", "~=") else False
    if written in ("~=", "==="):
        raise markers.UndefinedComparison(written)
    return markers._operators[written](left, right)


def amended_marker(line):
    """`marker`, with the rules of the specification where `packaging` has its own."""
    with mock.patch.object(markers, "_eval_op", amended_comparison):
        text, environment = read_environment(line)
        try:
            return str(markers.Marker(text).evaluate(environment, context="lock_file")).lower()
        except (markers.InvalidMarker, markers.UndefinedComparison, markers.UndefinedEnvironmentName):
            return "invalid"


def tree(items):
    """packaging's list of comparisons and joints as ("any" | "all", children), without needless levels."""
    if isinstance(items, tuple):
        return items
    groups = [[]]
    for item in items:
        if item == "or":
            groups.append([])
        elif item != "and":
            groups[-1].append(tree(item))
    return flat("any", [flat("all", group) for group in groups])


def flat(kind, children):
    joined = []
    for child in children:
        joined += child[1] if child[0] == kind else [child]
    return joined[0] if len(joined) == 1 else (kind, joined)


def marker_text(node):
    if node[0] not in ("any", "all"):
        return " ".join(part.serialize() for part in node)
    if node[0] == "any":
        return " or ".join(marker_text(child) for child in node[1])
    return " and ".join(f"({marker_text(child)})" if child[0] == "any" else marker_text(child) for child in node[1])


def clause_text(clause):
    if clause.operator == "===":
        return clause.operator + clause.version
    prefix = ".*" if clause.version.endswith(".*") else ""
    return f"{clause.operator}{Version(clause.version.removesuffix('.*'))}{prefix}"


def requirement(line):
    try:
        parsed = Requirement(line)
    except InvalidRequirement:
        return WHY
    text = utils.canonicalize_name(parsed.name)
    if parsed.extras:
        text += "[" + ",".join(sorted({utils.canonicalize_name(extra) for extra in parsed.extras})) + "]"
    text += ",".join(sorted({clause_text(clause) for clause in parsed.specifier}))
    if parsed.url:
        text += f" @ {parsed.url}"
    if parsed.marker:
        text += " ; " + marker_text(tree(parsed.marker._markers))
    return text


def wheel_name(line):
    try:
        name, version, build, wheel_tags = utils.parse_wheel_filename(line)
    except (utils.InvalidWheelFilename, tags.InvalidTag):
        return WHY
    number = f"{build[0]}{build[1]}" if build else "-"
    return f"{name}\t{version}\t{number}\t{','.join(sorted(map(str, wheel_tags)))}"


def platforms_of(platform):
    if platform.startswith("win"):
        return [platform]
    family, major, minor, machine = re.fullmatch(r"(manylinux|musllinux|macosx)_(\d+)_(\d+)_(\w+)", platform).groups()
    numbers = int(major), int(minor)
    if family == "macosx":
        return list(tags.mac_platforms(numbers, machine))
    glibc = numbers if family == "manylinux" else (-1, -1)
    musl = _musllinux._MuslVersion(*numbers) if family == "musllinux" else None
    with (
        mock.patch.object(tags.sysconfig, "get_platform", lambda: f"linux-{machine}"),
        mock.patch.object(_manylinux, "_get_glibc_version", lambda: _manylinux._GLibCVersion(*glibc)),
        mock.patch.object(_manylinux, "_get_manylinux_module", lambda: None),
        mock.patch.object(_manylinux, "_is_linux_armhf", lambda executable: True),
        mock.patch.object(_manylinux, "_is_linux_i686", lambda executable: True),
        mock.patch.object(_musllinux, "_get_musl_version", lambda executable: musl),
    ):
        return list(tags._linux_platforms(is_32bit=False))


def ranked_tags(python, platform):
    version = tuple(int(part) for part in python.rstrip("t").split("."))
    interpreter = f"cp{version[0]}{version[1]}"
    abi = interpreter + ("t" if python.endswith("t") else "m" if version < (3, 8) else "")
    platforms = platforms_of(platform)
    ranked = [*tags.cpython_tags(version, [abi], platforms), *tags.compatible_tags(version, interpreter, platforms)]
    return [str(tag) for tag in ranked]
