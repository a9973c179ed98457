#!/usr/bin/python3
"""Plants faults into a copy of a real environment with torch, one after the other, and sees `verify` find and name each.

    planted_faults.py TORCHUP ENV [--work DIR] [FAULT...]

The copy shares its files with the environment as hard links where it can; what is changed is replaced, never written into.
Prints a line for each fault; exit 1 if one was not found, not named, or if anything was found where nothing is planted.
"""
import argparse
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SEGV = r"the process was ended by SIGSEGV \(a wrong memory access\)"
ILL = r"the process was ended by SIGILL \(an instruction that this CPU does not have\)"
# fault: pattern of the checks that must fail, pattern of what each says. No other check may fail.
FAULTS = {
    "none": (None, None),
    "c:identity": (r"eigh-.*", r"the eigenvectors are the identity matrix: error .*"),
    "c:tf32": (r"matmul-\d+x.*", r"as coarse as products of TF32 or float16 inputs: error .*"),
    "c:wrong-element": (r"matmul-\d+x.*", r"1 of \d+ elements are wrong: error .*"),
    "c:dropped-k": (r"matmul-\d+x.*", r"the last of the \d+ products of each sum is left out: error .*"),
    "c:scale": (r"attention-\d.*", r"the scores are scaled by 0\.5 / sqrt\(depth\): error .*"),
    "c:crash": (r"eigh-.*", SEGV),
    "c:illegal": (r"eigh-.*", ILL),
    "c:hang": (r"eigh-33x33", r"the process did not end within \d+ s"),
    "py:identity": (r"eigh-\w+-cpu|autograd-eigh-cpu", r".*the eigenvectors are the identity matrix: error .*|the derivative is not .*"),
    "py:tf32": (r"matmul-float32-cpu", r"as coarse as products of TF32 or float16 inputs: error .*"),
    "py:wrong-element": (r"matmul-float32-cpu", r"1 of \d+ elements are wrong: error .*"),
    "py:dropped-k": (r"matmul-float32-cpu", r"the last of the \d+ products of each sum is left out: error .*"),
    "py:scale": (r"attention-[\w-]+-cpu", r".*the scores are scaled by 0\.5 / sqrt\(depth\): error .*"),
    "py:crash": (r"eigh-\w+-cpu|autograd-eigh-cpu", SEGV),
    "py:illegal": (r"eigh-\w+-cpu|autograd-eigh-cpu", ILL),
    "py:hang": (r"eigh-complex64-cpu", r"the process did not end within \d+ s"),
}


def copied(source, work):
    copy = os.path.join(work, "env")
    shutil.rmtree(copy, ignore_errors=True)
    if subprocess.run(["cp", "-al", source, copy], stderr=subprocess.DEVNULL, check=False).returncode != 0:
        shutil.rmtree(copy, ignore_errors=True)
        subprocess.run(["cp", "-a", source, copy], check=True)
    return copy


def replace(path, text):
    """A new file in the old one's place: the old one may have other names."""
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(text)
    os.rename(path + ".new", path)


def build_wrapper(libraries, work):
    """Linked against a stand-in by the name that the real library gets; found beside the wrapper when it is loaded."""
    stand_in = os.path.join(work, "libtorch_cpu_real.so")
    subprocess.run(["g++", "-shared", "-fPIC", "-x", "c++", "/dev/null", "-Wl,-soname,libtorch_cpu_real.so", "-o", stand_in], check=True)
    wrapper = os.path.join(work, "libtorch_cpu.so")
    subprocess.run(["g++", "-std=c++17", "-O1", "-Wall", "-Wextra", "-shared", "-fPIC", os.path.join(HERE, "planted.cpp"), "-o", wrapper,
                    "-L" + work, "-Wl,--no-as-needed", "-l:libtorch_cpu_real.so", "-ldl", "-Wl,-rpath,$ORIGIN"], check=True)
    os.rename(os.path.join(libraries, "libtorch_cpu.so"), os.path.join(libraries, "libtorch_cpu_real.so"))
    shutil.move(wrapper, os.path.join(libraries, "libtorch_cpu.so"))


def plant(copy, work):
    packages = glob.glob(os.path.join(copy, "generations", "*", "lib", "python3.*", "site-packages"))
    torch = os.path.join(packages[0], "torch")
    build_wrapper(os.path.join(torch, "lib"), work)
    shutil.copy(os.path.join(HERE, "torchup_planted.py"), packages[0])
    with open(os.path.join(torch, "__init__.py"), encoding="utf-8") as file:
        replace(os.path.join(torch, "__init__.py"), file.read() + "\n\nimport torchup_planted\n")


def verify(torchup, copy, work, fault):
    environment = dict(os.environ, PLANTED_FAULT=fault, XDG_DATA_HOME=os.path.join(work, "data"))
    limit = "90" if fault.endswith("hang") else "300"
    done = subprocess.run([torchup, "verify", "--level", "numeric", "--timeout", limit, "--json", "--env", copy], env=environment,
                          stdout=subprocess.PIPE, check=False)
    return done.returncode, json.loads(done.stdout)["checks"]


def problems(fault, status, checks):
    wanted, says = FAULTS[fault]
    failed = [check for check in checks if check["outcome"] == "fail"]
    engine = {"c": "torch-c", "p": "torch-python"}.get(fault[0])
    if wanted is None:
        yield from (f"found in a healthy torch: {check['id']}: {check['detail']}" for check in failed)
        return
    if not failed or status != 1:
        yield f"not found, exit status {status}"
    for check in failed:
        if check["engine"] != engine or not re.fullmatch(wanted, check["id"]):
            yield f"blames {check['id']} ({check['engine']}): {check['detail']}"
        elif not re.fullmatch(says, check["detail"]):
            yield f"says of {check['id']}: {check['detail']}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("torchup")
    parser.add_argument("env")
    parser.add_argument("--work")
    parser.add_argument("faults", nargs="*", choices=[[], *FAULTS])
    options = parser.parse_intermixed_args()
    work = options.work or tempfile.mkdtemp(prefix="planted-", dir=os.path.dirname(os.path.abspath(options.env)))
    os.makedirs(work, exist_ok=True)
    bad = 0
    try:
        copy = copied(os.path.abspath(options.env), work)
        plant(copy, work)
        for fault in options.faults or FAULTS:
            status, checks = verify(os.path.abspath(options.torchup), copy, work, fault)
            found = list(problems(fault, status, checks))
            failed = sum(check["outcome"] == "fail" for check in checks)
            print(f"{fault:16} {'; '.join(found) or f'as expected: {failed} of {len(checks)} checks fail'}", flush=True)
            bad += bool(found)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(f"{len(options.faults or FAULTS) - bad} of {len(options.faults or FAULTS)} as expected")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
