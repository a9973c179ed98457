"""What the comparisons have in common: how they are called, and where the libraries are that torchup is compared with."""

import argparse
import glob
import os
import sys

WANTED = "26.3"
MOST_SHOWN = 20


def read(description, count, **more):
    """The arguments, and `packaging` on sys.path; `more` are options of the comparison's own, by name."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("torchup")
    parser.add_argument("--peers", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=count)
    for name, options in more.items():
        parser.add_argument(f"--{name}", **options)
    arguments = parser.parse_args()
    arguments.torchup = os.path.abspath(arguments.torchup)
    find_packaging(arguments.peers)
    return arguments


def find_packaging(peers):
    for folder in [peers, *glob.glob(os.path.join(peers, "lib", "python*", "site-packages"))]:
        if os.path.isdir(os.path.join(folder, "packaging")):
            sys.path.insert(0, folder)
            import packaging

            if packaging.__version__ != WANTED:
                sys.exit(f"compare: {folder} has packaging {packaging.__version__}, not {WANTED}; run scripts/peers")
            return
    sys.exit(f"compare: no packaging below {peers}; run scripts/peers")
