#!/usr/bin/python3
"""What a user does, end to end: lock, install, sync, verify, history, cache, probe, variants.

    commands.py TORCHUP
"""

import os
import re
import subprocess

import harness

PYTHON = ("--python", harness.PYTHON)


class Install(harness.Story):
    def install(self, *requirements, env="env"):
        return self.json_of("install", *requirements, "--env", env, "--no-validate", "--yes", *PYTHON)

    def site_packages(self, env="env"):
        lib = self.path(env, "lib")
        return os.path.join(lib, next(name for name in os.listdir(lib) if name.startswith("python")), "site-packages")

    def test_install_runs_and_is_recorded(self):
        document = self.install("demo==1.0")
        self.assertEqual(document["generation"], 1)
        self.assertEqual([package["name"] for package in document["plan"]["add"]], ["base", "demo"])
        self.assertGreater(document["bytes"]["downloaded"], 0)
        ran = subprocess.run([self.path("env", "bin", "demo")], capture_output=True, text=True, check=True, timeout=60)
        self.assertEqual(ran.stdout, "demo runs\n")
        history = self.json_of("history", "--env", "env")["history"]
        self.assertEqual([(entry["generation"], entry["state"], entry["requests"]) for entry in history], [(1, "active", ["demo==1.0"])])

    def test_a_second_install_downloads_nothing(self):
        self.install("demo==1.0")
        again = self.install("demo==1.0", env="other")
        self.assertEqual(again["bytes"]["downloaded"], 0)
        self.assertGreater(again["bytes"]["reused"], 0)

    def test_an_install_that_changes_nothing_writes_nothing(self):
        self.install("demo==1.0")
        before = self.listing()
        document = self.install("demo==1.0")
        self.assertEqual(document["generation"], 1)
        self.assertEqual((document["plan"]["add"], document["plan"]["keep"]), ([], 2))
        self.assertEqual(self.listing(), before)

    def test_an_upgrade_is_a_new_generation_and_the_old_one_stays(self):
        self.install("demo==1.0")
        document = self.install("demo==2.0")
        self.assertEqual(document["generation"], 2)
        self.assertEqual(document["plan"]["replace"], [{"name": "demo", "before": "1.0", "after": "2.0"}])
        self.assertEqual(os.readlink(self.path("env", "current")), "generations/2")
        self.assertTrue(os.path.isdir(self.path("env", "generations", "1")))
        states = [entry["state"] for entry in self.json_of("history", "--env", "env")["history"]]
        self.assertEqual(states, ["active", "kept"])

    def test_dry_run_does_nothing(self):
        out, _ = self.run_torchup("install", "demo", "--env", "env", "--dry-run", *PYTHON)
        self.assertIn("nothing was changed", out)
        self.assertEqual([path for path in self.requests("/files/") if path.endswith(".whl")], [])
        self.assertEqual(self.listing(), set())

    def test_verify_names_what_was_changed_and_what_is_gone(self):
        self.install("large", "demo==1.0", "torch", "torchvision")
        self.assertTrue(self.json_of("verify", "--level", "files", "--env", "env")["healthy"])
        packages = self.site_packages()
        for name in ("demo/__init__.py", "torch/lib/libtorch_made_up.bin"):
            path = os.path.join(packages, name)
            with open(path, "rb") as file:
                content = bytearray(file.read())
            content[len(content) // 2] ^= 1
            os.chmod(path, 0o644)
            os.unlink(path)
            with open(path, "wb") as file:
                file.write(content)
        os.unlink(os.path.join(packages, "large", "data.bin"))
        document = self.json_of("verify", "--level", "files", "--env", "env", status=1)
        self.assertFalse(document["healthy"])
        details = " ".join(check["detail"] for check in document["checks"] if check["outcome"] == "fail")
        for name in ("demo/__init__.py", "torch/lib/libtorch_made_up.bin", "large/data.bin"):
            self.assertIn(name, details)
        self.assertNotIn("base/__init__.py", details)

    def test_verify_without_torch_skips_features_and_refuses_a_strange_time_limit(self):
        self.install("demo==1.0")
        document = self.json_of("verify", "--level", "features", "--timeout", "60", "--env", "env")
        self.assertEqual({check["outcome"] for check in document["checks"]}, {"skip"})
        self.assertIn("export", [check["id"] for check in document["checks"]])
        for limit in ("0", "1.5", "86401", "soon"):
            _, err = self.run_torchup("verify", "--timeout", limit, "--env", "env", status=2)
            self.assertIn(f"`{limit}` is no time limit", err)
            self.assertIn("--timeout takes whole seconds, from 1 to 86400", err)


class Lock(harness.Story):
    def test_lock_then_sync_without_the_index(self):
        self.run_torchup("lock", "demo", "large", *PYTHON)
        self.run_torchup("sync", "--env", "env", "--no-validate", *PYTHON)
        self.ask("/_reset", b"")
        document = self.json_of("sync", "--env", "env", "--no-validate")
        self.assertEqual((document["generation"], document["plan"]["keep"]), (1, 3))
        self.assertEqual(self.requests(), [])

    def test_sync_removes_what_the_lock_does_not_name(self):
        self.run_torchup("install", "demo", "large", "--env", "env", "--no-validate", *PYTHON)
        self.run_torchup("lock", "demo", *PYTHON)
        document = self.json_of("sync", "--env", "env", "--no-validate", "--yes")
        self.assertEqual([package["name"] for package in document["plan"]["remove"]], ["large"])

    def test_sync_takes_the_extras_and_groups_of_a_lock_and_leaves_what_it_cannot_install(self):
        self.run_torchup("lock", "demo", "large", *PYTHON)
        with open(self.path("pylock.toml"), encoding="utf-8") as file:
            text = file.read()
        text = text.replace("extras = []\ndependency-groups = []", 'extras = ["big"]\ndependency-groups = ["dev", "docs"]\ndefault-groups = ["dev"]')
        for name, marker in (("large", "'big' in extras or 'docs' in dependency_groups"), ("demo", "'dev' in dependency_groups")):
            version = re.search(rf'name = "{name}"\nversion = "([^"]+)"\n', text).group(0)
            text = text.replace(version, version + f'marker = "{marker}"\n')
        text += '[[packages]]\nname = "ours"\nmarker = "\'big\' not in extras and \'dev\' not in dependency_groups"\ndirectory = {path = "."}\n'
        text = text.replace(text[text.index("[tool.torchup]"):text.index("[[packages]]\nname = \"ours\"")], "")
        with open(self.path("pylock.toml"), "w", encoding="utf-8") as file:
            file.write(text)
        sync = ("sync", "--env", "env", "--no-validate", "--yes", *PYTHON)
        names = lambda document, what: [package["name"] for package in document["plan"][what]]
        self.assertEqual(names(self.json_of(*sync), "add"), ["base", "demo"])
        self.assertEqual(names(self.json_of(*sync, "--extra", "Big"), "add"), ["large"])
        self.assertEqual(self.json_of(*sync, "--group", "docs")["plan"]["keep"], 3)
        self.assertEqual(names(self.json_of(*sync), "remove"), ["large"])
        wrong = self.run_torchup(*sync, "--group", "big", status=2)[1]
        self.assertIn("the lock has no dependency group `big`", wrong)
        self.assertIn("hint: it has dev, docs", wrong)
        with open(self.path("pylock.toml"), "a", encoding="utf-8") as file:
            file.write('[[packages]]\nname = "theirs"\nvcs = {type = "git", url = "https://index.example/x", commit-id = "a"}\n')
        refused = self.run_torchup(*sync, status=7)[1]
        self.assertIn("`theirs` cannot be installed from the lock file: it comes from a repository", refused)

    def make_interpreter(self, folder):
        """A link-like script: Debian's Python, which notes that it was started."""
        os.mkdir(self.path(folder))
        with open(self.path(folder, "python3"), "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\necho {folder} >> {self.path('started')}\nexec {harness.PYTHON} \"$@\"\n")
        os.chmod(self.path(folder, "python3"), 0o755)
        return self.path(folder, "python3")

    def started_interpreters(self):
        with open(self.path("started"), encoding="utf-8") as file:
            return file.read().split()

    def test_no_more_interpreters_are_started_than_it_takes(self):
        self.make_interpreter("one")
        self.make_interpreter("two")
        self.variables["PATH"] = f"{self.path('one')}:{self.path('two')}:/usr/bin:/bin"
        self.run_torchup("lock", "demo")
        self.assertEqual(self.started_interpreters(), ["one"])
        self.run_torchup("probe")
        self.assertEqual(self.started_interpreters(), ["one", "two"])

    def test_an_interpreter_is_taken_wherever_it_lies(self):
        self.make_interpreter("elsewhere")
        self.run_torchup("lock", "demo", "--python", "elsewhere/python3")
        self.assertEqual(self.started_interpreters(), ["elsewhere"])
        for wrong, why in (("nowhere/python3", "No such file"), ("home", "Permission denied")):
            said = self.run_torchup("lock", "demo", "--python", "./" + wrong, status=3)[1]
            self.assertIn(f"`{self.path(wrong)}` is no CPython that runs", said)
            self.assertIn(why, said)

    def test_an_existing_lock_is_preferred(self):
        self.run_torchup("lock", "demo==1.0", *PYTHON)
        self.run_torchup("lock", "demo", *PYTHON)
        versions = {package["name"]: package["version"] for package in self.json_of("lock", "demo", "--dry-run", *PYTHON)["packages"]}
        self.assertEqual(versions["demo"], "1.0")

    def test_an_existing_lock_moves_where_it_is_told_to(self):
        def versions(*words):
            return {package["name"]: package["version"] for package in self.json_of("lock", *words, "--dry-run", *PYTHON)["packages"]}

        self.run_torchup("lock", "demo==1.0", "torch==2.14.0", "torchvision", "--variant", "default", *PYTHON)
        words = ("demo", "torch", "torchvision", "--variant", "default")
        kept = versions(*words)
        self.assertEqual((kept["demo"], kept["torch"], kept["torchvision"]), ("1.0", "2.14.0", "0.29.0"))
        moved = versions(*words, "--upgrade-package", "torch")
        self.assertEqual((moved["demo"], moved["torch"], moved["torchvision"]), ("1.0", "2.15.0", "0.30.0"))
        newest = versions(*words, "--upgrade")
        self.assertEqual((newest["demo"], newest["torch"]), ("2.0", "2.15.0"))
        _, err = self.run_torchup("lock", *words, "--upgrade-package", "Demmo", "--upgrade-package", "demo", "--dry-run", *PYTHON)
        self.assertEqual(err, "warning: `demmo` of `--upgrade-package` is not in the lock\n")

    def test_nothing_is_taken_that_was_uploaded_later(self):
        self.configure(upload_times={"demo-1.0-py3-none-any.whl": "2026-01-02T03:04:05Z", "demo-2.0-py3-none-any.whl": "2026-03-01T00:00:00Z",
                                     "base-1.0-py3-none-any.whl": "2025-01-01T00:00:00Z",
                                     "base-2.0-py3-none-any.whl": "2025-01-02T00:00:00Z"})
        for limit, expected in (("2026-03-02", "2.0"), ("2026-03-01T00:00:00Z", "1.0"), ("2026-01-03", "1.0")):
            document = self.json_of("lock", "demo", "--exclude-newer", limit, "-o", "-", "--dry-run", *PYTHON)
            self.assertEqual({package["name"]: package["version"] for package in document["packages"]}["demo"], expected, limit)
        _, err = self.run_torchup("lock", "demo", "--exclude-newer", "2026-01-02T03:04:05Z", *PYTHON, status=4)
        self.assertIn("after --exclude-newer", " ".join(err.split()))
        _, err = self.run_torchup("lock", "demo", "--exclude-newer", "tomorrow", *PYTHON, status=2)
        self.assertIn("`tomorrow` is no date", err)

    def test_an_extra_that_no_package_has_is_told(self):
        _, err = self.run_torchup("lock", "demo[nicer]", *PYTHON)
        self.assertIn("has no extra `nicer`", " ".join(err.split()))
        _, err = self.run_torchup("lock", "demo", *PYTHON)
        self.assertNotIn("extra", err)

    def test_a_key_that_the_standard_does_not_know_is_told_and_read_over(self):
        self.run_torchup("lock", "base", *PYTHON)
        with open(self.path("pylock.toml"), encoding="utf-8") as file:
            text = file.read()
        with open(self.path("pylock.toml"), "w", encoding="utf-8") as file:
            file.write('frobnicate = "yes"\n' + text)
        _, err = self.run_torchup("sync", "--env", "env", "--no-validate", *PYTHON)
        self.assertIn("`frobnicate`", err)

    def locked_versions(self, *words):
        return {package["name"]: package["version"] for package in self.json_of("lock", *words, "-o", "-")["packages"]}

    def test_one_lock_for_several_platforms_and_pythons_restricts_to_each(self):
        words = ("torch", "demo[nice]", "--variant", "default")
        document = self.json_of("lock", *words, "--platform", "linux-x86_64", "--platform", "linux-aarch64", "--python", "3.10-3.12")
        self.assertEqual([(target["platform"], target["python"].rsplit(".", 1)[0]) for target in document["targets"]],
                         [(platform, python) for platform in ("linux-x86_64", "linux-aarch64") for python in ("3.10", "3.11", "3.12")])
        with open(self.path("pylock.toml"), encoding="utf-8") as file:
            text = file.read()
        self.assertNotIn("marker =", text)  # every target has the same versions
        for machine in ("x86_64", "aarch64"):
            for tag in ("cp310", "cp311", "cp312"):
                self.assertIn(f"torch-2.15.0-{tag}-{tag}-manylinux_2_28_{machine}.whl", text)
        synced = self.json_of("sync", "--env", "env", "--no-validate", *PYTHON)
        single = self.locked_versions(*words, *PYTHON)
        self.assertEqual({package["name"]: package["version"] for package in synced["plan"]["add"]}, single)

    def test_one_lock_for_several_variants_installs_the_one_that_fits(self):
        document = self.json_of("lock", "torch", "torchvision", "--variants", "cpu,cu130", *PYTHON)
        self.assertEqual([target["variant"] for target in document["targets"]], ["cpu", "cu130"])
        self.assertEqual(sorted(package["version"] for package in document["packages"] if package["name"] == "torch"),
                         ["2.15.0+cpu", "2.15.0+cu130"])
        self.assertEqual(sum(package["name"] == "numpy" for package in document["packages"]), 1)
        added = {package["name"]: package["version"] for package in self.json_of("sync", "--env", "env", "--no-validate", *PYTHON)["plan"]["add"]}
        self.assertEqual(added["torch"], "2.15.0+cpu")  # no test here runs on a GPU
        told = self.json_of("sync", "--env", "other", "--no-validate", "--variant", "cu130", *PYTHON)
        self.assertIn({"name": "torch", "version": "2.15.0+cu130"}, told["plan"]["add"])
        self.assertEqual(told["variant"], "cu130")
        out, _ = self.run_torchup("sync", "--env", "third", "--dry-run", *PYTHON)
        self.assertIn("variant  cpu, of the lock's cpu, cu130", out)
        _, err = self.run_torchup("sync", "--env", "env", "--variant", "rocm7.2", *PYTHON, status=2)
        self.assertIn("the lock has no variant `rocm7.2`, only cpu, cu130", " ".join(err.split()))

    def test_a_variant_that_a_platform_does_not_have_is_told_once(self):
        _, err = self.run_torchup("lock", "torch", "--variants", "cpu,cu130", "--platform", "macos-arm64", "--platform", "linux-x86_64",
                                  "--python", "3.11-3.12", "--dry-run", status=4)  # the CPU's build for macOS is not on this index, either
        self.assertEqual(err.splitlines()[0], "warning: `cu130` is not published for macos-arm64 with Python 3.11, 3.12: the lock has no such target")
        self.assertEqual(err.count("is not published"), 1)

    def test_the_sum_of_several_targets_fits_the_terminal(self):
        self.variables["COLUMNS"] = "80"
        out, _ = self.run_torchup("lock", "torch", "--variants", "cpu,cu130", "--python", "3.11-3.12", "--dry-run")
        self.assertIn("in all wheels together", " ".join(out.split()))
        self.assertEqual([line for line in out.splitlines() if len(line) > 80], [])

    def test_a_lock_says_what_its_variants_need_of_a_machine(self):
        self.run_torchup("lock", "torch", "--variants", "cpu,cu130", *PYTHON)
        needs = self.json_of("tree")["needs"]
        self.assertEqual([(one["variant"], one["toolkit"], one["driver"], one["minor_driver"]) for one in needs], [("cu130", "13.0", "580.65.06", "580")])
        self.assertIn("sm_90", needs[0]["architectures"])
        self.assertIn("CUDA 13.0; from driver 580.65.06 on", self.run_torchup("tree")[0])

    def test_a_build_of_another_index_is_told_where_it_lies(self):
        _, err = self.run_torchup("lock", "torch==2.15.0+cu130", "--variant", "cpu", *PYTHON, status=4)
        self.assertIn("and the folder of `cpu` was searched; `--variant cu130` takes it from there", " ".join(err.split()))

    def test_what_no_lock_can_be_for_is_refused(self):
        for words, says in ((("--platform", "amiga"), "`amiga` is not a platform"), (("--python", "3.13-3.10"), "`3.13-3.10` is no range"),
                            (("--variants", "cpu,cu130", "--fallback"), "`--fallback` and `--variants` do not go together"),
                            (("--platform", "macos-arm64", "--variants", "cu130"), "the variant `cu130` is published for none")):
            _, err = self.run_torchup("lock", "torch", *words, status=2)
            self.assertIn(says, " ".join(err.split()))
        self.assertFalse(os.path.exists(self.path("pylock.toml")))

    def test_the_lock_says_what_it_holds(self):
        document = self.json_of("lock", "torch", "torchvision", "--variant", "cpu", *PYTHON)
        packages = {package["name"]: package for package in document["packages"]}
        self.assertEqual(document["variant"], "cpu")
        self.assertEqual(packages["torch"]["variant"], "cpu")
        self.assertEqual(packages["torch"]["index"].rstrip("/"), self.base + "/whl/cpu")
        self.assertEqual(packages["numpy"]["index"].rstrip("/"), self.base + "/simple")
        self.assertEqual(document["total_bytes"], sum(package["size"] for package in document["packages"]))

    def test_constraints_and_requirements_files(self):
        with open(self.path("wanted.txt"), "w", encoding="utf-8") as file:
            file.write("demo  # the newest\n-c limits.txt\n")
        with open(self.path("limits.txt"), "w", encoding="utf-8") as file:
            file.write("base<2\n")
        versions = {package["name"]: package["version"] for package in self.json_of("lock", "-r", "wanted.txt", *PYTHON)["packages"]}
        self.assertEqual(versions, {"base": "1.0", "demo": "1.0"})


class Host(harness.Story):
    def test_a_recorded_host_answers_as_the_real_one(self):
        here = self.json_of("probe", "--record", "machine")
        there = self.json_of("probe", "--host", "machine")
        for group in ("os", "libc", "cpu", "accelerators", "drivers"):
            self.assertEqual(there[group], here[group], group)
        self.assertEqual(self.json_of("variants", "--host", "machine")["chosen"], self.json_of("variants")["chosen"])

    def test_every_fact_has_its_evidence(self):
        document = self.json_of("probe")
        for group in ("os", "libc", "cpu", "memory"):
            self.assertTrue(document[group], group)
            self.assertTrue(document["evidence"][group][0]["source"], group)

    def test_another_machine_is_locked_for_but_not_installed_on(self):
        self.run_torchup("probe", "--record", "machine")
        _, err = self.run_torchup("install", "demo", "--host", "machine", status=2)
        self.assertIn("an environment can only be made on this host", err)


class Cache(harness.Story):
    def test_size_and_clean(self):
        self.run_torchup("install", "large", "--env", "env", "--no-validate", *PYTHON)
        size = self.json_of("cache", "size")
        self.assertEqual(size["wheels"], 1)
        self.assertGreater(size["wheel_bytes"], 400_000)
        self.assertEqual(self.json_of("cache", "clean", "--dry-run")["freed_bytes"], 0)
        self.assertGreater(self.json_of("cache", "clean", "--yes")["freed_bytes"], 400_000)
        self.assertEqual(self.json_of("cache", "size")["total_bytes"], 0)
        self.assertTrue(self.json_of("verify", "--level", "files", "--env", "env")["healthy"])

    def test_dir_is_where_the_option_says(self):
        out, _ = self.run_torchup("cache", "dir", "--cache-dir", self.path("elsewhere"))
        self.assertEqual(out.strip(), self.path("elsewhere"))


if __name__ == "__main__":
    harness.main(Install, Lock, Host, Cache)
