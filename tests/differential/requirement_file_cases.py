"""Requirements files to compare torchup with pip: written down, made up, and where the two mean to differ.

A case maps file names to texts or bytes; `r.txt` is the one that is read.
"""

import re
from dataclasses import dataclass
from typing import Callable

import generate
import known_differences

VARIABLES = {"DEMO": "demo", "VERSION": "1.5", "BOTH": "a b", "HASHED": "x #y", "OTHER": "${VERSION}", "EMPTY": ""}

A, B = "a" * 64, "b" * 64
HASH_A, HASH_B = f"--hash=sha256:{A}", f"--hash=sha256:{B}"

LINES = [
    # names, versions, extras, markers
    "demo", " demo ", "\tdemo\t", "Demo_x.Y", "demo==1.0", "demo == 1.0", "demo>=1,<2", "demo (>=1)", "demo[x]", "demo [x, y]>=1", "demo;os_name=='nt'",
    "demo ; python_version < '3.9' and os_name == 'posix'", "demo==1.*", "demo~=1.4", "demo===x", "demo!=1.0", "demo=1", "demo==", "demo 1.0", "1demo", "-", "--",
    "demo,other", "demo other", "demo ; os_name == 'a b'", "demo ; os_name == '-x'", "demo ; os_name == ' -x'", "demo==1!2.0+local.1", "demo; extra == 'x'", "[x]", "demo[", "demo]",
    "demo ; unknown == 'x'", "demo>=1.0.post1", "demo>=1.0,", "demo>=1.0,,<2", "demo===1,>=0", "demo_", "'demo'", '"demo"', "demo\\", "de\\mo",
    # comments
    "#", "# demo", " # demo", "demo# x", "demo #x", "demo  # x # y", "demo\t#x", "demo==1.0#x", "#demo\\\nother", "demo #x \\\nother", "demo\u00a0# x", "demo\u3000#x", "demo \\#x",
    # continued lines
    "demo\\\n==1.0", "demo \\\n ==1.0", "demo\\\n\n==1.0", "demo\\\n# why\nother", "demo\\\n #why\\\nother", "demo==1.0\\", "demo \\ \nother", "demo\\\\\n==1", "\\demo\\\n", "\\\ndemo", "demo ; \\\nos_name \\\n== \\\n'nt'",
    f"demo==1 \\\n  {HASH_A} \\\n  {HASH_B}\nother==2 {HASH_B}", "demo\\\r\n==1.0",
    # line ends and white space
    "demo\rother", "demo\r\nother\r\n", "demo\fother", "demo\vother", "demo\x1cother", "demo\x1dother", "demo\x1eother", "demo\x85other", "demo\u2028other", "demo\u2029other", "demo\x1f", "\u2003demo\u2003",
    "demo\u200b", "\ufeffdemo", "demo\x00", "d\u00e9mo", "",
    "\n\n\n", "demo\n\n\nother", "demo>=1\u00a0",
    # variables
    "${DEMO}", "${DEMO}==${VERSION}", "${DEMO}${DEMO}", "${demo}", "$DEMO", "${UNSET}", "demo==${UNSET}", "demo==${EMPTY}1", "${DEMO", "${}", "${DEMO }", "$${DEMO}", "demo ; os_name == '${VERSION}'",
    "demo ; os_name == '${OTHER}'", "demo ; os_name == '${OTHER}${VERSION}'", "demo ; os_name == '${BOTH}'", "demo ; os_name == '${HASHED}'", "demo ; os_name == '${UNSET}'", "-i https://index.example/${VERSION}",
    "# ${DEMO}", "demo #${DEMO}", "demo ; os_name == '${1}${_}${A-B}'",
    # hashes
    f"demo {HASH_A}", f"demo==1 {HASH_A} {HASH_B}", f"demo==1 --hash sha256:{A}", f"demo==1  {HASH_A}", f"demo==1\t{HASH_A}", f"demo==1{HASH_A}", f"demo==1 --hash 'sha256:{A}'", f"demo==1 --has=sha256:{A}", f"demo==1 --hash=sha1:{A}",
    f"demo==1 --hash={A}", "demo==1 --hash", "demo==1 --hash=", f"demo ; os_name == 'nt' {HASH_A}", f"demo==1 {HASH_A}\nother", f"demo==1 {HASH_A}\ndemo==1 {HASH_B}", f"demo==1 {HASH_A} --hash=sha512:{A}", f"demo==1 {HASH_A} # why",
    # options of a file
    "--pre", "--pre\ndemo", "--pre --pre", "--pre=1", "--pr", "--prefer-binary", "--prefer", "--require-hashes", "--require-h", "--req x", "--only-binary :all:", "--only-binary=demo,other", "--only-binary", "--only-binary -x",
    "--no-binary :none:", "--no-binary=:none:", "--use-feature=fast-deps", "-i https://index.example/simple", "-ihttps://index.example/simple", "--index-url https://index.example/simple", "--index-url=https://index.example/simple",
    "--pypi-url https://index.example/simple", "--index https://index.example/simple", "-i 'https://index.example/simple'", "-i https://index.example/simple\n--index-url=https://index.example/simple", "-i", "--index-url", "-x", "--unknown", "--unknown=1",
    "-ix https://index.example", "demo -x", "demo --unknown", "--pre 'demo", "--pre \\", "--pre \"a", "--pre ''", "--install demo", "--ver", "--help", "-h", "--pre --require-hashes --prefer-binary", "-v", "--quiet", "--no", "---pre", "--=x", "-=x",
    "--index-url 'https://index.example/a\"b'", '--index-url "https://index.example/a\\"b"',
    # nested files
    "-r more.txt", "-rmore.txt", "-r=more.txt", "--requirement more.txt", "--requirement=more.txt", "-c more.txt", "-cmore.txt", "--constraint more.txt", "--constraint=more.txt", "--constr=more.txt", "--con=more.txt", "-r 'a b.txt'", "-r a\\ b.txt", "-r a b.txt", '-r "a b.txt"',
    "-r folder/inner.txt", "-c folder/inner.txt", "-r ./more.txt", "-r folder/../more.txt", "-r missing.txt", "-r", "-c", "-r more.txt # why", "-r ${MORE}", "-r ${DEMO}.txt", "-r r.txt", "-c r.txt", "-r circle.txt", "-r more.txt\n-r more.txt",
    "-r\nmore.txt", "-r \\\nmore.txt", "-r options.txt\ndemo", "demo\n-c folder/back.txt\nother", "-r folder", "-r latin.txt",
    # what torchup refuses on purpose, each form once
    "--extra-index-url https://index.example/more", "--extra-index-url=https://download.pytorch.org/whl/cu130", "-f https://index.example/links", "--find-links wheels", "--no-index", "--trusted-host index.example", "-e .", "-e git+https://index.example/d#egg=demo",
    "--editable=./demo", "--no-binary :all:", "--no-binary demo", "demo --global-option=x", "demo --config-settings a=b", "demo --pre", "demo -i https://index.example/simple", "demo -r more.txt", "--pre demo", f"{HASH_A}", "-r more.txt --pre", "-r more.txt -r more.txt",
    "-i https://index.example/a\n-i https://index.example/b", "-i https://index.example/a -i https://index.example/b", "-i ../simple", "demo==1 --hash=sha512:" + A, "demo==1 --hash=sha256:12", "demo @ https://index.example/demo-1-py3-none-any.whl", "demo@https://index.example/demo-1-py3-none-any.whl",
    "demo[x] @ git+https://index.example/demo", "./demo", "../demo", ".", "/demo", "demo/", "demo.whl", "demo-1.0.tar.gz", "demo.zip ; os_name == 'nt'", "https://index.example/demo.whl", "git+https://index.example/demo", "file:demo", "file:///demo.whl",
    "-c extras.txt", "-r https://index.example/r.txt", "--use-feature=unheard-of", "--pre=", "-- demo", "--pre -- demo", "demo -- --pre",
]

