"""What is resolved and installed in a bench."""

import dataclasses

TORCH = ["torch", "torchvision"]
SCIENCE = ["numpy", "scipy", "pandas", "scikit-learn", "matplotlib"]
PLATFORMS = ["linux-x86_64", "macos-arm64", "windows-x86_64"]
PYTHONS = ["3.10", "3.11", "3.12", "3.13"]


@dataclasses.dataclass(frozen=True)
class Case:
    """One resolution. `wheels_only` asks the peers for what torchup does by itself; `universal` is one lock for all of PLATFORMS and
    PYTHONS; with `pip` pip takes part, too; what is not `solvable` must be refused."""

    requests: list
    label: str = ""
    exclude_newer: str = ""
    wheels_only: bool = False
    universal: bool = False
    pip: bool = False
    solvable: bool = True

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

# Sets on which resolvers are known to go back and forth: from reports to pip and uv, most of which pip's public resolver scenarios hold
# too. A day alone would mean its beginning to torchup and its end to uv.
BACKTRACKING = [
    Case(["click>=7.0", "click-loglevel~=0.2", "dandi>=0.24.0", "psutil~=5.9", "pyyaml", "selenium"],
         "dandi and five more, uploaded before 2023-10-01", exclude_newer="2023-10-01T00:00:00Z", wheels_only=True),
    Case(["starlette<=0.36.0", "fastapi<=0.115.2"], wheels_only=True),
    Case(["boto3", "urllib3<1.26", "botocore>1.20"], wheels_only=True),
    Case(["eth-typing", "numpy", "streamlit", "web3"], "web3, streamlit and two more, before 2024-06-17",
         exclude_newer="2024-06-17T00:00:00Z", wheels_only=True),
    Case(["sphinx", "sphinx-rtd-theme", "sphinx-toolbox", "myst-parser", "sphinxcontrib-bibtex", "nbsphinx"],
         "sphinx and five more, before 2023-12-09", exclude_newer="2023-12-09T00:00:00Z", wheels_only=True),
    Case(["attrs>=21.3.0", "svcs[tests,typing]", "tox>4", "httpx"], "svcs and three more, before 2024-02-17",
         exclude_newer="2024-02-17T00:00:00Z", wheels_only=True),
    Case(["numpy>=2.1,<2.2", "numba<=0.60,>0.1"], "numba at odds with numpy, before 2024-08-28", exclude_newer="2024-08-28T00:00:00Z",
         wheels_only=True, solvable=False),
    Case(["kedro[test]==0.18.13"], "kedro[test], which needs sdists, before 2023-12-09", exclude_newer="2023-12-09T00:00:00Z",
         wheels_only=True, solvable=False),
]

UNIVERSAL = [
    Case(["jupyter"], "`jupyter` for three platforms and four Pythons", universal=True),
    Case(SCIENCE, "numpy and four more for three platforms and four Pythons", universal=True),
]
