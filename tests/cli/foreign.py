#!/usr/bin/python3
"""What other tools and people put into an environment is seen, and kept, left behind or refused.

    foreign.py TORCHUP
"""

import os
import subprocess

import harness

PYTHON = ("--python", harness.PYTHON)


class Guests(harness.Story):
    wheels = harness.WHEELS + [{"name": "other", "version": "1.0", "files": {"other/__init__.py": "NUMBER = 1\n"}},
                               {"name": "third", "version": "1.0"}]

    def install(self, *words, status=0):
        return self.json_of("install", *words, "--env", "env", "--no-validate", "--yes", *PYTHON, status=status)

    def site(self, *names, generation="current"):
        lib = self.path("env", generation if generation == "current" else f"generations/{generation}", "lib")
        return os.path.join(lib, next(name for name in os.listdir(lib) if name.startswith("python")), "site-packages", *names)

    def write(self, *names, text=""):
        path = self.site(*names)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if os.path.exists(path):
            os.chmod(path, 0o644)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, *names, **more):
        with open(self.site(*names, **more), encoding="utf-8") as file:
            return file.read()

    def put_package(self, name="guest", version="3.1"):
        """As pip does it: files, a script, and RECORD."""
        self.write(name, "__init__.py", text="print('guest')\n")
        script = self.path("env", "current", "bin", name)
        with open(script, "w", encoding="utf-8") as file:
            file.write(f"#!{self.path('env', 'bin', 'python')}\nimport {name}\n")
        os.chmod(script, 0o755)
        folder = f"{name}-{version}.dist-info"
        self.write(folder, "METADATA", text=f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        self.write(folder, "RECORD", text=f"{name}/__init__.py,,\n../../../bin/{name},,\n{folder}/METADATA,,\n{folder}/RECORD,,\n/etc/passwd,,\n"
                                          "../../../../../../../etc/hostname,,\n")


class Foreign(Guests):
    """Into an environment of ours."""

    def setUp(self):
        super().setUp()
        self.install("demo<2")

    def test_a_package_of_pips_is_taken_over_and_runs(self):
        self.put_package()
        document = self.install("other")
        self.assertEqual(document["foreign"], {"packages": [{"name": "guest", "version": "3.1"}], "files": [], "kept": ["guest 3.1"], "left": []})
        self.assertEqual(document["generation"], 2)
        done = subprocess.run([self.path("env", "bin", "guest")], capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout, "guest\n")
        self.assertEqual([package["name"] for package in self.install("demo==2.0")["foreign"]["packages"]], ["guest"])  # and once more
        self.assertEqual(self.read("guest", "__init__.py"), "print('guest')\n")

    def test_an_edit_is_taken_over_again_and_again_while_its_wheel_stays(self):
        self.write("demo", "__init__.py", text="def main():\n    print('mine')\n")
        for wish, generation in (("other", 2), ("third", 3)):
            kept = self.install(wish)["foreign"]
            self.assertEqual((len(kept["kept"]), kept["left"]), (1, []))
            self.assertIn("mine", self.read("demo", "__init__.py", generation=generation))
        self.run_torchup("lock", "other", "-o", "pylock.other.toml", *PYTHON)
        left = self.json_of("sync", "pylock.other.toml", "--env", "env", "--no-validate", "--yes", "--foreign", "keep")["foreign"]["left"]
        self.assertEqual([text.split(": ")[1] for text in left], ["its package changes"])
        self.assertIn("mine", self.read("demo", "__init__.py", generation=3))

    def test_an_edit_of_a_wheel_that_changes_stays_behind_and_is_told(self):
        self.write("demo", "__init__.py", text="changed\n")
        document = self.install("demo==2.0")
        self.assertEqual([text.split(": ")[1] for text in document["foreign"]["left"]], ["its package changes"])
        self.assertNotEqual(self.read("demo", "__init__.py"), "changed\n")
        self.assertEqual(self.read("demo", "__init__.py", generation=1), "changed\n")

    def test_a_loose_file_is_taken_over(self):
        self.write("mine.pth", text="# nothing\n")
        self.assertEqual(len(self.install("other")["foreign"]["kept"]), 1)
        self.assertEqual(self.read("mine.pth"), "# nothing\n")

    def test_a_package_that_the_lock_brings_takes_the_place_of_a_guest(self):
        self.put_package("other", "0.5")
        document = self.install("other")
        self.assertEqual(document["foreign"]["left"], ["other 0.5: other 1.0 takes its place"])
        self.assertEqual(self.read("other", "__init__.py"), "NUMBER = 1\n")

    def test_sync_leaves_it_behind_and_says_where(self):
        self.put_package()
        self.run_torchup("lock", "other", "-o", "pylock.other.toml", *PYTHON)
        text = self.run_torchup("sync", "pylock.other.toml", "--env", "env", "--no-validate", "--yes")[1]
        self.assertIn("what torchup did not install stays behind in generation 1: guest 3.1", " ".join(text.split()))
        self.assertFalse(os.path.exists(self.site("guest")))
        self.assertTrue(os.path.exists(self.site("guest", generation=1)))

    def test_refused_nothing_is_touched(self):
        self.put_package()
        self.run_torchup("lock", "other", "-o", "pylock.other.toml", *PYTHON)
        before = self.listing()
        for words in (["sync", "pylock.other.toml", "--frozen"], ["install", "other", "--foreign", "refuse", *PYTHON]):
            text = self.run_torchup(*words, "--env", "env", "--no-validate", "--yes", status=3)[1]
            self.assertIn("holds what torchup did not install: guest 3.1", " ".join(text.split()))
        self.assertEqual(self.listing(), before)

    def test_what_cannot_be_read_is_not_taken_for_missing(self):
        """A link to itself stands for a disk that fails: what the generation holds, and was asked for, must not be forgotten."""
        record, generation = self.site("demo-1.0.dist-info", "RECORD"), self.path("env", "generations", "1")
        for path in (record, os.path.join(generation, "pylock.toml"), os.path.join(generation, "torchup-generation.json")):
            os.rename(path, self.path("aside"))
            os.symlink(os.path.basename(path), path)
            before = self.listing()
            err = self.run_torchup("install", "other", "--env", "env", "--no-validate", "--yes", *PYTHON, status=3)[1]
            self.assertIn(os.path.basename(path), err)
            self.assertEqual(self.listing(), before)
            os.replace(self.path("aside"), path)
        self.assertEqual([package["name"] for package in self.install("other")["plan"]["add"]], ["other"])

    def test_two_versions_of_a_package_never_meet(self):
        os.remove(self.site("demo-1.0.dist-info", "RECORD"))
        self.install("demo==2.0")
        self.assertEqual([name for name in os.listdir(self.site()) if name.startswith("demo-")], ["demo-2.0.dist-info"])

    def test_an_environment_that_nobody_touched_has_nothing_foreign(self):
        document = self.install("other")
        self.assertEqual(document["foreign"], {"packages": [], "files": [], "kept": [], "left": []})


class InPlace(Guests):
    """The environment is one of the standard library's venv, with guests."""

    def setUp(self):
        super().setUp()
        subprocess.run([harness.PYTHON, "-m", "venv", "--without-pip", self.path("env")], check=True)
        os.symlink(".", self.path("env", "current"))  # while it is filled
        self.put_package()
        self.put_package("demo", "0.1")
        os.remove(self.path("env", "current"))
        self.before = self.contents()

    def contents(self):
        """Every path with what it holds, but the lock, which stays."""
        found = {}
        for folder, folders, files in os.walk(self.path("env")):
            for name in folders + files:
                path = os.path.join(folder, name)
                if name == ".lock":
                    continue
                with open(path, "rb") if os.path.isfile(path) and not os.path.islink(path) else open(os.devnull, "rb") as file:
                    found[os.path.relpath(path, self.path("env"))] = (os.path.islink(path) and os.readlink(path), file.read())
        return found

    def take_over(self, *words, status=0):
        return self.json_of("install", *words, "--env", "env", "--in-place", "--no-validate", "--yes", status=status)

    def test_what_is_there_becomes_generation_1_and_its_guests_are_taken_over(self):
        document = self.take_over("demo<2")
        self.assertEqual(document["generation"], 2)
        self.assertEqual(document["foreign"]["kept"], ["guest 3.1"])
        self.assertEqual(document["foreign"]["left"], ["demo 0.1: demo 1.0 takes its place"])
        self.assertEqual(subprocess.run([self.path("env", "bin", "guest")], capture_output=True, text=True, check=True).stdout, "guest\n")
        self.assertFalse(os.path.exists(self.path("env", ".adopting")))
        self.assertEqual(len(self.take_over("other")["foreign"]["packages"]), 1)  # one of ours by now
        self.run_torchup("rollback", "--env", "env", "--to", "1")
        self.assertEqual(self.read("demo", "__init__.py"), "print('guest')\n")
        for name, (link, content) in self.before.items():
            if not name.startswith(".git"):
                with self.subTest(name):
                    self.assertEqual(os.path.exists(self.path("env", name)), True)
                    self.assertEqual(self.contents().get("generations/1/" + name), (link, content))

    def test_without_being_told_it_is_refused_with_that_hint(self):
        text = self.run_torchup("install", "demo", "--env", "env", "--no-validate", "--yes", status=3)[1]
        self.assertIn("`--in-place` takes it over", text)
        self.assertEqual(self.contents(), self.before)

    def test_what_fails_leaves_it_as_it_was(self):
        self.fault("/files/*.whl", "status", status=404)
        self.json_of("install", "demo<2", "--env", "env", "--in-place", "--no-validate", "--yes", status=5)
        self.assertEqual(self.contents(), self.before)

    def test_a_killed_adoption_is_undone_by_the_next_command(self):
        os.makedirs(self.path("env", "generations", "1"))
        with open(self.path("env", ".adopting"), "w", encoding="utf-8") as file:
            file.write("bin\ninclude\nlib\nlib64\npyvenv.cfg\n")
        for name in ("bin", "lib"):
            os.rename(self.path("env", name), self.path("env", "generations", "1", name))
        text = self.run_torchup("install", "demo<2", "--env", "env", "--no-validate", "--yes", status=3)[1]
        self.assertIn("was interrupted before", " ".join(text.split()))
        self.assertEqual(self.contents(), self.before)

    def test_a_journal_that_leads_elsewhere_is_refused(self):
        os.makedirs(self.path("env", "generations", "1"))
        with open(self.path("env", ".adopting"), "w", encoding="utf-8") as file:
            file.write("../../elsewhere\n")
        text = self.run_torchup("install", "demo<2", "--env", "env", "--in-place", "--no-validate", "--yes", status=8)[1]
        self.assertIn("is damaged", " ".join(text.split()))

    def test_another_python_and_conda_are_refused(self):
        os.makedirs(self.path("env", "conda-meta"))
        self.assertIn("conda", self.take_over("demo", status=3)["error"]["message"])


if __name__ == "__main__":
    harness.main(Foreign, InPlace)
