#!/usr/bin/python3
"""Bundles: made, carried to a home that has nothing, and installed from where no network is.

    bundle.py TORCHUP
"""

import filecmp
import json
import os
import re
import shutil
import signal
import subprocess
import zipfile

import harness
from environment_content import content_of

PYTHON = ("--python", harness.PYTHON)
INSTALL = ("--no-validate", "--yes", *PYTHON)
NO_NETWORK = ["unshare", "-rn"] if subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode == 0 else []


def longest(folder):
    """The size of the longest file there now; files may come and go meanwhile."""
    try:
        return max((entry.stat().st_size for entry in os.scandir(folder)), default=0)
    except FileNotFoundError:
        return 0


class Bundles(harness.Story):
    wheels = harness.WHEELS + [{"name": "slow", "version": "1.0", "sized": {"slow/data.bin": 600_000}}]

    def bundle(self, *requirements, lock=(), words=(), file="b.zip"):
        self.run_torchup("lock", *requirements, *PYTHON, *lock, "-U")
        return self.json_of("bundle", "-o", file, *words)

    def carry(self):
        """Another machine: a home with nothing in it, and no index that would answer."""
        self.variables["HOME"] = self.path("far")
        os.makedirs(self.path("far"), exist_ok=True)
        self.variables["TORCHUP_INDEX_URL"] = self.variables["TORCHUP_TORCH_INDEX_URL"] = "http://127.0.0.1:9/nobody"
        self.ask("/_reset", b"")

    def far(self, *words, status=0):
        """A command in a network namespace without an interface, where the machine allows to make one."""
        done = subprocess.run([*NO_NETWORK, self.torchup, *words], env=self.variables, cwd=self.folder, capture_output=True, text=True,
                              timeout=harness.LIMIT, check=False)
        self.assertEqual(done.returncode, status, f"{' '.join(words)}\n{done.stdout}\n{done.stderr}")
        self.assertEqual(self.requests(), [], "the index was asked")
        return done.stdout, " ".join(done.stderr.split())

    def far_json(self, *words, status=0):
        return json.loads(self.far(*words, "--json", status=status)[0])

    def content(self, env):
        return content_of(self.path(env))

    def offset(self, file, ending):
        return next(member for member in self.json_of("bundle", "list", file)["members"] if member["path"].endswith(ending))


