#!/usr/bin/python3
"""The store's housekeeping: what goes and what stays, damage found and mended, one download for several processes.

    store.py TORCHUP
"""

import json
import os
import subprocess
import time

import harness

PYTHON = ("--python", harness.PYTHON)
DAY = 86400


class Store(harness.Story):
    def install(self, *words, env="env", status=0):
        return self.run_torchup("install", *words, "--env", env, "--no-validate", "--yes", *PYTHON, status=status)

    def sync_words(self, env="env"):
        return ("sync", "--env", env, "--no-validate", "--yes", *PYTHON)

    def store(self, *names):
        return self.path("home", ".cache", "torchup", "store", *names)

    def tree(self, digest):
        return self.store("trees", "sha256", digest[:2], digest)

    def age(self, days):
        """Every tree was published and used last so many days ago."""
        then = time.time() - days * DAY
        for digest in self.store_trees():
            for name in ("manifest", "used"):
                os.utime(os.path.join(self.tree(digest), name), (then, then))

    def file_of_demo(self):
        """A file of the wheel `demo` in the store that is copied into environments, and never linked."""
        for digest in self.store_trees():
            path = os.path.join(self.tree(digest), "tree", "demo", "__init__.py")
            if os.path.exists(path):
                return path
        raise AssertionError("no tree of demo")

    def damage(self):
        path = self.file_of_demo()
        os.chmod(path, 0o644)
        with open(path, "a", encoding="utf-8") as file:
            file.write("# changed\n")
        return path

    def content_of_demo(self, env):
        lib = self.path(env, "lib")
        python = next(name for name in os.listdir(lib) if name.startswith("python"))
        with open(os.path.join(lib, python, "site-packages", "demo", "__init__.py"), encoding="utf-8") as file:
            return file.read()


class Prune(Store):
    def test_what_environments_were_made_from_stays_however_old(self):
        self.install("demo==1.0")
        self.age(99)
        before = self.store_trees()
        document = self.json_of("cache", "prune", "--yes")
        self.assertEqual((document["wheels"], document["freed_bytes"]), ([], 0))
        self.json_of("cache", "prune", "--yes", "--older-than", "1h", "--max-size", "0")
        self.assertEqual(self.store_trees(), before)

    def test_a_former_generation_needs_its_wheels_too(self):
        self.install("demo==1.0")
        self.install("demo==2.0")
        self.age(99)
        before = self.store_trees()
        self.json_of("cache", "prune", "--yes")
        self.assertEqual(self.store_trees(), before)

    def test_an_environment_that_is_gone_needs_nothing(self):
        self.install("demo==1.0")
        self.run_torchup("install", "large", "--env", "other", "--no-validate", "--yes", *PYTHON)
        subprocess.run(["rm", "-rf", self.path("env")], check=True)
        self.age(31)
        would = self.json_of("cache", "prune", "--dry-run")
        self.assertEqual(len(would["wheels"]), 2)
        self.assertEqual(would["freed_bytes"], 0)
        self.assertEqual(len(self.store_trees()), 3)
        did = self.json_of("cache", "prune", "--yes")
        self.assertEqual((did["wheels"], did["freed_bytes"], did["kept_bytes"]), (would["wheels"], would["would_free_bytes"], would["kept_bytes"]))
        self.assertEqual(len(self.store_trees()), 1)
        out, _ = self.run_torchup("cache", "prune")
        self.assertRegex(out, r"^nothing to remove; .* kept\n")

    def test_what_was_used_lately_stays_unless_the_store_is_too_big(self):
        self.install("demo==1.0")
        subprocess.run(["rm", "-rf", self.path("env")], check=True)
        self.assertEqual(self.json_of("cache", "prune", "--yes")["wheels"], [])
        self.assertEqual(len(self.json_of("cache", "prune", "--yes", "--max-size", "0B")["wheels"]), 2)
        self.assertEqual(self.store_trees(), [])

    def test_options_that_are_no_amounts(self):
        _, err = self.run_torchup("cache", "prune", "--older-than", "soon", status=2)
        self.assertIn("`--older-than soon` is no age", err)
        _, err = self.run_torchup("cache", "prune", "--max-size", "big", status=2)
        self.assertIn("`--max-size big` is no size", err)


