"""The script that torchup starts: `run.py LEVELS SKIPPED` or `run.py features NAME`; every finding is a line on descriptor 3."""
import importlib
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from torchup_checks import load_level, numeric_level, reporting  # noqa: E402


def run_feature(name):
    import torch
    importlib.import_module(f"torchup_checks.features.{name}").run(torch)


def run_levels(levels):
    has_torch = load_level.is_installed("torch")
    if "load" in levels:
        loaded = load_level.run(has_torch)
    else:
        loaded = reporting.check("import-torch", levels[0], load_level.import_torch)
    if "numeric" in levels and loaded:
        numeric_level.run()


def main():
    level, rest = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""
    if level == "features":
        run_feature(rest)
    else:
        reporting.skip_known(rest.split(",") if rest else [])
        run_levels(level.split(","))
    reporting.ends()


if __name__ == "__main__":
    main()
