"""Made-up versions, specifiers, markers, requirements, wheel names and targets: mostly sound, often nearly so.

Each function takes a random.Random and gives one line as `torchup debug` reads it. Numbers stay small and the alphabet
ASCII: what lies beyond is a limit of torchup's own (see its headers), not a question on the standards.
"""

import json

SEPARATORS = ["", "", ".", "-", "_"]
LOCALS = ["cpu", "cu92", "cu118", "cu130", "rocm6.4", "xpu", "1", "01", "2.0", "a.1", "1.a", "ubuntu-1", "Ubuntu_2", "abc.10.z"]
OPERATORS = ["==", "!=", "<=", ">=", "<", ">", "~=", "==="]
NAMES = ["torch", "Torch-Vision", "typing_extensions", "a", "A.b-C_d", "x1", "zope.interface", "foo--bar", "3d"]
EXTRAS = ["test", "opt-einsum", "Opt_Einsum", "a", "all", "x.y"]
URLS = ["https://index.example/a-1-py3-none-any.whl", "file:///tmp/a.whl", "git+https://index.example/a@main#egg=a", "a;b", "https://index.example/;x"]
STRINGS = {
    "os_name": ["posix", "nt", "java"],
    "sys_platform": ["linux", "linux2", "win32", "darwin", "cygwin"],
    "platform_machine": ["x86_64", "aarch64", "arm64", "AMD64"],
    "platform_python_implementation": ["CPython", "PyPy"],
    "platform_system": ["Linux", "Windows", "Darwin"],
    "implementation_name": ["cpython", "pypy"],
}
VERSIONS = {
    "python_version": ["2.7", "3.6", "3.8", "3.10", "3.11", "3.12", "3.14"],
    "python_full_version": ["2.7.18", "3.8.0", "3.10.12", "3.11.2", "3.13.0rc1", "3.14.0a7+", "3.12.0"],
    "implementation_version": ["3.11.2", "7.3.13", "3.13.0rc1", "3.8.0"],
    "platform_release": ["6.1.0-13-amd64", "5.15.0", "23.1.0", "10", "NT"],
    "platform_version": ["10.0.22631", "#1 SMP Debian 6.1.55-1", "23.1.0"],
}
OLD_SPELLINGS = ["os.name", "sys.platform", "platform.machine", "platform.python_implementation", "python_implementation"]
NOISE = "0123456789abcrv.+-_!*=<>~,;()[]@ \"'x/"


def mutated(random, text, noise=NOISE):
    """The text with up to two characters added, dropped or changed."""
    for _ in range(random.choice([1, 1, 2])):
        at = random.randint(0, len(text))
        text = random.choice([text[:at] + random.choice(noise) + text[at:], text[:at] + text[at + 1 :], text[:at] + random.choice(noise) + text[at + 1 :]])
    return text


def number(random):
    return random.choice([str(random.randint(0, 3)), str(random.randint(0, 20)), "0" + str(random.randint(0, 9)), "20261122"])


def release(random):
    return ".".join(number(random) for _ in range(random.choice([1, 2, 2, 3, 3, 4])))


def suffix(random, words):
    return random.choice(SEPARATORS) + random.choice(words) + random.choice(SEPARATORS) + random.choice(["", number(random)])


def suffixes(random, local=True):
    text = ""
    if random.random() < 0.35:
        text += suffix(random, ["a", "b", "c", "rc", "alpha", "beta", "pre", "preview", "RC", "Alpha"])
    if random.random() < 0.25:
        text += random.choice([suffix(random, ["post", "rev", "r", "POST"]), "-" + number(random)])
    if random.random() < 0.25:
        text += suffix(random, ["dev", "DEV"])
    if local and random.random() < 0.25:
        text += "+" + random.choice(LOCALS)
    return text


def version(random, local=True):
    epoch = random.choice(["", "", "", "", "1!", "0!"])
    return random.choice(["", "", "", "", "v", "V"]) + epoch + release(random) + suffixes(random, local)