class Damage(Store):
    def test_verify_names_what_is_damaged_and_the_next_install_brings_it_anew(self):
        self.install("demo==1.0")
        document = self.json_of("cache", "verify")
        self.assertEqual((document["whole"], document["wheels"], document["damaged"]), (True, 2, []))
        path = self.damage()
        document = self.json_of("cache", "verify", status=1)
        self.assertEqual([tree["wheel"] for tree in document["damaged"]], ["demo-1.0-py3-none-any.whl"])
        self.assertEqual(document["damaged"][0]["files"], [{"path": "demo/__init__.py", "is": "changed"}])
        self.assertFalse(os.path.exists(path))
        self.assertTrue(self.json_of("cache", "verify")["whole"])
        self.install("demo==1.0", env="other")
        self.assertEqual(self.content_of_demo("other"), self.content_of_demo("env"))

    def test_an_install_mends_what_it_finds_changed(self):
        self.install("demo==1.0")
        path = self.damage()
        document, err = self.install("demo==1.0", "--json", env="other")
        self.assertEqual(err.count("warning:"), 1, err)
        self.assertIn("`demo/__init__.py` of `demo-1.0-py3-none-any.whl` in the store is not what was verified", err)
        self.assertIn("; the wheel is brought anew", err)
        self.assertNotIn('"downloaded": 0,', document)
        self.assertEqual(self.content_of_demo("other"), self.content_of_demo("env"))
        self.assertTrue(os.path.exists(path))
        self.assertTrue(self.json_of("cache", "verify")["whole"])

    def test_offline_it_stays_an_error(self):
        self.install("demo==1.0")
        self.damage()
        _, err = self.install("demo==1.0", "--offline", env="other", status=6)
        self.assertIn("in the store is not what was verified", err)
        self.assertFalse(os.path.exists(self.path("other")))


