#!/usr/bin/python3
"""LibTorch folders, as users make them: from archives of the published layout in both ABIs, and from wheels.

    libtorch.py TORCHUP
"""

import hashlib
import json
import os
import shutil
import sys
import tempfile

import harness

sys.path.insert(0, harness.INDEX_SERVER)
import make_libtorch  # noqa: E402

OLD, TODAY = "libtorch-shared-with-deps-{}.zip", "libtorch-cxx11-abi-shared-with-deps-{}.zip"
WHEELS = [
    {"name": "torch", "version": "2.15.0+cpu", "folder": "whl/cpu", "tag": "cp311-cp311-manylinux_2_28_x86_64",
     "requires": ["nvidia-thing", "onlypython"],
     "files": {"torch/__init__.py": "", "torch/version.py": "__version__ = '2.15.0+cpu'\ngit_version = 'abc'\n", "torch/lib/libc10.so": "c10",
               "torch/lib/libtorch_python.so": "python", "torch/include/torch/torch.h": "//", "torch/share/cmake/Torch/TorchConfig.cmake": "#",
               "torch/utils/x.py": ""}},
    {"name": "nvidia-thing", "version": "1.0", "tag": "py3-none-manylinux_2_17_x86_64",
     "files": {"nvidia/thing/lib/libthing.so.1": "thing", "nvidia/thing/include/thing.h": "//", "nvidia/thing/__init__.py": ""}},
    {"name": "onlypython", "version": "1.0"},
]


class Archives(harness.Story):
    """Archives in the server's folder; those of one test are taken away after it."""

    wheels = WHEELS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.libraries = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="torchup-libraries-"))
        make_libtorch.build_libraries(cls.libraries)

    def setUp(self):
        super().setUp()
        self.addCleanup(shutil.rmtree, os.path.join(self.files, "libtorch"), ignore_errors=True)

    def publish(self, form, version, abi="cxx11", change=None, folder="cpu"):
        """An archive of that version and ABI, its members changed by `change`; gives its path."""
        label = "" if "macos" in form else f"+{folder}"
        members = make_libtorch.members(self.libraries, version + label, abi)
        if change:
            change(members)
        return make_libtorch.write(os.path.join(self.files, "libtorch", folder, form.format(version + label)), members)

    def install(self, *words, status=0):
        return self.run_torchup("libtorch", "install", *words, "--variant", "cpu", "--yes", "--to", "lt", status=status)

    def check_of(self, name, status=0):
        report = self.json_of("libtorch", "verify", "--level", "files,load", "--to", "lt", status=status)
        return next(check for check in report["checks"] if check["id"] == name)

    def content(self, *names):
        with open(self.path(*names), encoding="utf-8") as file:
            return file.read()


class Published(Archives):
    def test_each_abi_has_its_name_and_its_symbols(self):
        self.publish(OLD, "2.5.1", "pre-cxx11")
        self.publish(TODAY, "2.5.1", "cxx11")
        self.install("2.5.1", "--no-validate")
        self.assertEqual(self.check_of("abi")["detail"], "`lib/libc10.so` takes the cxx11 std::string")
        self.install("2.5.1", "--abi", "pre-cxx11", "--no-validate")
        self.assertEqual(self.check_of("abi")["detail"], "`lib/libc10.so` takes the pre-cxx11 std::string")
        asked = {path for path in self.requests("/libtorch/")}
        self.assertEqual(asked, {"/libtorch/cpu/" + OLD.format("2.5.1+cpu"), "/libtorch/cpu/" + TODAY.format("2.5.1+cpu")})

    def test_one_name_means_another_abi_from_2_8_on(self):
        self.publish(OLD, "2.8.0", "cxx11")
        self.install("2.8.0", "--no-validate")
        self.assertEqual(self.check_of("abi")["outcome"], "pass")
        self.assertEqual(self.content("lt", "build-version"), "2.8.0+cpu\n")
        _, err = self.install("2.8.0", "--abi", "pre-cxx11", status=2)
        self.assertIn("no archive of LibTorch 2.8.0 takes the pre-cxx11 std::string", err)

    def test_a_folder_has_generations(self):
        self.publish(TODAY, "2.5.1")
        self.publish(OLD, "2.8.0")
        self.install("2.5.1", "--no-validate")
        out, _ = self.install("2.5.1", "--no-validate")
        self.assertIn("is up to date", out)
        self.install("2.8.0", "--no-validate")
        history = self.json_of("history", "--env", "lt")
        self.assertEqual(len(history["history"]), 2)
        self.run_torchup("cache", "prune", "--older-than", "0m", "--yes")
        self.assertEqual(len(self.store_trees()), 2, "generations need both")
        self.run_torchup("rollback", "--env", "lt")
        self.assertEqual(self.content("lt", "build-version"), "2.5.1+cpu\n")
        self.run_torchup("verify", "--env", "lt", "--level", "files")

    def test_the_network_is_not_needed_again(self):
        self.publish(OLD, "2.8.0")
        self.install("2.8.0", "--no-validate")
        self.run_torchup("libtorch", "install", "2.8.0", "--variant", "cpu", "--offline", "--no-validate", "--to", "other")
        self.assertEqual(self.content("other", "build-version"), "2.8.0+cpu\n")

    def test_an_unknown_archive_is_not_there_offline(self):
        self.publish(OLD, "2.8.0")
        _, err = self.install("2.8.0", "--offline", status=5)
        self.assertIn("was never downloaded here, and nothing may be downloaded", err)

    def test_another_system_s_archive_is_checked_and_not_run(self):
        def for_windows(members):
            del members["libtorch/lib/libc10.so"], members["libtorch/lib/libtorch_cpu.so"]
            members["libtorch/lib/c10.dll"] = make_libtorch.windows_library()
        self.publish("libtorch-win-shared-with-deps-{}.zip", "2.8.0", change=for_windows)
        self.install("2.8.0", "--platform", "windows-x86_64")
        self.assertEqual(self.check_of("machine")["detail"], "1 file is for windows on x86_64")
        self.assertEqual(self.check_of("needed")["outcome"], "skip")

    def test_a_dry_run_downloads_nothing(self):
        self.publish(OLD, "2.8.0")
        out, _ = self.install("2.8.0", "--dry-run")
        self.assertIn("its digest is not known before it is downloaded; nothing was changed", out)
        self.assertEqual(self.listing(), set())