BESIDE = {
    "more.txt": "more>=1  # more\n", "a b.txt": "blank\n", "demo.txt": "named-by-variable\n", "folder/inner.txt": "inner\n-r ../more.txt\n-c beside.txt\n", "folder/beside.txt": "beside<2\n", "folder/back.txt": "-r ../more.txt\n-c beside.txt\nback\n",
    "circle.txt": "-r folder/circle.txt\n", "folder/circle.txt": "-c ../circle.txt\n", "options.txt": "--pre\n-i https://index.example/nested\n", "extras.txt": "demo[x]<2\n", "latin.txt": "# coding: latin-1\ndemo ; os_name == '\u00e9'\n".encode("latin-1"),
}

BYTES = [
    b"\xef\xbb\xbfdemo\n", "demo\nother".encode("utf-16"), b"\xfe\xff" + "demo # \u00e9\n".encode("utf-16-be"), b"\xff\xfe" + "demo".encode("utf-16-le"), b"\x00\x00\xfe\xff" + "demo".encode("utf-32-be"), b"\xff\xfe\x00\x00" + "demo".encode("utf-32-le"),
    b"# coding: latin-1\ndemo # \xe9", b"# -*- coding: iso-8859-1 -*-\ndemo ; os_name == '\xe9'", b"\n# coding=utf-8\ndemo # \xc3\xa9", b"# coding: ascii\ndemo # \xe9", b"# coding: ascii\ndemo", b"demo # \xe9", b"demo # \xc3\xa9", b"\xff\xfed", b"\xfe\xffd\xd8",
    b"# coding: cp1252\ndemo # \x80", b"# coding: unheard-of\ndemo", b"demo\n\n# coding: latin-1\n# \xe9", b"# encoding: UTF_8\ndemo", b"# coding utf-9\ndemo", b"#coding:utf8\ndemo", b"\xef\xbb\xbf# coding: latin-1\ndemo ; os_name == '\xc3\xa9'",
    b"demo\x00other", b"\x1a", b"# coding: us-ascii\n\xc3\xa9",
]

