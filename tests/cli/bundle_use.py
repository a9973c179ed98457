#!/usr/bin/python3
"""What comes out of a bundle: environments as from the index, additions, parts; and what damaged or hostile ones come to.

    bundle_use.py TORCHUP
"""

import hashlib
import json
import os
import shutil
import signal
import stat
import zipfile

import harness
from bundle import INSTALL, PYTHON, Bundles


class Use(Bundles):
    def test_an_environment_from_a_bundle_is_the_one_from_the_index(self):
        self.run_torchup("install", "torch", "torchvision", "demo", "--variant", "cpu", "--env", "env", "--lock", "pylock.toml", *INSTALL)
        from_index = self.content("env")
        self.run_torchup("bundle", "-o", "b.zip")
        shutil.rmtree(self.path("env"))
        self.carry()
        self.far("sync", "--bundle", "b.zip", "--env", "env", *INSTALL)
        self.assertEqual(self.content("env"), from_index)
        self.assertEqual(os.listdir(self.path("far", ".cache", "torchup", "bundles")), [])

    def test_a_part_of_what_is_in_it_is_resolved_without_network(self):
        self.bundle("demo<2", "large")
        self.carry()
        document = self.far_json("install", "demo", "--bundle", "b.zip", "--env", "env", "--lock", "pylock.part.toml", *INSTALL)
        self.assertEqual(document["plan"]["add"], [{"name": "base", "version": "2.0"}, {"name": "demo", "version": "1.0"}])
        with open(self.path("pylock.part.toml"), encoding="utf-8") as file:
            self.assertIn(self.base + "/simple", file.read())  # it says where the wheels come from, as a lock of the index does
        _, err = self.far("install", "demo>=2", "--bundle", "b.zip", "--env", "other", *INSTALL, status=4)
        self.assertIn("demo", err)
        self.far("install", "newpython", "--bundle", "b.zip", "--env", "other", *INSTALL, status=4)

    def test_it_stands_in_history_rollback_and_verify_as_others(self):
        self.bundle("demo", "large")
        self.carry()
        self.far("install", "demo", "--bundle", "b.zip", "--env", "env", *INSTALL)
        self.far("install", "large", "--bundle", "b.zip", "--env", "env", *INSTALL)
        self.assertEqual([entry["generation"] for entry in self.far_json("history", "--env", "env")["history"]], [2, 1])
        self.assertTrue(self.far_json("verify", "--level", "files", "--env", "env")["healthy"])
        self.far("rollback", "--env", "env")
        self.assertTrue(self.far_json("verify", "--level", "files", "--env", "env")["healthy"])

    def test_a_lock_of_ones_own_is_installed_out_of_it_as_far_as_it_reaches(self):
        self.bundle("demo")
        self.run_torchup("lock", "demo", "large", *PYTHON, "-o", "pylock.more.toml")
        self.carry()
        self.far("sync", "pylock.toml", "--bundle", "b.zip", "--env", "env", *INSTALL)
        before = self.content("env")
        _, err = self.far("sync", "pylock.more.toml", "--bundle", "b.zip", "--env", "env", *INSTALL, status=5)
        self.assertIn("/large-1.0-py3-none-any.whl` is not in the bundle `b.zip`", err)
        self.assertEqual(self.content("env"), before)

    def test_another_python_than_it_is_for_is_told(self):
        self.run_torchup("lock", "demo", "--platform", "linux-x86_64", "--python", "3.99")
        self.run_torchup("bundle", "-o", "b.zip")
        self.carry()
        _, err = self.far("sync", "--bundle", "b.zip", "--env", "env", *INSTALL, status=7)
        self.assertIn("no lock in the bundle `b.zip` is for this host and Python", err)

    def test_parts_are_used_as_they_lie(self):
        self.bundle("demo", "large", words=("--split", "100kB"))
        parts = sorted(name for name in os.listdir(self.folder) if name.startswith("b.zip"))
        self.assertEqual(parts, [f"b.zip.{number:03}" for number in range(1, len(parts) + 1)])
        self.assertGreater(len(parts), 4)
        self.assertEqual({os.path.getsize(self.path(name)) for name in parts[:-1]}, {100_000})
        self.run_torchup("bundle", "-o", "whole.zip")
        joined = b""
        for name in parts:
            with open(self.path(name), "rb") as part:
                joined += part.read()
        with open(self.path("whole.zip"), "rb") as whole:
            self.assertEqual(joined, whole.read())
        self.carry()
        self.far("sync", "--bundle", "b.zip.001", "--env", "env", *INSTALL)
        self.far("bundle", "verify", "b.zip")
        os.remove(self.path("b.zip.003"))
        _, err = self.far("sync", "--bundle", "b.zip", "--env", "other", *INSTALL, status=6)
        self.assertIn("the archive breaks the rule `bundle-part`: `b.zip.003` is missing", err)

    def test_what_a_killed_install_left_goes_with_cache_prune(self):
        left = self.path("home", ".cache", "torchup", "bundles", "abcdef", "pages")
        os.makedirs(left)
        out, _ = self.run_torchup("cache", "prune", "--yes", "--dry-run")
        self.assertIn("1 leftover", out)
        self.assertTrue(os.path.exists(left))
        self.assertEqual(self.json_of("cache", "prune", "--yes")["leftovers"], 1)
        self.assertEqual(os.listdir(self.path("home", ".cache", "torchup", "bundles")), [])


