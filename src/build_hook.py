"""Runs one hook of a PEP 517 build backend, in the environment that was made for the build.

Arguments: requires, metadata or wheel; the source's folder; the backend; its folders in the source, joined by `:`; the folder for
what is made; the log. The answer is one line on descriptor 3 for each requirement, or `metadata FOLDER`, or `wheel FILE`. All that
the backend prints goes to the log.
"""
import importlib
import os
import sys


def say(line):
    if "\n" in line:
        raise ValueError(f"an answer has a line break: {line!r}")
    report.write(line + "\n")


def load(backend):
    module, _, attributes = backend.partition(":")
    found = importlib.import_module(module)
    for name in filter(None, attributes.split(".")):
        found = getattr(found, name)
    return found


def answer(hook, backend, out):
    if hook == "requires":
        wanted = getattr(backend, "get_requires_for_build_wheel", None)
        for requirement in wanted() if wanted else []:
            say(requirement)
        return
    prepare = getattr(backend, "prepare_metadata_for_build_wheel", None)
    if hook == "metadata" and prepare:
        say("metadata " + prepare(out))
    else:
        say("wheel " + backend.build_wheel(out))


hook, source, name, folders, out, log = sys.argv[1:]
os.set_inheritable(3, False)  # a compiler that goes on in the background must not keep the answer open
report = os.fdopen(3, "w", encoding="utf-8")
printed = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
os.dup2(printed, 1)
os.dup2(printed, 2)
sys.stdout.reconfigure(line_buffering=True)  # so that the log is in order
os.chdir(source)
sys.path[:0] = [os.path.join(source, folder) for folder in filter(None, folders.split(":"))]
sys.argv = sys.argv[:1]
answer(hook, load(name), out)
report.close()
