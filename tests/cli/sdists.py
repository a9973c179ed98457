#!/usr/bin/python3
"""Packages without a fitting wheel: no candidates, unless the user lets their code run.

    sdists.py TORCHUP
"""

import os
import subprocess

import harness

PYTHON = ("--python", harness.PYTHON)

# A build backend in the source itself (PEP 517, backend-path): it needs nothing from any index.
BACKEND = '''
import base64, hashlib, os, zipfile

NAME, VERSION, REQUIRES = {name!r}, "1.0", {requires!r}
METADATA = "Metadata-Version: 2.1\\nName: %s\\nVersion: %s\\n" % (NAME, VERSION) + "".join("Requires-Dist: %s\\n" % one for one in REQUIRES)


def prepare_metadata_for_build_wheel(directory, config_settings=None):
    folder = "%s-%s.dist-info" % (NAME, VERSION)
    os.mkdir(os.path.join(directory, folder))
    with open(os.path.join(directory, folder, "METADATA"), "w") as file:
        file.write(METADATA)
    return folder


def build_wheel(directory, config_settings=None, metadata_directory=None):
    print("building, with", sorted(name for name in os.environ if "TORCHUP" in name or "SECRET" in name))
    {before}
    info = "%s-%s.dist-info" % (NAME, VERSION)
    files = {{NAME + "/__init__.py": "made = 'by its own backend'\\n", info + "/METADATA": METADATA,
             info + "/WHEEL": "Wheel-Version: 1.0\\nGenerator: t\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"}}
    rows = ""
    for name, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        rows += "%s,sha256=%s,%d\\n" % (name, digest, len(text.encode()))
    files[info + "/RECORD"] = rows + info + "/RECORD,,\\n"
    wheel = "%s-%s-py3-none-any.whl" % (NAME, VERSION)
    with zipfile.ZipFile(os.path.join(directory, wheel), "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text)
    return wheel
'''
PROJECT = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["tools"]\n'


def sdist(name, pkg_info="", requires=(), before="pass", project=PROJECT):
    backend = BACKEND.format(name=name, requires=list(requires), before=before)
    return {"name": name, "version": "1.0", "sdist": {"pkg_info": pkg_info, "files": {"pyproject.toml": project, "tools/backend.py": backend}}}


