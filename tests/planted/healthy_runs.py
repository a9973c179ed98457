#!/usr/bin/python3
"""Runs `verify` again and again on healthy environments: whatever it finds is a false alarm.

    healthy_runs.py TORCHUP [--runs 20] [--level load,numeric] ENV...

Prints a line for each environment; exit 1 if anything was found.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time


def verify(torchup, env, level, data):
    done = subprocess.run([torchup, "verify", "--level", level, "--json", "--env", env], stdout=subprocess.PIPE, check=False,
                          env=dict(os.environ, XDG_DATA_HOME=data))
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("torchup")
    parser.add_argument("envs", nargs="+")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--level", default="load,numeric")
    options = parser.parse_args()
    alarms = 0
    with tempfile.TemporaryDirectory() as data:
        for env in options.envs:
            found, seconds = [], []
            for _ in range(options.runs):
                start = time.monotonic()
                report = verify(options.torchup, env, options.level, data)
                seconds.append(time.monotonic() - start)
                found += [f"{check['id']}: {check['detail']}" for check in report["checks"] if check["outcome"] == "fail"]
            alarms += len(found)
            print(f"{env}: torch {report['torch']}, {len(report['checks'])} checks, {options.runs} runs, {len(found)} findings, "
                  f"{min(seconds):.1f} to {max(seconds):.1f} s each", *sorted(set(found)), sep="\n  ", flush=True)
    return 1 if alarms else 0


if __name__ == "__main__":
    sys.exit(main())