WRITTEN_DOWN = [{"r.txt": one, **BESIDE} for one in LINES + BYTES]

PIECES = [
    "demo", "other>=1", "x[y]", "demo==1.0 ; os_name == 'nt'", f"demo==1 {HASH_A}", "--pre", "-i https://index.example/simple", "-r more.txt", "-c folder/inner.txt", "# why", "--prefer-binary", "${DEMO}==${VERSION}", "  ", "demo \\", "\\",
    "--require-hashes", "--only-binary=:all:", "-r folder/back.txt", f"  {HASH_B} \\", "demo -", "'", '"', "--hash", "--requirement=", "'a b.txt'", "-", "--", "\u00a0", "${OTHER}",
]
JOINTS = ["\n", "\n", "\n", "\r\n", "\r", " ", "  ", "\\\n", " \\\n", " # ", "#", "\f", "\u2028", ""]
NOISE = "demo=1 \\#'\"-${}A\n\r\t[];,<>.:@/"


def made_up(random):
    text = random.choice(PIECES)
    for _ in range(random.choice([0, 1, 1, 2, 3])):
        piece = random.choice([random.choice(PIECES), generate.requirement(random)])
        text += random.choice(JOINTS) + piece
    if random.random() < 0.3:
        text = generate.mutated(random, text, NOISE)
    return {"r.txt": text, **BESIDE}


@dataclass(frozen=True)
class KnownDifference:
    name: str
    rule: str
    covers: Callable[[dict, list, list], bool]  # files, torchup's answer, pip's answer


def refused(pattern):
    """torchup refuses with this message what pip reads."""
    return lambda files, ours, theirs: len(ours) == 1 and re.fullmatch("invalid: " + pattern, ours[0]) is not None


def text_of(files):
    text = files["r.txt"]
    return text if isinstance(text, str) else ""


KNOWN_DIFFERENCES = [
    KnownDifference("more than one place", "one package, one index", refused("`--(extra-index-url|find-links)` is refused: .*")),
    KnownDifference("another index", "one package, one index; pip takes the last", refused("`--index-url` names another index than .*")),
    KnownDifference("an index by path", "an index has a URL", refused("`--index-url` does not name an index by its URL")),
    KnownDifference("no index", "there is no other place", refused("`--no-index` .*")),
    KnownDifference("unchecked hosts", "certificates are always checked", refused("`--trusted-host` .*")),
    KnownDifference("editable", "only wheels of an index are installed", refused("`-e` .*")),
    KnownDifference("URLs, files, repositories", "only wheels of an index are installed", refused(".* only wheels of an index are installed")),
    KnownDifference("nested files by URL", "only local files are read", refused("`--(requirement|constraint)` names a file by its URL, .*")),
    KnownDifference("building", "only wheels are installed", refused(".*, and only wheels are installed")),
    KnownDifference("options beside a requirement", "pip reads over them", refused("`.*` stands beside a requirement, .*")),
    KnownDifference("a hash alone", "pip reads over it", refused("`--hash` stands on a line without a requirement")),
    KnownDifference("words behind options", "pip reads over them", refused("a word stands behind the options .*")),
    KnownDifference("several files on one line", "pip reads the first and nothing else of the line", refused("a line that names a file has no other option")),
    KnownDifference("hashes without sha256", "an index page gives sha256", refused("no sha256 is among the hashes")),
    KnownDifference("a digest of another length", "pip finds out when no file fits", refused("a sha256 has 64 .*")),
    KnownDifference("extras of a constraint", "pip refuses them, too, when it resolves", refused("a constraint asks for extras")),
    KnownDifference("an encoding beyond UTF-8, UTF-16, UTF-32, ASCII and Latin-1", "there is no table of it", refused("the file's encoding `.*` is not supported")),
    KnownDifference(
        "the mark of UTF-32",
        "RFC 2781 and Unicode: FF FE 00 00 is UTF-32; pip takes its first half for UTF-16",
        lambda files, ours, theirs: isinstance(files["r.txt"], bytes) and files["r.txt"].startswith(b"\xff\xfe\x00\x00"),
    ),
    KnownDifference(
        "one requirement",
        "what known_differences.py lists of torchup and `packaging`",
        lambda files, ours, theirs: any(
            one.covers(line, (ours or [""])[0], (theirs or [""])[0])
            for one in known_differences.KNOWN_DIFFERENCES if one.subcommand == "requirement"
            for line in text_of(files).replace("\\\n", "").splitlines()
        ),
    ),
    KnownDifference("an abbreviation", "pip has --config-settings here since 23.1", refused("the option `--c(o|on)?` may mean `--constraint`, `--config-settings`")),
    KnownDifference(
        "an unknown feature",
        "pip's features come and go, and none of them changes what is locked",
        lambda files, ours, theirs: "--use-feature=unheard-of" in text_of(files) and theirs == ["invalid: "],
    ),
]