class Sdists(harness.Story):
    wheels = harness.WHEELS + [
        sdist("static", "Requires-Dist: base>=1\n", ["base>=1"]),
        sdist("dynamic", "Dynamic: Requires-Dist\n", ["base<2"]),
        sdist("broken", "", before="raise RuntimeError('no compiler here')"),
        sdist("needy", "", project=PROJECT.replace("[]", '["demo==1.0"]'), before="import demo"),
        sdist("mixed"),
        {"name": "mixed", "version": "1.0", "tag": "cp39-cp39-win_amd64"},
        sdist("both"),
        {"name": "both", "version": "1.0"},
        {"name": "wants", "version": "1.0", "requires": ["static"]},
    ]

    def setUp(self):
        super().setUp()
        self.variables["TORCHUP_SECRET"] = "hunter2"

    def versions(self, *words):
        return {package["name"]: package["version"] for package in self.json_of("lock", *words, *PYTHON)["packages"]}

    def lock_text(self):
        with open(self.path("pylock.toml"), encoding="utf-8") as file:
            return file.read()

    def log_of(self, name):
        with open(self.path("home", ".cache", "torchup", "builds", "logs", f"{name}-1.0.log"), encoding="utf-8") as file:
            return file.read()

    def was_built(self, name):
        return os.path.exists(self.path("home", ".cache", "torchup", "builds", "logs", f"{name}-1.0.log"))

    def test_an_sdist_is_no_candidate_and_the_way_out_is_named(self):
        for words in (("static",), ("wants",), ("mixed",)):
            _, err = self.run_torchup("lock", *words, *PYTHON, status=4)
            name = "mixed" if words == ("mixed",) else "static"
            self.assertIn(f"`--allow-build {name}` runs its code to build it", " ".join(err.split()))
        self.assertEqual([path for path in self.requests("/files/") if path.endswith(".tar.gz")], [])

    def test_static_metadata_is_locked_without_a_build(self):
        self.assertEqual(self.versions("wants", "--allow-build", "static"), {"wants": "1.0", "static": "1.0", "base": "2.0"})
        self.assertIn('sdist = {name = "static-1.0.tar.gz", url = "', self.lock_text())
        self.assertFalse(self.was_built("static"))
        before = self.lock_text()
        self.run_torchup("lock", "wants", "--allow-build", "static", *PYTHON)
        self.assertEqual(self.lock_text(), before)

    def test_sync_builds_what_is_allowed_and_refuses_what_is_not(self):
        self.run_torchup("lock", "static", "--allow-build", "static", *PYTHON)
        _, err = self.run_torchup("sync", "--env", "env", "--no-validate", *PYTHON, status=2)
        self.assertIn("`static 1.0` has no wheel for this interpreter, and its sdist may not be built", err)
        self.assertFalse(self.was_built("static"))
        self.run_torchup("sync", "--env", "env", "--no-validate", "--allow-build", "static", *PYTHON)
        ran = subprocess.run([self.path("env", "bin", "python"), "-c", "import static; print(static.made)"], capture_output=True, text=True,
                             check=True, timeout=60)
        self.assertEqual(ran.stdout, "by its own backend\n")
        self.assertEqual(self.log_of("static"), "building, with []\n")  # nothing of the user's own settings
        again = self.json_of("sync", "--env", "env", "--no-validate", "--allow-build", "static", *PYTHON)
        self.assertEqual((again["generation"], again["plan"]["keep"]), (1, 2))
        self.assertEqual(self.log_of("static"), "building, with []\n")  # built once
        self.assertTrue(self.json_of("verify", "--level", "files", "--env", "env")["healthy"])
        self.assertEqual(len(self.json_of("history", "--env", "env")["history"]), 1)

    def test_dynamic_metadata_is_built_at_lock_time(self):
        self.assertEqual(self.versions("dynamic", "--allow-build", "dynamic"), {"dynamic": "1.0", "base": "1.0"})
        self.run_torchup("install", "dynamic", "--allow-build", "dynamic", "--env", "env", "--no-validate", *PYTHON)

    def test_dynamic_metadata_of_another_machine_cannot_be_learned(self):
        _, err = self.run_torchup("lock", "dynamic", "--allow-build", "dynamic", "--platform", "macos-arm64", "--python", "3.12", status=4)
        self.assertIn("its metadata can only be learned by building it", " ".join(err.split()))
        self.run_torchup("lock", "static", "--allow-build", "static", "--platform", "macos-arm64", "--python", "3.12")

    def test_only_what_is_allowed_is_built(self):
        _, err = self.run_torchup("lock", "static", "dynamic", "--allow-build", "static", *PYTHON, status=4)
        self.assertIn("--allow-build dynamic", err)
        self.assertFalse(self.was_built("dynamic"))

    def test_a_wheel_comes_first(self):
        self.run_torchup("lock", "both", "--allow-build", "both", *PYTHON)
        self.assertIn("both-1.0-py3-none-any.whl", self.lock_text())
        self.assertNotIn("sdist", self.lock_text())

    def test_a_build_that_fails_is_named_with_its_log(self):
        self.run_torchup("lock", "broken", "--allow-build", "broken", *PYTHON)
        _, err = self.run_torchup("sync", "--env", "env", "--no-validate", "--allow-build", "broken", *PYTHON, status=8)
        self.assertIn("`broken` 1.0 cannot be built: its backend ended with exit status 1 (`RuntimeError: no compiler here`)", err)
        self.assertIn("builds/logs/broken-1.0.log", err)
        self.assertIn("RuntimeError: no compiler here", self.log_of("broken"))
        self.assertFalse(os.path.exists(self.path("env", "current")))
        self.assertEqual([name for name in os.listdir(self.path("home", ".cache", "torchup", "builds")) if name.startswith("work-")], [])

    def test_what_a_build_needs_is_installed_for_it_alone(self):
        self.run_torchup("install", "needy", "--allow-build", "needy", "--env", "env", "--no-validate", *PYTHON)
        absent = subprocess.run([self.path("env", "bin", "python"), "-c", "import needy, demo"], capture_output=True, text=True, check=False,
                                timeout=60)
        self.assertIn("No module named 'demo'", absent.stderr)

    def test_an_sdist_with_another_digest_is_refused(self):
        self.fault("/files/static-*.tar.gz", "flip")
        _, err = self.run_torchup("lock", "static", "--allow-build", "static", *PYTHON, status=4)
        self.assertIn("its sha256 is", " ".join(err.split()))

    def test_a_name_that_is_none_is_refused(self):
        _, err = self.run_torchup("lock", "static", "--allow-build", "a b", *PYTHON, status=2)
        self.assertIn("while reading --allow-build", err)


if __name__ == "__main__":
    harness.main(Sdists)