class Shared(Store):
    """A cache that somebody else has filled, and that is only read."""

    def setUp(self):
        super().setUp()
        self.install("demo==1.0", "large")
        self.shared = self.path("shared")
        os.rename(self.path("home", ".cache", "torchup"), self.shared)
        self.variables = {**self.variables, "TORCHUP_SHARED_CACHE": self.shared}
        self.configure()

    def downloaded(self, document):
        return json.loads(document)["bytes"]["downloaded"]

    def in_shared(self):
        return {os.path.join(folder, name): os.stat(os.path.join(folder, name)).st_mtime_ns
                for folder, _, names in os.walk(self.shared) for name in names}

    def read_only(self, *words):
        """A command that sees the shared cache on a file system that nobody can write."""
        script = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && ! touch "$0/x" 2>/dev/null && exec "$@"'
        return subprocess.run(["unshare", "--mount", "sh", "-c", script, self.shared, self.torchup, *words], env=self.variables,
                              cwd=self.folder, capture_output=True, text=True, timeout=harness.LIMIT, check=False)

    def test_what_it_holds_is_not_downloaded_and_it_stays_as_it_is(self):
        before = self.in_shared()
        document, _ = self.install("demo==1.0", "large", "--json", env="other")
        self.assertEqual(self.downloaded(document), 0)
        self.assertEqual(self.content_of_demo("other"), self.content_of_demo("env"))
        self.assertEqual(self.in_shared(), before)
        self.assertEqual(self.store_trees(), [])
        self.install("demo==2.0", env="other")
        self.assertEqual(len(self.store_trees()), 1)  # what the other one has not
        self.assertEqual(self.in_shared(), before)

    def test_it_may_be_one_that_nobody_can_write(self):
        done = self.read_only("install", "demo==1.0", "large", "--json", "--env", "other", "--no-validate", "--yes", *PYTHON)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr, "")
        self.assertEqual(self.content_of_demo("other"), self.content_of_demo("env"))
        self.assertEqual(self.downloaded(done.stdout), 0)
        done = self.read_only("install", "demo==1.0", "--cache-dir", self.shared, "--env", "third", "--yes", *PYTHON)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn(f"with TORCHUP_SHARED_CACHE={self.shared} what this one holds is used too", done.stderr)
        self.assertFalse(os.path.exists(self.path("third")))

    def test_what_is_damaged_in_it_comes_anew_into_the_own_store(self):
        path = os.path.join(self.shared, os.path.relpath(self.file_in_shared(), self.shared))
        os.chmod(path, 0o644)
        with open(path, "a", encoding="utf-8") as file:
            file.write("# changed\n")
        _, err = self.install("demo==1.0", env="other")
        self.assertRegex(err, "in the store is not what was verified: .*; the wheel is brought anew")
        self.assertEqual(self.content_of_demo("other"), self.content_of_demo("env"))
        self.assertEqual(len(self.store_trees()), 1)
        _, err = self.install("demo==1.0", env="third")
        self.assertNotIn("warning", err)

    def file_in_shared(self):
        return next(path for path in self.in_shared() if path.endswith("tree/demo/__init__.py"))

    def test_one_that_is_not_there_is_told_and_done_without(self):
        self.variables["TORCHUP_SHARED_CACHE"] = self.path("nowhere")
        _, err = self.install("demo==1.0", env="other")
        self.assertIn("the shared cache cannot be used: ", err)
        self.assertEqual(len(self.store_trees()), 2)

    def test_the_configuration_may_name_it(self):
        del self.variables["TORCHUP_SHARED_CACHE"]
        with open(self.path("config.toml"), "w", encoding="utf-8") as file:
            file.write('shared-cache = "shared"\n')
        self.install("demo==1.0", "--config", "config.toml", env="other")
        self.assertEqual(self.store_trees(), [])


class Quiet(Store):
    def state(self):
        """Every file of the test's folder, with the time of its last change and its size."""
        found = {}
        for root, _, names in os.walk(self.folder):
            for name in names:
                status = os.lstat(os.path.join(root, name))
                found[os.path.relpath(os.path.join(root, name), self.folder)] = (status.st_mtime_ns, status.st_size, status.st_ino)
        return found

    def test_a_sync_with_nothing_to_do_writes_nothing(self):
        self.run_torchup("lock", "demo==1.0", *PYTHON)
        self.run_torchup(*self.sync_words())
        self.run_torchup(*self.sync_words())
        before = self.state()
        self.run_torchup(*self.sync_words())
        self.assertEqual(self.state(), before)

    def test_how_files_were_placed_is_told(self):
        out, err = self.install("demo==1.0", "--json", "-v")
        self.assertRegex(out, r'"files":\s*\{\s*"linked": \d+,\s*"cloned": \d+,\s*"copied": \d+\s*\}')
        self.assertRegex(err, r"of \d+ files \d+ were linked to the store, \d+ cloned and \d+ copied")


class Together(Store):
    def start(self, env):
        return subprocess.Popen([self.torchup, *self.sync_words(env)], env=self.variables, cwd=self.folder, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)

    def test_several_processes_download_a_wheel_once(self):
        self.run_torchup("lock", "large", *PYTHON)
        self.fault("/files/large*.whl", "trickle", bytes_per_second=400_000)  # all are there before the first is done
        asked = len(self.requests("/files/large"))
        started = [self.start(f"env{number}") for number in range(4)]
        for process in started:
            out, err = process.communicate(timeout=harness.LIMIT)
            self.assertEqual(process.returncode, 0, out + err)
        wheels = [path for path in self.requests("/files/large")[asked:] if path.endswith(".whl")]
        self.assertEqual(len(wheels), 1, wheels)


if __name__ == "__main__":
    harness.main(Prune, Damage, Shared, Quiet, Together)
