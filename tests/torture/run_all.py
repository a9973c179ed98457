#!/usr/bin/python3
"""Every harness of this folder in its full form, one after the other; ends with those that failed.

    run_all.py TORCHUP SHIM [--zips FOLDER]
"""

import argparse
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
HARNESSES = ("shim_check", "adoption", "malformed_wheels", "full_disk", "concurrency", "power_cut", "bit_rot", "canary", "http_matrix", "interrupts",
             "kill_sweep", "errno_sweep")
SKIPPED = 77


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("torchup")
    parser.add_argument("shim")
    parser.add_argument("--zips", default="")
    arguments = parser.parse_args()
    failed = []
    for name in HARNESSES:
        print(f"== {name}", flush=True)
        more = ["--zips", arguments.zips] if name == "malformed_wheels" else []
        words = [sys.executable, "-B", os.path.join(HERE, name + ".py"), arguments.torchup, arguments.shim, "--full", *more]
        start = time.monotonic()
        status = subprocess.run(words, check=False).returncode
        print(f"   {time.monotonic() - start:.0f} s", flush=True)
        if status not in (0, SKIPPED):
            failed.append(name)
    if failed:
        sys.exit(f"torture: failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
