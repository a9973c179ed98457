#!/usr/bin/python3
"""Bad input and faults: each ends with its exit code and a message that names what failed, and leaves nothing half done.

    faults.py TORCHUP
"""

import os
import signal

import harness

HOSTS = os.path.join(os.path.dirname(harness.HERE), "hosts")


class BadInput(harness.Story):
    def refuse(self, *words, status, says, hint=""):
        before = self.listing()
        _, err = self.run_torchup(*words, status=status)
        self.assertIn(says, err)
        self.assertIn(hint, err)
        self.assertEqual(self.listing(), before)
        self.assertEqual(self.store_trees(), [])

    def test_unknown_package(self):
        self.refuse("lock", "nosuchpackage", status=4, says="You require nosuchpackage, but it is not on the index", hint="check the spelling")

    def test_version_that_does_not_exist(self):
        self.refuse("lock", "demo==9", status=4, says="no version of demo matches ==9", hint="the newest version of demo is 2.0")

    def test_conflicting_requirements(self):
        self.refuse("lock", "demo==1.0", "demo==2.0", status=4, says="demo==1.0 and demo==2.0")

    def test_conflict_between_packages(self):
        self.refuse("lock", "demo==2.0", "base<2", status=4, says="Because demo 2.0 depends on base>=2 and you require demo==2.0 and base<2")

    def test_requirement_for_another_python(self):
        self.refuse("lock", "newpython", status=4, says="newpython", hint="Python")

    def test_malformed_requirement(self):
        self.refuse("lock", "demo=>1", status=2, says="`=>1` is not a version specifier", hint="while reading the requirement `demo=>1`")

    def test_no_requirement_at_all(self):
        self.refuse("install", status=2, says="nothing is asked for")

    def test_unknown_command(self):
        self.refuse("instal", status=2, says="`instal` is not a torchup command", hint="did you mean `torchup install`?")

    def test_no_such_python(self):
        self.refuse("install", "demo", "--python", "3.99", "--env", "env", status=3, says="no CPython `3.99` was found on this host; found: 3.11")

    def test_folder_that_is_no_environment(self):
        os.mkdir(self.path("mine"))
        with open(self.path("mine", "notes.txt"), "w", encoding="utf-8") as file:
            file.write("precious")
        self.refuse("install", "demo", "--env", "mine", "--no-validate", status=3, says="mine")
        with open(self.path("mine", "notes.txt"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "precious")

    def test_unknown_release_and_variant(self):
        self.refuse("variants", "torch==9.9.9", status=2, says="9.9.9")
        self.refuse("variants", "--variant", "cu999", status=2, says="cu999")

    def test_lock_that_is_no_lock(self):
        with open(self.path("pylock.toml"), "w", encoding="utf-8") as file:
            file.write('lock-version = "1.0"\ncreated-by = "x"\n[[packages]]\nname = "a"\nsurprise = {\n')
        self.refuse("sync", "--env", "env", status=7, says="pylock.toml")

    def test_failures_as_json(self):
        error = self.json_of("lock", "demo=>1", status=2)["error"]
        self.assertEqual((error["kind"], error["exit"]), ("usage", 2))
        document = self.json_of("lock", "demo==2.0", "base<2", status=4)
        self.assertEqual(document["error"]["kind"], "unsolvable")
        self.assertIn("base", document["explanation"])
        self.assertTrue(document["derivation"]["causes"])


class Network(harness.Story):
    def fails(self, *, status, says, words=("install", "demo", "--env", "env", "--no-validate")):
        _, err = self.run_torchup(*words, status=status)
        self.assertIn(says, err)
        self.assertEqual(self.listing(), set())
        return err

    def test_no_network(self):
        self.variables["TORCHUP_INDEX_URL"] = "http://127.0.0.1:9/simple"
        self.fails(status=5, says="127.0.0.1")

    def test_index_answers_404_for_all(self):
        self.fault("/simple/*", "status", status=404)
        self.fails(status=4, says="You require demo, but it is not on the index")

    def test_index_answers_500(self):
        self.fault("/simple/demo/*", "status", status=500)
        self.fails(status=5, says="500")

    def test_index_that_stalls(self):
        self.variables["TORCHUP_STALL_SECONDS"] = "1"
        self.fault("/simple/demo/*", "hang", bytes=10)
        err = self.fails(status=5, says="sent less than 1 kB/s for 1 s")
        self.assertIn("in attempt 4 of 4", " ".join(err.split()))
        self.assertEqual(len(self.requests("/simple/demo/")), 4)

    def test_index_that_stalls_once_is_asked_again(self):
        self.variables["TORCHUP_STALL_SECONDS"] = "1"
        self.fault("/simple/demo/*", "hang", bytes=10, times=1)
        self.run_torchup("install", "demo", "--env", "env", "--no-validate", "--python", harness.PYTHON)
        self.assertEqual(len(self.requests("/simple/demo/")), 2)

    def test_stall_limit_that_is_no_number_of_seconds(self):
        for text in ("0", "1.5", "soon", "3601"):
            self.variables["TORCHUP_STALL_SECONDS"] = text
            self.fails(status=2, says=f"TORCHUP_STALL_SECONDS is `{text}`, and must be a number from 1 to 3600")

    def test_index_answers_with_a_login_page(self):
        self.fault("/simple/demo/*", "login")
        self.fails(status=5, says="no package index")

    def test_wheel_cut_short(self):
        self.fault("/files/large-*.whl", "truncate")
        self.fails(status=5, says="large-1.0", words=("install", "large", "--env", "env", "--no-validate"))
        self.assertEqual(self.store_trees(), [])

    def test_wheel_with_the_wrong_digest(self):
        self.fault("/files/large-*.whl", "flip")
        err = self.fails(status=6, says="sha256", words=("install", "large", "--env", "env", "--no-validate"))
        self.assertIn("large-1.0-py3-none-any.whl", err)
        self.assertEqual(self.store_trees(), [])

    def test_wheel_that_contradicts_its_record(self):
        self.fails(status=6, says="RECORD", words=("install", "badrecord", "--env", "env", "--no-validate"))
        self.assertEqual(self.store_trees(), [])

    def test_wheel_that_leaves_its_folder(self):
        self.fails(status=6, says="path-traversal", words=("install", "escapes", "--env", "env", "--no-validate"))

    def test_a_failure_that_passes_is_tried_again(self):
        self.configure(faults=[{"path": "/simple/demo/*", "kind": "status", "status": 503, "times": 1, "retry_after": "0"}])
        self.run_torchup("install", "demo", "--env", "env", "--no-validate", "--python", harness.PYTHON)
        self.assertEqual(len(self.requests("/simple/demo/")), 2)

    def test_offline_without_a_cache(self):
        self.fails(status=5, says="demo", words=("install", "demo", "--env", "env", "--no-validate", "--offline"))
        self.assertEqual(self.requests("/simple"), [])

    def test_variant_index_that_does_not_answer(self):
        self.variables["TORCHUP_TORCH_INDEX_URL"] = "http://127.0.0.1:9/whl"
        _, err = self.run_torchup("lock", "torch", "torchvision", "--variant", "cpu", "--python", harness.PYTHON, status=5)
        self.assertIn("`--fallback` takes the build of the main index instead", err)
        self.assertEqual(self.listing(), set())

    def test_fallback_takes_the_main_index_and_says_why(self):
        self.configure(metadata=False)  # sizes on disk are read from the wheels' own directories
        self.variables["TORCHUP_TORCH_INDEX_URL"] = "http://127.0.0.1:9/whl"
        words = ("lock", "torch", "torchvision", "--variant", "cpu", "--fallback", "--python", harness.PYTHON)
        out, err = self.run_torchup(*words)
        self.assertIn("warning: `cpu` was chosen, but the PyTorch index does not answer", err)
        self.assertIn("on disk", out)
        document = self.json_of(*words)
        self.assertTrue(document["fallback"])
        versions = {package["name"]: package["version"] for package in document["packages"]}
        self.assertEqual(versions["torch"], "2.15.0")  # the main index's build has no local label

    def test_fallback_says_which_accelerator_cannot_use_it(self):
        self.variables["TORCHUP_TORCH_INDEX_URL"] = "http://127.0.0.1:9/whl"
        words = ("lock", "torch==2.15.0", "--fallback", "--python", "3.11", "--dry-run")
        _, err = self.run_torchup(*words, "--host", os.path.join(HOSTS, "v100"))
        self.assertIn("the main index's build `cu132` is taken instead, which leaves the accelerator unused: "
                      "torch 2.15.0 cu132 has no code for Tesla V100-SXM2-16GB (sm_70)", err)
        _, err = self.run_torchup(*words)  # no GPU is here that could stay unused
        self.assertNotIn("unused", err)


class Install(harness.Story):
    words = ("install", "large", "--env", "env", "--no-validate", "--python", harness.PYTHON)

    def test_not_enough_disk_is_refused_before_the_first_byte(self):
        self.run_torchup("lock", "large", "--python", harness.PYTHON)
        with open(self.path("pylock.toml"), encoding="utf-8") as file:
            text = file.read()
        size = os.path.getsize(os.path.join(self.files, "large-1.0-py3-none-any.whl"))
        self.assertIn(f"size = {size}", text)
        with open(self.path("pylock.toml"), "w", encoding="utf-8") as file:
            file.write(text.replace(f"size = {size}", "size = 1000000000000000"))
        self.ask("/_reset", b"")
        _, err = self.run_torchup("sync", "--env", "env", "--no-validate", "--python", harness.PYTHON, status=3)
        self.assertIn("not enough disk space", err)
        self.assertIn("needed for 1 wheel and what they unpack to", err)
        self.assertEqual(self.requests("/files/"), [])
        self.assertFalse(os.path.exists(self.path("env", "current")))

    def test_ctrl_c_in_mid_download_leaves_nothing_half_installed(self):
        self.fault("/files/large-*.whl", "hang", bytes=100_000)
        whole = "/files/large-1.0-py3-none-any.whl"
        status, err = self.interrupted(*self.words, when=lambda: len(self.requests(whole)) > 0)
        self.assertEqual(status, 130, err)
        self.assertIn("interrupted", err)
        self.assertFalse(os.path.exists(self.path("env", "current")))
        self.assertEqual(self.store_trees(), [])
        self.configure()
        self.run_torchup(*self.words)
        self.assertTrue(os.path.exists(self.path("env", "current")))

    def test_sigterm_ends_as_a_shell_expects(self):
        self.fault("/files/large-*.whl", "hang", bytes=100_000)
        whole = "/files/large-1.0-py3-none-any.whl"
        status, err = self.interrupted(*self.words, when=lambda: len(self.requests(whole)) > 0, by=signal.SIGTERM)
        self.assertEqual(status, 143, err)
        self.assertFalse(os.path.exists(self.path("env", "current")))

    def test_an_old_generation_stands_when_the_new_one_fails(self):
        self.run_torchup("install", "demo==1.0", "--env", "env", "--no-validate", "--python", harness.PYTHON)
        before = os.readlink(self.path("env", "current")), self.listing()
        self.configure(metadata=True, faults=[{"path": "/files/demo-2.0-py3-none-any.whl", "kind": "flip"}])
        self.run_torchup("install", "demo==2.0", "--env", "env", "--no-validate", "--yes", status=6)
        self.assertEqual((os.readlink(self.path("env", "current")), self.listing()), before)


if __name__ == "__main__":
    harness.main(BadInput, Network, Install)
