"""Compiles Python sources without running them: no site-packages, nothing imported from them.

Argument: a file of source, target and time, each closed by a NUL, again and again. Each target is written as Python's own import would write it
(PEP 552, by time and size); a source that does not compile has none.
"""
import importlib.util
import marshal
import os
import struct
import sys


def compiled(source, time):
    with open(source, "rb") as file:
        text = file.read()
    # The name is put right by the import, which knows where the source lies then.
    code = compile(text, os.path.basename(source), "exec", dont_inherit=True, optimize=0)
    return importlib.util.MAGIC_NUMBER + struct.pack("<III", 0, time, len(text)) + marshal.dumps(code)


def write(target, content):
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444), "wb") as file:
        file.write(content)


def main():
    os.nice(5)  # what the user waits for comes first
    with open(sys.argv[1], "rb") as file:
        fields = file.read().split(b"\0")[:-1]
    for source, target, time in zip(*[iter(fields)] * 3):
        try:
            content = compiled(source, int(time))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        write(target, content)


sys.setrecursionlimit(max(sys.getrecursionlimit(), 3000))
main()
