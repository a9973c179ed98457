"""What is resolved and installed in a bench."""

import dataclasses

TORCH = ["torch", "torchvision"]
SCIENCE = ["numpy", "scipy", "pandas", "scikit-learn", "matplotlib"]
PLATFORMS = ["linux-x86_64", "macos-arm64", "windows-x86_64"]
PYTHONS = ["3.10", "3.11", "3.12", "3.13"]


@dataclasses.dataclass(frozen=True)
class Case:
    """One resolution. `wheels_only` asks the peers for what torchup does by itself; `universal` is one lock for all of PLATFORMS and
    PYTHONS; with `pip` pip takes part, too."""

    requests: list
    label: str = ""
    exclude_newer: str = ""
    wheels_only: bool = False
    universal: bool = False
    pip: bool = False

    @property
    def name(self):
        return self.label or f"`{' '.join(self.requests)}`"


# pip would download every wheel of torch only to read what it needs.
RESOLVE = [
    Case(TORCH),
    Case(["jupyter"], pip=True),
    Case(["transformers[torch]", "accelerate", "datasets"]),
    Case(SCIENCE, pip=True),
    Case(["apache-airflow==3.*"]),
]

# Sets on which resolvers are known to go back and forth (uv's issues 1398, 8157 and 9843).
BACKTRACKING = [
    Case(["click>=7.0", "click-loglevel~=0.2", "dandi>=0.24.0", "psutil~=5.9", "pyyaml", "selenium"],
         "dandi and five more, uploaded before 2023-10-01", exclude_newer="2023-10-01", wheels_only=True),
    Case(["starlette<=0.36.0", "fastapi<=0.115.2"], wheels_only=True),
    Case(["boto3", "urllib3<1.26", "botocore>1.20"], wheels_only=True),
]

UNIVERSAL = [
    Case(["jupyter"], "`jupyter` for three platforms and four Pythons", universal=True),
    Case(SCIENCE, "numpy and four more for three platforms and four Pythons", universal=True),
]