class Add(Bundles):
    def test_requirements_and_locks_are_added_and_what_is_there_is_kept(self):
        self.bundle("demo<2")
        self.run_torchup("lock", "slow", *PYTHON, "-o", "pylock.slow.toml")
        self.ask("/_reset", b"")
        self.run_torchup("bundle", "add", "b.zip", "large", "pylock.slow.toml", *PYTHON)
        self.assertEqual(sorted(path.split("/")[-1].split("-")[0] for path in self.requests("/files/") if path.endswith(".whl")), ["large", "slow"])
        listed = self.json_of("bundle", "list", "b.zip")
        self.assertEqual([member["path"] for member in listed["members"] if member["kind"] == "lock"], ["pylock.toml", "pylock.2.toml", "pylock.3.toml"])
        self.assertEqual(listed["requests"], ["demo<2", "large", "slow"])
        self.carry()
        document = self.far_json("install", "demo", "large", "slow", "--bundle", "b.zip", "--env", "env", *INSTALL)
        self.assertEqual([package["name"] for package in document["plan"]["add"]], ["base", "demo", "large", "slow"])
        self.assertEqual(self.json_of("bundle", "verify", "b.zip")["damaged"], [])

    def test_nothing_new_changes_nothing(self):
        self.bundle("demo")
        def stand():
            status = os.stat(self.path("b.zip"))
            return status.st_ino, status.st_mtime_ns

        before = stand()
        out, _ = self.run_torchup("bundle", "add", "b.zip", "pylock.toml")
        self.assertIn("b.zip is up to date", out)
        self.assertEqual(stand(), before)

    def test_a_killed_addition_leaves_the_bundle_as_it_was(self):
        self.bundle("demo")
        with open(self.path("b.zip"), "rb") as file:
            before = file.read()
        self.fault("*/slow-1.0-*", "trickle", bytes_per_second=50_000)
        status, _ = self.interrupted("bundle", "add", "b.zip", "slow", *PYTHON, when=lambda: os.path.exists(self.path("b.zip.part")), by=signal.SIGKILL)
        self.assertEqual(status, -signal.SIGKILL)
        with open(self.path("b.zip"), "rb") as file:
            self.assertEqual(file.read(), before)
        self.configure()
        self.run_torchup("bundle", "add", "b.zip", "slow", *PYTHON)
        self.assertIn("slow", self.json_of("bundle", "list", "b.zip")["requests"])

    def test_another_variant_goes_into_a_bundle_of_one(self):
        self.bundle("torch", lock=("--variant", "cpu"), words=("--split", "200kB"))
        self.run_torchup("bundle", "add", "b.zip", "torch", "--variant", "cu130", *PYTHON)
        self.assertEqual(self.json_of("bundle", "list", "b.zip")["variants"], ["cpu", "cu130"])
        self.assertFalse(os.path.exists(self.path("b.zip")))  # it stays in parts
        self.carry()
        for variant in ("cpu", "cu130"):
            document = self.far_json("install", "torch", "--bundle", "b.zip", "--env", variant, "--variant", variant, *INSTALL)
            self.assertIn({"name": "torch", "version": f"2.15.0+{variant}"}, document["plan"]["add"])
        self.assertEqual(self.far_json("sync", "--bundle", "b.zip", "--env", "auto", *INSTALL)["variant"], "cpu")


