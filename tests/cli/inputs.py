#!/usr/bin/python3
"""What is wanted, from files: requirements files as pip reads them, and pyproject.toml with extras and groups.

    inputs.py TORCHUP
"""

import hashlib
import os

import harness

PYTHON = ("--python", harness.PYTHON)

PYPROJECT = """
[project]
name = "mine"
requires-python = ">=3.8"
dependencies = ["demo<2"]

[project.optional-dependencies]
Big-Data = ["large"]
all = ["mine[big.data]"]

[dependency-groups]
test = ["base", {include-group = "Lint_Er"}]
lint-er = ["large==1.0"]
"""


class Inputs(harness.Story):
    def write(self, name, text):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def versions(self, *words):
        return {package["name"]: package["version"] for package in self.json_of("lock", *words, *PYTHON)["packages"]}

    def refuse(self, *words, status, says):
        """Refused in these words, wrapped as they may be; nothing was written."""
        before = self.listing()
        _, err = self.run_torchup(*words, status=status)
        text = " ".join(err.split())
        for part in [says] if isinstance(says, str) else says:
            self.assertIn(part, text)
        self.assertEqual(self.listing(), before)
        return text

    def hash_of(self, name):
        folder = next(root for root, _, names in os.walk(self.files) if name in names)
        with open(os.path.join(folder, name), "rb") as file:
            return "--hash=sha256:" + hashlib.sha256(file.read()).hexdigest()


class Wishes(Inputs):
    def test_an_override_takes_the_place_of_what_packages_ask_for(self):
        self.assertEqual(self.versions("-U", "demo", "--override", "base==1.0"), {"base": "1.0", "demo": "2.0"})
        self.write("o.txt", "base==1.0\nlarge\n")
        self.assertEqual(self.versions("-U", "demo", "--override", "o.txt"), {"base": "1.0", "demo": "2.0"})
        self.refuse("lock", "demo", "--override", "absent.txt ~", status=2, says="while reading the override `absent.txt ~`, which is no file")

    def test_the_lowest_versions_that_do(self):
        self.assertEqual(self.versions("-U", "demo", "base"), {"base": "2.0", "demo": "2.0"})
        self.assertEqual(self.versions("-U", "demo", "--resolution", "lowest"), {"base": "1.0", "demo": "1.0"})
        self.assertEqual(self.versions("-U", "demo", "--resolution", "lowest-direct"), {"base": "2.0", "demo": "1.0"})


class RequirementsFiles(Inputs):
    def test_files_name_one_another_beside_themselves(self):
        self.write("r.txt", "\ufeff# wanted\n-r sub/more.txt\n${WANTED} \\\n  >=1.0\n--prefer-binary\n")
        self.write("sub/more.txt", "large\n-c limits.txt\n")
        self.write("sub/limits.txt", "demo<2\n")
        self.variables["WANTED"] = "demo"
        self.assertEqual(self.versions("-r", "r.txt"), {"base": "2.0", "demo": "1.0", "large": "1.0"})

    def test_a_refusal_names_file_line_and_text(self):
        self.write("r.txt", "demo\n-r sub/more.txt\n")
        self.write("sub/more.txt", "# more\n-e ./here\n")
        self.refuse("lock", "-r", "r.txt", status=2,
                    says=["error: `-e` asks for an install that stays tied to a folder",
                          "while reading line 2 of `sub/more.txt`: `-e ./here` while reading line 2 of `r.txt`: `-r sub/more.txt`"])

    def test_a_second_index_is_refused_with_what_to_do(self):
        self.write("r.txt", "--extra-index-url https://download.pytorch.org/whl/cu130\ntorch\n")
        self.refuse("lock", "-r", "r.txt", status=2, says=["each package comes from one index", "give `--variant cu130`"])

    def test_no_secret_is_shown(self):
        self.variables["TOKEN"] = "s3cret"
        for line in ("-i u:${TOKEN}@index.example", "demo ${TOKEN}", "demo @ https://u:s3cret@index.example/demo.whl"):
            self.write("r.txt", line + "\n")
            text = self.refuse("lock", "-r", "r.txt", status=2, says="while reading line 1 of `r.txt`")
            self.assertNotIn("s3cret", text)

    def test_the_index_of_a_file_is_used_and_the_command_line_counts_before_it(self):
        self.write("r.txt", f"-i {self.base}/simple\nbase\n")
        del self.variables["TORCHUP_INDEX_URL"]
        self.assertEqual(self.versions("-r", "r.txt"), {"base": "2.0"})
        self.write("r.txt", "-i http://127.0.0.1:1/simple\nbase\n")
        _, err = self.run_torchup("lock", "-r", "r.txt", "--index-url", self.base + "/simple", *PYTHON)
        self.assertIn("line 1 of `r.txt` names another index than `--index-url`, which is taken", " ".join(err.split()))

    def test_a_wheel_with_a_given_hash_is_taken(self):
        base = self.hash_of("base-1.0-py3-none-any.whl")
        self.write("r.txt", f"base {base} \\\n  --hash=sha512:00\n")
        self.assertEqual(self.versions("-r", "r.txt"), {"base": "1.0"})

    def test_a_wheel_with_another_hash_is_no_candidate(self):
        self.write("r.txt", f"base==2.0 {self.hash_of('base-1.0-py3-none-any.whl')}\n")
        self.refuse("lock", "-r", "r.txt", *PYTHON, status=4, says="the lines with --hash for base must name a file of this index that fits")

    def test_one_hash_asks_for_one_of_every_package(self):
        self.write("r.txt", f"demo==1.0 {self.hash_of('demo-1.0-py3-none-any.whl')}\n")
        self.refuse("lock", "-r", "r.txt", *PYTHON, status=6,
                    says=["1 of 2 packages have no hash", "base==2.0 " + self.hash_of("base-2.0-py3-none-any.whl")])
        self.write("r.txt", "--require-hashes\nbase\n")
        self.refuse("install", "-r", "r.txt", "--env", "env", *PYTHON, status=6, says="1 of 1 packages have no hash")