def family(random):
    """Gives versions that lie close together, where the rules differ: one release, few suffixes and small numbers."""
    base = random.choice(["1", "1.0", "1.1", "2.0.0"])

    def member(local=True):
        text = base + random.choice(["", "", ".0", ".1"])
        text += random.choice(["", "", "", "a1", "b0", "rc1"]) + random.choice(["", "", ".post0", ".post1"]) + random.choice(["", "", "", ".dev0", ".dev1"])
        return text + (random.choice(["", "", "", "+cpu", "+cu130", "+1"]) if local else "")

    return member


def version_key(random):
    text = version(random)
    if random.random() < 0.1:
        text = random.choice([" ", "\t", "  "]) + text + random.choice(["", " ", "\t"])
    return mutated(random, text) if random.random() < 0.25 else text


def compare(random):
    member = family(random)
    if random.random() < 0.5:
        return f"{member()} {member()}"
    left, right = version(random), version(random)
    return f"{left} {mutated(random, right, '019.ab') if random.random() < 0.2 else right}"


def clause(random, member=None):
    """One clause; with versions of that family where one is given."""
    operator = random.choice(OPERATORS)
    local = operator in ("==", "!=", "===") or random.random() < 0.05
    text = member(local) if member else version(random, local)
    if operator in ("==", "!=") and random.random() < 0.3:
        text = (random.choice(["1", "1.0", "1.1", "2"]) if member else random.choice(["", "1!"]) + release(random)) + ".*"
    return operator + random.choice(["", "", " "]) + text


def clauses(random, member=None):
    joint = random.choice([",", ", ", " , "])
    return joint.join(clause(random, member) for _ in range(random.choice([1, 1, 1, 2, 3])))


def specifier(random):
    member = family(random) if random.random() < 0.7 else None
    candidate = member() if member else version(random)
    text = clauses(random, member)
    if random.random() < 0.05:
        text = random.choice(["", ",", text + ",", "," + text, text + ",,"])
    if random.random() < 0.15:
        text = mutated(random, text)
    return f"{text}\t{candidate}" + random.choice(["", "\tpre"])


def admitted(random):
    """Specifiers and some versions close together, so that a few of them match."""
    member = family(random)
    candidates = [member() if random.random() < 0.85 else version(random).strip() for _ in range(random.choice([1, 2, 3, 5, 8]))]
    text = clauses(random, member if random.random() < 0.9 else None) if random.random() < 0.95 else ""
    return f"{text}\t{' '.join(candidates)}" + random.choice(["", "", "\tpre", "\tfinal"])


def quoted(random, text):
    quote = random.choice("\"'")
    return quote + text + quote


def comparison(random, environment):
    name = random.choice(list(STRINGS) + list(VERSIONS) * 2 + ["extra", "extra", "extras", "dependency_groups"])
    pool = STRINGS.get(name) or VERSIONS.get(name) or EXTRAS
    literal = random.choice(pool)
    if name in VERSIONS and random.random() < 0.4:
        literal = random.choice([version(random, local=False), release(random) + ".*", "unknown", ", ".join(VERSIONS[name][:3])])
    operator = random.choice(["==", "!=", "<", "<=", ">", ">=", "==", ">=", "in", "not in", "~=", "==="])
    if name in ("extra",) and random.random() < 0.8:
        operator = random.choice(["==", "!="])
    if name in STRINGS and random.random() < 0.8:
        operator = random.choice(["==", "!=", "in", "not in"])
    if name in ("extras", "dependency_groups"):
        return f"{quoted(random, literal)} {random.choice(['in', 'not in', 'in', 'not in', '==', '!='])} {name}"
    if random.random() < 0.03:
        name = random.choice(OLD_SPELLINGS)
    if random.random() < 0.01:
        return f"{quoted(random, literal)} {operator} {quoted(random, literal)}"
    sides = [name, quoted(random, literal)]
    if random.random() < 0.2:
        sides.reverse()
    blank = " " if operator[-1] == "n" else random.choice(["", " ", "  "])
    return sides[0] + blank + operator + blank + sides[1]