class Refused(Archives):
    def refused(self, change, message, form=OLD, version="2.8.0", abi="cxx11"):
        self.publish(form, version, abi, change)
        _, err = self.install(version, status=9)
        self.assertIn(message, " ".join(err.split()))
        self.assertFalse(os.path.lexists(self.path("lt", "current")))

    def test_a_wrong_machine(self):
        def plant(members):
            members["libtorch/lib/libextra.so"] = make_libtorch.for_another_machine(members["libtorch/lib/libc10.so"])
        self.refused(plant, "`lib/libextra.so` is for linux on aarch64, and linux on x86_64 is wanted")

    def test_a_wrong_system(self):
        def plant(members):
            members["libtorch/lib/torch.dll"] = make_libtorch.windows_library()
        self.refused(plant, "`lib/torch.dll` is for windows on x86_64, and linux on x86_64 is wanted")

    def test_a_wrong_abi(self):
        self.refused(None, "`lib/libc10.so` takes the pre-cxx11 std::string, and the cxx11 one is wanted", abi="pre-cxx11")

    def test_another_release(self):
        def rename(members):
            members["libtorch/build-version"] = b"2.7.1+cpu\n"
        self.refused(rename, "`build-version` says `2.7.1+cpu`, and 2.8.0 is wanted")

    def test_a_missing_need(self):
        def remove(members):
            del members["libtorch/lib/libc10.so"]
        self.refused(remove, "`lib/libtorch_cpu.so` needs `libc10.so`, which is nowhere that the loader looks")

    def test_a_replaced_library(self):
        self.publish(OLD, "2.8.0")
        self.install("2.8.0", "--no-validate")
        library = self.path("lt", "lib", "libc10.so")
        with open(library, "rb") as file:
            content = bytearray(file.read())
        content[-1] ^= 0xFF
        os.remove(library)
        with open(library, "wb") as file:
            file.write(content)
        self.assertIn("`../../lib/libc10.so` changed", self.check_of("record", status=1)["detail"])

    def test_a_changed_archive(self):
        first = self.publish(OLD, "2.8.0")
        with open(first, "rb") as file:
            before = hashlib.sha256(file.read()).hexdigest()
        self.install("2.8.0", "--no-validate")
        self.run_torchup("cache", "clean", "--yes")
        self.publish(OLD, "2.8.0", change=lambda members: members.update({"libtorch/build-hash": b"another\n"}))
        with open(first, "rb") as file:
            after = hashlib.sha256(file.read()).hexdigest()
        _, err = self.run_torchup("libtorch", "install", "2.8.0", "--variant", "cpu", "--no-validate", "--to", "other", status=6)
        self.assertIn(f"is not the one that was downloaded first: sha256 is `{after}`, expected `{before}`", " ".join(err.split()))
        self.assertIn("libtorch-archives.sha256", err)
        self.assertFalse(os.path.exists(self.path("other")))

    def test_a_truncated_archive_is_not_recorded(self):
        path = self.publish(OLD, "2.8.0")
        os.truncate(path, os.path.getsize(path) // 2)
        _, err = self.install("2.8.0", status=6)
        self.assertIn("breaks the rule `no-end-record`", err)
        self.assertFalse(os.path.exists(self.path("home", ".local", "share", "torchup", "libtorch-archives.sha256")))
        self.publish(OLD, "2.8.0")
        self.install("2.8.0", "--no-validate")

    def test_a_folder_of_the_other_kind(self):
        self.publish(OLD, "2.8.0")
        self.install("2.8.0", "--no-validate")
        _, err = self.run_torchup("install", "onlypython", "--env", "lt", "--no-validate", status=3)
        self.assertIn("holds LibTorch, and no packages for Python", err)
        self.run_torchup("install", "onlypython", "--env", "env", "--no-validate")
        _, err = self.run_torchup("libtorch", "install", "2.8.0", "--variant", "cpu", "--to", "env", status=3)
        self.assertIn("is an environment for Python, and no LibTorch folder", err)
        _, err = self.run_torchup("libtorch", "verify", "--to", "env", status=3)
        self.assertIn("is no LibTorch folder of torchup", err)


class Network(Archives):
    def test_the_archive_comes_through_what_a_network_does(self):
        self.publish(OLD, "2.8.0")
        for number, fault in enumerate([{"kind": "truncate"}, {"kind": "cut"}, {"kind": "disconnect"}, {"kind": "status", "status": 503},
                                        {"kind": "ignore-range", "times": 50}, {"kind": "wrong-range"}, {"kind": "trickle", "bytes_per_second": 200_000}]):
            with self.subTest(fault["kind"]):
                self.variables["HOME"] = self.path(f"home{number}")
                self.configure(faults=[{"path": "/libtorch/*", "times": 2, **fault}])
                self.run_torchup("libtorch", "install", "2.8.0", "--variant", "cpu", "--no-validate", "--to", f"lt{number}")
                self.assertEqual(self.content(f"lt{number}", "build-version"), "2.8.0+cpu\n")

    def test_a_redirect_is_followed(self):
        self.publish(OLD, "2.8.0")
        name = OLD.format("2.8.0+cpu")
        shutil.copy(os.path.join(self.files, "libtorch", "cpu", name), os.path.join(self.files, "elsewhere.zip"))
        self.addCleanup(os.remove, os.path.join(self.files, "elsewhere.zip"))
        self.fault("/libtorch/*", "redirect", to="/files/elsewhere.zip")
        self.install("2.8.0", "--no-validate")

    def test_a_bit_that_flips_on_the_way_is_found_and_not_held_to(self):
        self.publish(OLD, "2.8.0")
        self.fault("/libtorch/*", "flip", times=3)
        _, err = self.install("2.8.0", "--no-validate", status=6)
        self.assertIn("breaks the rule", err)
        self.configure()
        self.install("2.8.0", "--no-validate")

    def test_a_server_that_does_not_answer_is_told(self):
        self.variables["TORCHUP_TORCH_INDEX_URL"] = "http://127.0.0.1:9/whl"
        _, err = self.install("2.8.0", status=5)
        self.assertIn("--from-wheel", err)

    def test_without_an_archive_the_wheel_is_taken(self):
        _, err = self.install("2.15.0", "--python", "/usr/bin/python3", "--no-validate")
        self.assertIn("there is no archive of LibTorch at", err)
        found = {os.path.join(folder, name)[len(self.path("lt", "current")) + 1:]
                 for folder, _, names in os.walk(self.path("lt", "current") + "/") for name in names}
        native = {name for name in found if not name.startswith("share/torchup/") and not name.startswith(("torchup-", "pylock"))}
        self.assertEqual(native, {"build-version", "build-hash", "lib/libc10.so", "lib/libthing.so.1", "include/torch/torch.h",
                                  "share/cmake/Torch/TorchConfig.cmake"})
        self.assertEqual(self.content("lt", "build-version"), "2.15.0+cpu\n")
        self.assertNotIn("onlypython", {package["name"] for package in json.loads(self.content("lt", "current", "torchup-generation.json"))["packages"]})


class Paths(Archives):
    def test_what_builds_are_told(self):
        self.publish(OLD, "2.8.0")
        self.install("2.8.0", "--no-validate")
        root = self.path("lt")
        path = lambda *words: self.run_torchup("libtorch", "path", *words, "--to", "lt")[0]
        self.assertEqual(path(), root + "\n")
        arguments = path("--cmake").splitlines()
        self.assertEqual(arguments[:2], [f"-DCMAKE_PREFIX_PATH={root}", f"-DTorch_DIR={root}/share/cmake/Torch"])
        self.assertIn(f"-DCMAKE_EXE_LINKER_FLAGS_INIT=-Wl,-rpath,{root}/lib,-rpath-link,{root}/lib", arguments)
        self.assertIn(f"export LIBTORCH='{root}'\n", path("--env"))
        self.assertIn("Version: 2.8.0\n", path("--pkg-config"))
        told = self.json_of("libtorch", "path", "--to", "lt")
        self.assertEqual((told["version"], told["abi"], told["cxx_standard"]), ("2.8.0", "cxx11", "C++17"))
        _, err = self.run_torchup("libtorch", "path", "--cmake", "--env", "--to", "lt", status=2)
        self.assertIn("only one of", err)


if __name__ == "__main__":
    harness.main(Published, Refused, Network, Paths)
