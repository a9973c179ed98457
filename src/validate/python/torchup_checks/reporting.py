"""How a check is run and told: what it returns is its detail, what it raises is its failure."""
import json
import math
import os
import time

_known = set()  # checks that an earlier process has told, or died of
_file = None


class Skipped(Exception):
    """Cannot be tried here; its text says why."""


class Wrong(Exception):
    """Numbers beyond their limit."""

    def __init__(self, sentence, judged):
        super().__init__(sentence)
        self.judged = judged


class Judged:
    """An error beside what it may be, and a note."""

    def __init__(self, error, limit, measure, note=""):
        self.error, self.limit, self.measure, self.note = error, limit, measure, note

    def holds(self):
        return self.error < self.limit  # what is no number does not hold

    def passed(self):
        text = f"right, error {self.error:.2g} of {self.limit:.2g} allowed"
        return f"{text}; {self.note}" if self.note else text


def say(**item):
    global _file
    if _file is None:
        _file = os.fdopen(3, "w", encoding="utf-8")
    _file.write(json.dumps(item) + "\n")
    _file.flush()


def fact(name, value):
    say(item="fact", name=name, value=str(value))


def ends():
    say(item="ends")


def skip_known(identities):
    _known.update(identities)


def expect(holds, sentence):
    if not holds:
        raise AssertionError(sentence)


def first_line(error):
    lines = [line.strip() for line in str(error).strip().split("\n") if line.strip()]
    return f"{type(error).__name__}: {lines[0] if lines else ''}"


def _figures(judged):
    if judged is None:
        return {}
    figures = {"limit": judged.limit, "measure": judged.measure}
    if math.isfinite(judged.error):  # JSON has no infinity
        figures["error"] = judged.error
    return figures


def check(identity, level, run):
    """Runs one check and reports it; whether it passed, or was known already."""
    if identity in _known:
        return True
    say(item="begins", id=identity, level=level)
    start = time.perf_counter()
    outcome, judged = "pass", None
    try:
        value = run()
        if isinstance(value, Judged):
            judged = value
            if not judged.holds():
                raise Wrong(judged.note or "the numbers are wrong", judged)
            value = judged.passed()
        detail = value if isinstance(value, str) else ""
    except Skipped as reason:
        outcome, detail = "skip", str(reason)
    except Wrong as wrong:
        outcome, judged = "fail", wrong.judged
        detail = f"{wrong}: error {judged.error:.3g}, limit {judged.limit:.3g}"
    except BaseException as error:  # an import may even call sys.exit
        if isinstance(error, KeyboardInterrupt):
            raise
        outcome, detail = "fail", first_line(error)
    say(item="check", id=identity, level=level, engine="torch-python", outcome=outcome, detail=detail,
        seconds=time.perf_counter() - start, **_figures(judged))
    return outcome == "pass"
