#!/usr/bin/python3
"""Resolves real requirement sets with torchup and with uv on the real index, and prints where they choose differently.

    compare.py --torchup FILE --peers FOLDER --output FOLDER [--only TEXT]

Both resolve for this host's /usr/bin/python3 and take wheels only. Differences with a reason stand in REASONS; any other ends the
run with exit 1. Some 30 sets, a few thousand requests, no wheel is downloaded.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tomllib

import cases
import run
import tools

SETS = [
    "torch torchvision", "torch torchaudio", "transformers[torch] accelerate datasets", "scikit-learn pandas matplotlib",
    "numpy scipy pandas scikit-learn matplotlib", "jupyter", "jupyterlab ipywidgets", "diffusers transformers accelerate",
    "lightning torchmetrics", "sentence-transformers", "peft bitsandbytes", "timm", "ultralytics", "flask", "django djangorestframework",
    "fastapi[standard]", "apache-airflow==3.*", "boto3 urllib3<2", "sphinx furo", "pytest pytest-cov hypothesis", "black ruff mypy",
    "requests[socks]", "dask[complete]", "xarray[io]", "polars pyarrow", "gradio", "streamlit", "mlflow", "ray[default]", "optuna",
    "opencv-python-headless albumentations", "spacy", "nltk gensim", "wandb", "onnx onnxruntime",
]

# (set, package): why it is right that they differ.
REASONS = {}


def versions_of(path):
    with open(path, "rb") as file:
        return {package["name"]: package["version"] for package in tomllib.load(file)["packages"]}


def resolve(tool, requests):
    tool.clear_lock()
    done = subprocess.run(tool.resolve(cases.Case(requests.split(), wheels_only=True)), env=tool.settings(), capture_output=True, text=True, check=False, timeout=run.LIMIT)
    return versions_of(tool.lock) if done.returncode == 0 else f"ended with {done.returncode}: {done.stderr.strip()[-600:]}"


def compare(requests, ours, theirs):
    """What is to be said of one set: the lines, and whether all of it is explained."""
    if isinstance(ours, str) or isinstance(theirs, str):
        same = isinstance(ours, str) and isinstance(theirs, str)
        return [f"  torchup {ours if isinstance(ours, str) else 'resolves'}", f"  uv {theirs if isinstance(theirs, str) else 'resolves'}"], same
    lines, explained = [], True
    for name in sorted(ours.keys() | theirs.keys()):
        if ours.get(name) == theirs.get(name):
            continue
        reason = REASONS.get((requests, name))
        explained = explained and reason is not None
        lines.append(f"  {name}: torchup {ours.get(name, '-')}, uv {theirs.get(name, '-')}" + (f" ({reason})" if reason else ""))
    return lines, explained


def main():
    parser = argparse.ArgumentParser(description="Compares what torchup and uv choose; see the top of this file.")
    for name in ("torchup", "peers", "output"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--only", default="", help="only the sets whose text contains this")
    options = parser.parse_args()
    work = os.path.join(os.path.abspath(options.output), "compare")
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    index = run.index_url()
    torchup = tools.Torchup(os.path.abspath(options.torchup), work, index)
    uv = tools.Uv(os.path.join(os.path.abspath(options.peers), "bin", "uv"), work, index)
    unexplained = equal = 0
    sets = [requests for requests in SETS if options.only in requests]
    for requests in sets:
        ours, theirs = resolve(torchup, requests), resolve(uv, requests)
        lines, explained = compare(requests, ours, theirs)
        equal += not lines
        unexplained += not explained
        count = len(ours) if isinstance(ours, dict) else 0
        print(f"{'=' if not lines else '~' if explained else '!'} {requests}: {count} packages", *lines, sep="\n", flush=True)
    print(f"{equal} of {len(sets)} sets are equal, {unexplained} differ without a reason")
    shutil.rmtree(work, ignore_errors=True)
    sys.exit(1 if unexplained else 0)


if __name__ == "__main__":
    main()
