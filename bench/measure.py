"""One command, run and measured: wall clock, processor time and peak memory of it and everything that it started. A process
begins with the memory of the one that started it, so no peak below Python's own (about 14 MiB) can be seen."""

import dataclasses
import os
import signal
import subprocess
import threading
import time


@dataclasses.dataclass(frozen=True)
class Measured:
    seconds: float
    cpu_seconds: float
    peak_bytes: int
    status: int
    out: str
    err: str
    requests: int | None = None  # to the index, where they were counted


def run(command, environment, folder, limit):
    """Runs a command without a terminal; ended with its whole process group after `limit` seconds."""
    os.makedirs(folder, exist_ok=True)
    out_path, err_path = os.path.join(folder, "out.txt"), os.path.join(folder, "err.txt")
    with open(out_path, "wb") as out, open(err_path, "wb") as err:
        begin = time.monotonic()
        child = subprocess.Popen(command, env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True)
        timer = threading.Timer(limit, os.killpg, (child.pid, signal.SIGKILL))
        timer.start()
        try:
            _, status, usage = os.wait4(child.pid, 0)
        except BaseException:
            os.killpg(child.pid, signal.SIGKILL)
            raise
        finally:
            timer.cancel()
        seconds = time.monotonic() - begin
        child.returncode = os.waitstatus_to_exitcode(status)  # it has been waited for
    return Measured(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, child.returncode, tail(out_path), tail(err_path))


def tail(path, most=1 << 20):
    with open(path, "rb") as file:
        file.seek(max(0, os.path.getsize(path) - most))
        return file.read().decode("utf-8", "replace")