class Make(Bundles):
    def test_the_same_lock_gives_the_same_bytes_and_any_zip_tool_reads_them(self):
        made = self.bundle("demo", "large")
        self.assertEqual((made["wheels"], made["files"], made["variants"]), (3, 1, []))
        self.assertEqual(made["bytes"], os.path.getsize(self.path("b.zip")))
        self.run_torchup("bundle", "-o", "again.zip", "--cache-dir", "other")
        self.assertTrue(filecmp.cmp(self.path("b.zip"), self.path("again.zip"), shallow=False))
        with zipfile.ZipFile(self.path("b.zip")) as archive:
            self.assertIsNone(archive.testzip())
            names = archive.namelist()
            with open(self.path("pylock.toml"), "rb") as lock:
                self.assertEqual(archive.read("pylock.toml"), lock.read())
        self.assertEqual(names[:3], ["manifest.json", "pylock.toml", "catalog.json"])
        self.assertEqual(names[-3:], ["wheels/base-2.0-py3-none-any.whl", "wheels/demo-2.0-py3-none-any.whl", "wheels/large-1.0-py3-none-any.whl"])
        listed = self.json_of("bundle", "list", "b.zip")
        self.assertEqual(["manifest.json"] + [member["path"] for member in listed["members"]], names)
        self.assertEqual(listed["identity"], made["identity"])
        self.assertEqual(listed["requests"], ["demo", "large"])
        self.assertFalse([name for name in os.listdir(self.path("home", ".cache", "torchup", "store", "parts"))])

    def test_a_dry_run_writes_nothing_and_a_second_run_fetches_nothing(self):
        self.run_torchup("lock", "demo", *PYTHON)
        before = self.listing()
        out, _ = self.run_torchup("bundle", "-o", "b.zip", "--dry-run")
        self.assertIn("nothing was written (--dry-run)", out)
        self.assertRegex(out, r"plan +[\d.]+ k?B to download in 2 wheels; [\d.]+ .B free")
        self.assertEqual(self.listing(), before)
        self.run_torchup("bundle", "-o", "b.zip")
        self.ask("/_reset", b"")
        out, _ = self.run_torchup("bundle", "-o", "b.zip")
        self.assertEqual(out, "b.zip is up to date: every member is there, with its sha256\n")
        self.assertEqual(self.requests("/files/"), [])

    def test_a_damaged_bundle_is_made_whole_with_the_damaged_wheel_alone(self):
        self.bundle("demo", "large")
        with open(self.path("b.zip"), "rb") as file:
            whole = file.read()
        at = self.offset("b.zip", "demo-2.0-py3-none-any.whl")["offset"] + 40
        with open(self.path("b.zip"), "r+b") as file:
            file.seek(at)
            file.write(bytes([whole[at] ^ 1]))
        self.ask("/_reset", b"")
        _, err = self.run_torchup("bundle", "-o", "b.zip")
        self.assertIn("`wheels/demo-2.0-py3-none-any.whl` is damaged in `b.zip` at ", " ".join(err.split()))
        self.assertEqual([path.split("/")[-1] for path in self.requests("/files/")], ["demo-2.0-py3-none-any.whl"])
        with open(self.path("b.zip"), "rb") as file:
            self.assertEqual(file.read(), whole)

    def test_what_an_interrupted_bundle_has_is_not_fetched_again(self):
        self.run_torchup("lock", "demo", "slow", *PYTHON)
        self.run_torchup("bundle", "-o", "whole.zip", "--cache-dir", "other")
        for by in (signal.SIGINT, signal.SIGKILL):
            self.fault("*/slow-1.0-*", "trickle", bytes_per_second=100_000)
            self.ask("/_reset", b"")
            part = self.path("home", ".cache", "torchup", "store", "parts")
            file = f"b{by.value}.zip"
            # More than all of `demo`: only the slow one can be that long.
            grown = lambda: longest(part) > 50_000 and self.requests("demo-2.0")
            status, _ = self.interrupted("bundle", "-o", file, when=grown, by=by)
            self.assertEqual(status, 130 if by == signal.SIGINT else -signal.SIGKILL)
            self.assertFalse(os.path.exists(self.path(file)))
            self.assertTrue(os.path.exists(self.path(file + ".part")))
            self.configure()
            self.ask("/_reset", b"")
            made = self.json_of("bundle", "-o", file)
            self.assertGreater(made["reused"], 0)
            self.assertLess(made["downloaded"], 600_000 - 40_000)
            self.assertTrue(filecmp.cmp(self.path("whole.zip"), self.path(file), shallow=False))
            self.assertFalse(os.path.exists(self.path(file + ".part")))

    def test_a_wheel_that_is_not_the_locked_one_is_not_bundled(self):
        self.run_torchup("lock", "demo", *PYTHON)
        self.fault("*/demo-2.0-*", "flip")
        _, err = self.run_torchup("bundle", "-o", "b.zip", status=6)
        self.assertIn("while making the bundle `b.zip`", err)
        self.assertFalse(os.path.exists(self.path("b.zip")))

    def lock_with_sizes(self, size):
        self.run_torchup("lock", "demo", *PYTHON)
        with open(self.path("pylock.toml"), encoding="utf-8") as file:
            lock = file.read()
        with open(self.path("pylock.toml"), "w", encoding="utf-8") as file:
            file.write(re.sub(r"size = \d+", f"size = {size}", lock))
        self.ask("/_reset", b"")

    def test_a_full_disk_is_told_before_anything_is_fetched(self):
        if shutil.disk_usage(self.folder).free > 100e9:
            self.skipTest("this disk would have room for what is asked for")
        self.lock_with_sizes(30_000_000_000)
        _, err = self.run_torchup("bundle", "-o", "b.zip", status=3)
        self.assertIn("not enough disk space", err)
        self.assertEqual(self.requests(), [])

    def test_what_no_reader_would_take_is_not_written(self):
        self.lock_with_sizes(30_000_000_000_000)
        _, err = self.run_torchup("bundle", "-o", "b.zip", status=2)
        self.assertIn("a bundle holds at most 67.6 GB in wheels of at most 34.4 GB, and with `base-2.0-py3-none-any.whl` of 30.0 TB it is more",
                      " ".join(err.split()))

    def test_what_cannot_be_bundled_is_said(self):
        self.run_torchup("lock", "demo", *PYTHON)
        for words, status, says in ((("missing.toml",), 2, "missing.toml"), (("--platform", "amiga"), 2, "`amiga` is not a platform"),
                                    (("--variants", "cu130"), 2, "the lock has no variant `cu130`, only none"),
                                    (("--split", "0"), 2, "`--split` wants parts of at least one byte"),
                                    (("--split", "1"), 2, "are more than 999 parts"),
                                    (("--platform", "linux-aarch64", "--python", "3.12"), 7, "")):
            _, err = self.run_torchup("bundle", "-o", "b.zip", *words, status=status)
            self.assertIn(says, " ".join(err.split()))
        self.assertFalse(os.path.exists(self.path("b.zip")))