class Hostile(Bundles):
    def setUp(self):
        super().setUp()
        self.bundle("demo", "large")
        self.carry()

    def rewrite(self, change, file="bad.zip"):
        """The sound bundle's entries, (name, content) each, changed and written anew by another ZIP writer."""
        with zipfile.ZipFile(self.path("b.zip")) as archive:
            entries = [(zipfile.ZipInfo(name), archive.read(name)) for name in archive.namelist()]
        manifest = json.loads(entries[0][1])
        entries = change(entries, manifest) or entries
        entries[0] = (entries[0][0], json.dumps(manifest).encode())
        with zipfile.ZipFile(self.path(file), "w") as archive:
            for info, content in entries:
                archive.writestr(info, content)

    def refused(self, rule, file="bad.zip"):
        """By every command, with the rule's name, and nothing is written."""
        self.far("cache", "size")
        before = self.listing(), self.content("far")
        for words in (("bundle", "list", file), ("bundle", "verify", file), ("sync", "--bundle", file, "--env", "env", *INSTALL),
                      ("install", "demo", "--bundle", file, "--env", "env", *INSTALL), ("bundle", "add", file, "pylock.toml")):
            _, err = self.far(*words, status=6)
            self.assertIn(f"breaks the rule `{rule}`", err)
            self.assertIn(f"while reading the bundle `{file}`", err)
        self.assertEqual((self.listing(), self.content("far")), before)

    def test_names_that_leave_it(self):
        self.rewrite(lambda entries, manifest: entries + [(zipfile.ZipInfo("../../outside"), b"out")])
        self.refused("path-traversal")

    def test_a_link(self):
        def change(entries, manifest):
            entries[-1][0].external_attr = (stat.S_IFLNK | 0o777) << 16
        self.rewrite(change)
        self.refused("file-type")

    def test_a_member_that_the_manifest_does_not_name(self):
        self.rewrite(lambda entries, manifest: entries + [(zipfile.ZipInfo("wheels/evil-1.0-py3-none-any.whl"), b"evil")])
        self.refused("bundle-member")

    def test_a_member_that_is_not_there(self):
        self.rewrite(lambda entries, manifest: entries[:-1])
        self.refused("bundle-member")

    def test_a_compressed_member(self):
        def change(entries, manifest):
            entries[-1][0].compress_type = zipfile.ZIP_DEFLATED
        self.rewrite(change)
        self.refused("bundle-stored")

    def test_a_manifest_that_sends_a_wheel_elsewhere(self):
        def change(entries, manifest):
            manifest["members"][-1]["path"] = "../wheels/large-1.0-py3-none-any.whl"
        self.rewrite(change)
        self.refused("path-traversal")

    def test_a_cut_bundle(self):
        with open(self.path("b.zip"), "rb") as file:
            content = file.read()
        with open(self.path("bad.zip"), "wb") as file:
            file.write(content[:-100])
        self.refused("trailing-data")  # behind the end record of the last wheel in it
        _, err = self.far("bundle", "list", "bad.zip", status=6)
        self.assertIn("it is cut short, its last part is missing, or it is no bundle", err)

    def damaged_wheel(self):
        """A byte of a wheel's data is another one; gives its path and where it begins."""
        member = self.offset("b.zip", "large-1.0-py3-none-any.whl")
        with open(self.path("b.zip"), "r+b") as file:
            file.seek(member["offset"] + 200_000)
            byte = file.read(1)
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte[0] ^ 1]))
        return member

    def test_a_changed_byte_is_found_and_nothing_of_it_is_installed(self):
        member = self.damaged_wheel()
        found = self.far_json("bundle", "verify", "b.zip", status=1)
        self.assertEqual([(each["path"], each["offset"], each["place"]) for each in found["damaged"]],
                         [(member["path"], member["offset"], f"`b.zip` at {member['offset']}")])
        out, _ = self.far("bundle", "verify", "b.zip", status=1)
        self.assertIn(f"damaged: wheels/large-1.0-py3-none-any.whl, {member['size']} bytes from `b.zip` at {member['offset']}", out)
        _, err = self.far("sync", "--bundle", "b.zip", "--env", "env", *INSTALL, status=6)
        self.assertIn("large-1.0-py3-none-any.whl", err)
        self.assertIn("while installing from the bundle `b.zip`", err)
        self.assertFalse(os.path.exists(self.path("env", "current")))

    def test_a_manifest_that_lies_about_a_hash_does_not_help_a_changed_wheel(self):
        evil = b"PK evil"

        def change(entries, manifest):
            entries[-1] = (entries[-1][0], evil)
            manifest["members"][-1]["size"] = len(evil)
            manifest["members"][-1]["sha256"] = hashlib.sha256(evil).hexdigest()
        self.rewrite(change)
        self.far("bundle", "verify", "bad.zip")  # by itself it is whole
        self.far("sync", "--bundle", "bad.zip", "--env", "env", *INSTALL, status=6)  # and not what the lock says
        self.assertFalse(os.path.exists(self.path("env", "current")))

    def test_a_wheel_that_is_hostile_itself_is_refused_as_one_from_an_index(self):
        self.variables.update(HOME=self.path("home"), TORCHUP_INDEX_URL=self.base + "/simple")
        self.bundle("escapes", file="escapes.zip")
        self.carry()
        _, err = self.far("sync", "--bundle", "escapes.zip", "--env", "env", *INSTALL, status=6)
        self.assertIn("path-traversal", err)
        self.assertNotIn("escaped", " ".join(self.listing()))

    def test_a_changed_lock_inside_is_found(self):
        member = self.offset("b.zip", "pylock.toml")
        with open(self.path("b.zip"), "r+b") as file:
            file.seek(member["offset"])
            file.write(b"LOCK")
        _, err = self.far("sync", "--bundle", "b.zip", "--env", "env", *INSTALL, status=6)
        self.assertIn("`pylock.toml` is damaged in `b.zip` at", err)


if __name__ == "__main__":
    harness.main(Use, Add, Hostile)
