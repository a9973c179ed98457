"""What several features need: whether torch is new enough, a compiler, processes that end."""
import os
import shutil
import subprocess
import sys
import sysconfig

from torchup_checks.reporting import Skipped

MOST_PRINTED = 300


def version_of(torch):
    """(2, 10) of "2.10.0+cu132"."""
    return tuple(int(part) for part in torch.__version__.split("+")[0].split(".")[:2])


def need_version(torch, major, minor, what):
    if version_of(torch) < (major, minor):
        raise Skipped(f"{what} came with torch {major}.{minor}")


def need_compiler():
    """Compiled graphs for a processor are C++ that includes Python.h."""
    compiler = next((each for each in (os.environ.get("CXX"), "g++", "clang++") if each and shutil.which(each)), None)
    if compiler is None:
        raise Skipped("there is no C++ compiler; install g++")
    header = os.path.join(sysconfig.get_paths()["include"], "Python.h")
    if not os.path.exists(header):
        raise Skipped("there is no Python.h for this interpreter; install its development files")
    return os.path.basename(compiler)


def run_script(arguments, seconds):
    """Runs this interpreter to its end; its output's last line is the failure where it fails."""
    try:
        done = subprocess.run([sys.executable] + arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        raise AssertionError(f"the processes did not end within {seconds} s")
    if done.returncode != 0:
        raise AssertionError(f"the processes ended with exit status {done.returncode}: {said(done.stdout)}")


def said(output):
    """The line that tells most of what a failed process printed."""
    lines = [line.strip() for line in output.decode("utf-8", "replace").split("\n") if line.strip()]
    telling = [line for line in lines if "Error" in line and "ChildFailedError" not in line]
    return (telling or lines or ["it printed nothing"])[-1 if not telling else 0][-MOST_PRINTED:]


def close(torch, actual, expected, sentence):
    """Two roads to the same float32 numbers, which may round differently."""
    if actual.shape != expected.shape or not torch.allclose(actual.cpu(), expected.cpu(), rtol=1e-4, atol=1e-5):
        raise AssertionError(sentence)


def small_network(torch):
    torch.manual_seed(7)
    return torch.nn.Sequential(torch.nn.Linear(16, 32), torch.nn.GELU(), torch.nn.LayerNorm(32), torch.nn.Linear(32, 4)).eval()


def fastest_device(torch):
    return "cuda" if torch.cuda.is_available() else "cpu"