class Selection(Bundles):
    def wheels_of(self, file="b.zip"):
        return [member["path"][len("wheels/"):] for member in self.json_of("bundle", "list", file)["members"] if member["kind"] == "wheel"]

    def test_a_platform_and_a_variant_take_their_wheels_alone(self):
        self.run_torchup("lock", "torch", "--variants", "cpu,cu130", "--platform", "linux-x86_64", "--python", "3.11-3.12")
        self.run_torchup("bundle", "-o", "all.zip")
        self.assertEqual(len([name for name in self.wheels_of("all.zip") if name.startswith("torch-")]), 4)
        made = self.json_of("bundle", "-o", "b.zip", "--platform", "linux-x86_64", "--variants", "cpu", "--python", "3.12")
        self.assertEqual([name for name in self.wheels_of() if name.startswith("torch-")], ["torch-2.15.0+cpu-cp312-cp312-manylinux_2_28_x86_64.whl"])
        self.assertEqual((made["variants"], made["platforms"]), (["cpu"], ["linux-x86_64"]))
        self.run_torchup("bundle", "-o", "cpu.zip", "--variants", "cpu")
        self.assertEqual(sorted({name.split("-")[1] for name in self.wheels_of("cpu.zip") if name.startswith("torch-")}), ["2.15.0+cpu"])

    def test_a_bundle_for_a_recorded_gpu_host_has_its_build_alone(self):
        host = os.path.join(os.path.dirname(harness.HERE), "hosts", "h100-driver-580")
        self.run_torchup("lock", "torch", "torchvision", "--variants", "cpu,cu130", *PYTHON)
        made = self.json_of("--host", host, "bundle", "-o", "b.zip", "--python", "3.11")
        self.assertEqual(made["variants"], ["cu130"])
        self.assertIn("torch-2.15.0+cu130-cp311-cp311-manylinux_2_28_x86_64.whl", self.wheels_of())
        self.assertFalse([name for name in self.wheels_of() if "+cpu" in name])
        self.carry()
        told = self.far_json("sync", "--bundle", "b.zip", "--env", "env", "--no-validate", "--python", "3.11")
        self.assertEqual(told["variant"], "cu130")  # the only one that was carried here
        self.assertIn({"name": "torch", "version": "2.15.0+cu130"}, told["plan"]["add"])
        _, err = self.far("install", "torch", "--bundle", "b.zip", "--env", "other", "--variant", "cpu", *INSTALL, status=2)
        self.assertIn("the bundle `b.zip` has no variant `cpu`, only cu130", err)

    def test_of_two_variants_that_were_carried_the_one_that_fits_is_taken(self):
        self.bundle("torch", lock=("--variants", "cpu,cu130"))
        self.carry()
        self.assertEqual(self.far_json("sync", "--bundle", "b.zip", "--env", "env", *INSTALL)["variant"], "cpu")
        document = self.far_json("install", "torch", "--bundle", "b.zip", "--env", "other", *INSTALL)
        self.assertIn({"name": "torch", "version": "2.15.0+cpu"}, document["plan"]["add"])
        document = self.far_json("install", "torch", "--bundle", "b.zip", "--env", "third", "--variant", "cu130", *INSTALL)
        self.assertIn({"name": "torch", "version": "2.15.0+cu130"}, document["plan"]["add"])


if __name__ == "__main__":
    harness.main(Make, Selection)