def marker_text(random, environment, depth=0):
    count = random.choice([1, 1, 2, 3])
    parts = []
    for _ in range(count):
        part = comparison(random, environment)
        if depth < 3 and random.random() < 0.25:
            part = "(" + marker_text(random, environment, depth + 1) + ")"
        parts += [part, random.choice([" and ", " or "])]
    return "".join(parts[:-1])


def marker(random):
    environment = {name: random.choice(values) for name, values in (STRINGS | VERSIONS).items()}
    environment["extra"] = random.choice(EXTRAS + [""])
    environment["dependency_groups"] = random.sample(EXTRAS, random.randint(0, 2))
    text = marker_text(random, environment)
    # torchup has one set for `extra` and `extras`: an environment is asked for one or the other.
    if "extras" in text:
        environment["extras"] = random.sample(EXTRAS, random.randint(0, 2))
        environment["extra"] = ""
        if "extra" in text.replace("extras", ""):
            return marker(random)
    if random.random() < 0.1:
        text = mutated(random, text)
    return f"{text}\t{json.dumps(environment)}"


def requirement(random):
    text = random.choice(NAMES)
    if random.random() < 0.3:
        extras = [random.choice(EXTRAS) for _ in range(random.choice([0, 1, 1, 2, 3]))]
        text += random.choice(["", " "]) + "[" + random.choice([",", " , "]).join(extras) + "]"
    kind = random.random()
    if kind < 0.1:
        text += random.choice(["@", " @ "]) + random.choice(URLS)
    elif kind < 0.8:
        listed = clauses(random) + random.choice(["", "", "", ",", " ,"])
        text += random.choice([listed, " " + listed, f" ({listed})"])
    if random.random() < 0.5:
        text += random.choice([" ; ", ";", "; "]) + marker_text(random, {})
    return mutated(random, text) if random.random() < 0.3 else text


def wheel_name(random):
    name = random.choice(NAMES).replace("-", "_").replace("__", "_")
    build = random.choice(["", "", "", "-1", "-2", "-10b", "-3_x", "-b1"])
    python = random.choice(["py3", "py2.py3", "cp312", "CP312", "cp311.cp312", "cp313", "3py", "graalpy311"])
    abi = random.choice(["none", "cp312", "abi3", "cp313t", "abi3.none", "cp37m"])
    platform = random.choice(["any", "linux_x86_64", "manylinux_2_17_x86_64.manylinux2014_x86_64", "win_amd64", "macosx_11_0_arm64", ""])
    text = f"{name}-{version(random).replace('-', '_')}{build}-{python}-{abi}-{platform}.whl"
    return mutated(random, text, "0a.-_+!w") if random.random() < 0.3 else text


def target(random):
    """A Python and a platform tag, as `torchup debug tags` takes them."""
    python = f"3.{random.randint(6, 16)}"
    if int(python[2:]) >= 13 and random.random() < 0.3:
        python += "t"
    machine = random.choice(["x86_64", "x86_64", "aarch64", "i686", "armv7l", "armv8l", "ppc64le", "s390x", "riscv64", "mips64"])
    platform = random.choice(
        [
            f"manylinux_2_{random.randint(3, 45)}_{machine}",
            f"manylinux_2_{random.randint(17, 42)}_{machine}",
            f"musllinux_1_{random.randint(0, 3)}_{machine}",
            f"macosx_{random.randint(11, 27)}_{random.randint(0, 6)}_{random.choice(['arm64', 'x86_64'])}",
            f"macosx_10_{random.randint(4, 15)}_x86_64",
            "win_amd64",
            "win_arm64",
            "win32",
        ]
    )
    return python, platform