class Projects(Inputs):
    def setUp(self):
        super().setUp()
        self.write("pyproject.toml", PYPROJECT)

    def test_dependencies_extras_and_groups(self):
        project = {"base": "2.0", "demo": "1.0"}
        self.assertEqual(self.versions("-r", "pyproject.toml"), project)
        for words in (["--extra", "big_data"], ["--extra", "ALL"], ["--all-extras"], ["--group", "test"]):
            self.assertEqual(self.versions("-r", "pyproject.toml", *words), project | {"large": "1.0"}, words)

    def test_a_group_alone(self):
        self.assertEqual(self.versions("--group", "lint.er"), {"large": "1.0"})
        os.rename(self.path("pyproject.toml"), self.path("other.toml"))
        self.assertEqual(self.versions("--group", "other.toml:test"), {"base": "2.0", "large": "1.0"})
        self.refuse("lock", "--group", "test", status=2, says="`pyproject.toml`")

    def test_what_is_missing_is_told_with_what_is_there(self):
        self.refuse("lock", "-r", "pyproject.toml", "--extra", "bigdata", status=2, says=["the project has no extra `bigdata`", "`big-data`"])
        self.refuse("lock", "--group", "tests", status=2, says=["there is no dependency group `tests`", "`test`"])
        self.refuse("lock", "demo", "--extra", "x", status=2, says="name its file with `-r pyproject.toml`")
        self.refuse("lock", "-r", "pyproject.toml", "-r", self.path("pyproject.toml"), "--group", "test", status=2,
                    says="more than one pyproject.toml is named")

    def test_a_python_that_the_project_does_not_admit(self):
        self.write("pyproject.toml", PYPROJECT.replace(">=3.8", ">=3.99"))
        self.refuse("lock", "-r", "pyproject.toml", *PYTHON, status=3,
                    says=["`requires-python` of `pyproject.toml` is `>=3.99`, and this is Python 3.", "`--python X.Y`"])
        self.assertEqual(self.versions("--group", "lint-er"), {"large": "1.0"})

    def test_a_cycle_and_a_dynamic_list(self):
        self.write("pyproject.toml", "[dependency-groups]\na = [{include-group = 'b'}]\nb = [{include-group = 'A'}]\n")
        self.refuse("lock", "--group", "a", status=2, says="the dependency groups form a cycle: `a` includes `b` includes `a`")
        self.write("pyproject.toml", "[project]\nname = 'mine'\ndynamic = ['dependencies']\n")
        self.refuse("lock", "-r", "pyproject.toml", status=2, says="`project.dependencies` is dynamic")

    def test_a_lock_is_no_wish(self):
        self.run_torchup("lock", "base", *PYTHON)
        self.refuse("lock", "-r", "pylock.toml", status=2, says="`torchup sync` installs a lock")


if __name__ == "__main__":
    harness.main(Wishes, RequirementsFiles, Projects)
