#!/usr/bin/python3
"""What there is to see in a lock that exists: its tree, its differences, its form for other tools.

    lock_views.py TORCHUP
"""

import json
import os
import re
import shutil

import harness

PYTHON = ("--python", harness.PYTHON)
WHEEL = '[[packages]]\nname = "{0}"\nversion = "{1}"\n{2}wheels = [{{url = "https://index.example/{0}-{1}-py3-none-any.whl", {3}hashes = {{sha256 = "' + "a" * 64 + '"}}}}]\n'


def package(name, version="1", needs=(), keys="", size=1000):
    if needs:
        keys += "dependencies = [" + ", ".join('{name = "%s", version = "%s"}' % tuple(need.split()) for need in needs) + "]\n"
    return WHEEL.format(name, version, keys, f"size = {size}, " if size is not None else "")


class Views(harness.Story):
    def lock(self, *requirements, to="pylock.toml"):
        self.run_torchup("lock", *requirements, "-o", to, *PYTHON)

    def write_lock(self, *packages, requests=(), name="pylock.toml"):
        text = 'lock-version = "1.0"\ncreated-by = "story"\n' + "".join(packages)
        if requests:
            text += f"[tool.torchup]\nrequests = {json.dumps(list(requests))}\n"
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def install(self, *requirements, env="env"):
        self.run_torchup("install", *requirements, "--env", env, "--no-validate", "--yes", *PYTHON)

    def site_packages(self, env="env"):
        lib = self.path(env, "lib")
        return os.path.join(lib, next(name for name in os.listdir(lib) if name.startswith("python")), "site-packages")

    def lines(self, *words, status=0):
        return self.run_torchup(*words, status=status)[0].splitlines()


class Tree(Views):
    def test_what_was_asked_for_leads_to_what_it_needs(self):
        self.write_lock(package("app", "2.0", ["left 1", "right 1"]), package("base", "1", ["deep 1"], size=2_500_000), package("deep", size=None),
                        package("left", "1", ["base 1"]), package("right", "1", ["base 1", "gone 3"]), requests=["app>=2"])
        self.assertEqual(self.lines("tree"), [
            " 1.00 kB  app 2.0",
            " 1.00 kB  ├─ left 1",
            " 2.50 MB  │  └─ base 1",
            "       ?  │     └─ deep 1",
            " 1.00 kB  └─ right 1",
            " 2.50 MB     ├─ base 1 (*)",
            "             └─ gone 3 is not in the lock",
            "",
            "5 packages, 2.50 MB in 5 wheels, and 1 wheel whose size the lock does not name",
            "(*) what it leads to stands elsewhere in the tree",
        ])
        self.assertEqual(self.lines("tree", "--depth", "1"), [
            " 1.00 kB  app 2.0",
            " 1.00 kB  ├─ left 1 (…)",
            " 1.00 kB  └─ right 1 (…)",
            "",
            "5 packages, 2.50 MB in 5 wheels, and 1 wheel whose size the lock does not name; 3 of them shown",
            "(…) leads on; --depth shows more",
        ])

    def test_why_a_package_is_there(self):
        self.lock("demo==1.0", "large")
        self.assertEqual([line[10:] for line in self.lines("tree", "--invert", "base")[:2]], ["base 2.0", "└─ demo 1.0 asked for as demo==1.0"])
        self.assertEqual(self.lines("tree", "--invert", "base")[-1], "1 package leads to base; it is there for demo==1.0")
        self.assertEqual(self.lines("tree", "--invert", "large")[-1], "nothing leads to large; it is there for large")
        _, err = self.run_torchup("tree", "--invert", "bse", status=2)
        self.assertIn("holds no package `bse`", err)
        self.assertIn("did you mean `base`?", err)

    def test_scripts_get_the_graph(self):
        self.lock("torch", "torchvision", "--variant", "cpu")
        document = self.json_of("tree")
        self.assertEqual([(root["name"], root["reason"]) for root in document["roots"]], [("torch", "requested"), ("torchvision", "requested")])
        packages = {entry["name"]: entry for entry in document["packages"]}
        self.assertEqual(len(packages), document["total_packages"])
        self.assertEqual(document["total_bytes"], sum(entry["bytes"] for entry in packages.values()))
        self.assertIn("mpmath", [need["name"] for need in packages["sympy"]["needs"]])
        self.assertEqual(packages["mpmath"]["needed_by"], [{"name": "sympy", "version": packages["sympy"]["version"]}])
        self.assertEqual((packages["torch"]["depth"], packages["mpmath"]["depth"]), (0, 2))
        inverted = self.json_of("tree", "--invert", "mpmath", "--depth", "1")
        self.assertEqual([entry["name"] for entry in inverted["packages"]], ["mpmath", "sympy"])

    def test_a_lock_of_another_tool(self):
        self.write_lock(package("a"), package("b"))
        lines = self.lines("tree")
        self.assertEqual(lines[:2], [" 1.00 kB  a 1", " 1.00 kB  b 1"])
        self.assertEqual(lines[-1], "this lock does not say what depends on what")

    def test_two_versions_of_one_name_and_what_nobody_asked_for(self):
        on = 'marker = "os_name == \'{}\'"\n'
        self.write_lock(package("stray"), package("torch", "1", keys=on.format("nt")), package("torch", "2", keys=on.format("posix")), requests=["torch"])
        lines = self.lines("tree")
        self.assertIn(' 1.00 kB  torch 1 ; os_name == "nt"', lines)
        self.assertIn(" 1.00 kB  stray 1 not asked for", lines)
        self.assertIn("torch stands 2 times: 1, 2", lines)

    def test_a_chain_of_thousands_and_a_cycle_fit_the_terminal(self):
        count = 3000
        self.write_lock(*(package(f"p{i}", needs=[f"p{(i + 1) % count} 1"]) for i in range(count)))
        self.variables["COLUMNS"] = "80"
        for colour in ("always", "never"):
            lines = self.lines("tree", "--color", colour)
            plain = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in lines]
            self.assertEqual(colour == "always", plain != lines)
            self.assertLessEqual(max(map(len, plain)), 80)
            self.assertEqual(len(plain), count + 4)
            self.assertTrue(plain[count].endswith("└─ p0 1 (*)"), plain[count])

    def test_text_of_a_lock_cannot_steer_the_terminal(self):
        self.write_lock(package("a", keys='marker = "os_name != \'\\u202e\'"\n'), requests=["a ; os_name != '\u202e'"])
        for words in (("tree",), ("tree", "--invert", "a")):
            out, _ = self.run_torchup(*words)
            self.assertNotIn("\u202e", out)
            self.assertIn("\\u{202e}", out)

    def test_what_cannot_be_read_is_told(self):
        self.assertIn("absent.toml", self.run_torchup("tree", "absent.toml", status=2)[1])
        self.assertIn("not `x`", self.run_torchup("tree", "--depth", "x", status=2)[1])
        with open(self.path("pylock.toml"), "w", encoding="utf-8") as file:
            file.write('lock-version = "9.0"\n')
        self.run_torchup("tree", status=7)


class Diff(Views):
    def test_locks(self):
        self.lock("demo==1.0", "large", to="pylock.old.toml")
        self.lock("demo", to="pylock.new.toml")
        self.assertEqual(self.json_of("diff", "pylock.old.toml", "pylock.old.toml")["differs"], False)
        document = self.json_of("diff", "pylock.old.toml", "pylock.new.toml", status=1)
        self.assertEqual([(change["name"], change["change"], change["before"]["version"], change["after"]["version"]) for change in document["changed"]],
                         [("demo", "version", "1.0", "2.0")])
        self.assertEqual([entry["name"] for entry in document["removed"]], ["large"])
        self.assertEqual((document["added"], document["same"]), ([], 1))
        self.assertEqual(document["keys"], [{"key": "requests", "before": ["demo==1.0", "large"], "after": ["demo"]}])
        lines = self.lines("diff", "pylock.old.toml", "pylock.new.toml", status=1)
        self.assertEqual(lines[0], "pylock.old.toml -> pylock.new.toml")
        self.assertRegex("\n".join(lines), r"(?m)^  ~  demo +1\.16 kB -> 916 B  1\.0 -> 2\.0$")
        self.assertRegex(lines[-1], r"^0 added, 1 removed, 1 changed, 1 the same; \d+ kB less to download$")

    def test_a_file_that_was_replaced_under_its_name(self):
        self.lock("demo", to="pylock.old.toml")
        with open(self.path("pylock.old.toml"), encoding="utf-8") as file:
            text = file.read()
        with open(self.path("pylock.new.toml"), "w", encoding="utf-8") as file:
            file.write(re.sub(r'(?<=sha256 = ")\w', lambda digit: "1" if digit[0] == "0" else "0", text, count=1))
        document = self.json_of("diff", "pylock.old.toml", "pylock.new.toml", status=1)
        self.assertEqual([(change["change"], len(change["replaced_files"])) for change in document["changed"]], [("wheels", 1)])
        self.assertIn("other bytes under the same file name", self.run_torchup("diff", "pylock.old.toml", "pylock.new.toml", status=1)[0])

    def test_a_lock_and_its_environment(self):
        self.lock("demo==1.0", "large")
        self.run_torchup("sync", "--env", "env", "--no-validate", *PYTHON)
        with open(self.path("pylock.toml"), "a", encoding="utf-8") as file:
            file.write(package("elsewhere", keys='marker = "sys_platform == \'win32\'"\n'))
        self.assertEqual(self.run_torchup("diff", "--env", "env")[0].splitlines()[-1], "no difference: 3 packages the same")
        self.assertEqual(self.json_of("diff", "env")["after"]["generation"], 1)
        self.lock("demo==2.0")
        document = self.json_of("diff", "pylock.toml", "env", status=1)
        self.assertEqual([entry["name"] for entry in document["added"]], ["large"])
        self.assertEqual([(change["name"], change["before"]["version"], change["after"]["version"]) for change in document["changed"]], [("demo", "2.0", "1.0")])
        self.run_torchup("sync", "--env", "env", "--no-validate", "--yes", *PYTHON)
        self.run_torchup("diff", "--env", "env")

    def test_environments(self):
        self.install("demo==1.0", env="one")
        self.install("demo==2.0", env="two")
        out, _ = self.run_torchup("diff", "one", "two", status=1)
        self.assertIn("one (generation 1) -> two (generation 1)", out)
        self.assertIn("1.0 -> 2.0", out)

    def test_what_another_tool_did_to_an_environment(self):
        self.lock("demo==1.0", "large")
        self.run_torchup("sync", "--env", "env", "--no-validate", *PYTHON)
        packages = self.site_packages()
        os.mkdir(os.path.join(packages, "Foreign_Thing-3.0.dist-info"))
        os.rename(os.path.join(packages, "demo-1.0.dist-info"), os.path.join(packages, "demo-9.9.dist-info"))
        shutil.rmtree(os.path.join(packages, "large-1.0.dist-info"))
        document = self.json_of("diff", "--env", "env", status=1)
        self.assertEqual([(entry["name"], entry["version"], entry["wheels"]) for entry in document["added"]], [("foreign-thing", "3.0", [])])
        self.assertEqual([entry["name"] for entry in document["removed"]], ["large"])
        self.assertEqual([change["after"]["version"] for change in document["changed"]], ["9.9"])
        self.assertIn("3.0, put there by another tool", self.run_torchup("diff", "--env", "env", status=1)[0])

    def test_an_environment_of_another_tool(self):
        self.lock("demo==1.0", "large")
        packages = self.path("venv", "lib", "python3.11", "site-packages")
        os.makedirs(packages)
        with open(self.path("venv", "pyvenv.cfg"), "w", encoding="utf-8") as file:
            file.write("home = /usr/bin\n")
        for name in ("demo-1.0", "base-2.0", "large-9.9", "Pip-23.0"):
            os.mkdir(os.path.join(packages, f"{name}.dist-info"))
        document = self.json_of("diff", "pylock.toml", "venv", status=1)
        self.assertEqual([entry["name"] for entry in document["added"]], ["pip"])
        self.assertEqual([(change["name"], change["change"], change["after"]["version"]) for change in document["changed"]], [("large", "version", "9.9")])
        self.assertEqual((document["removed"], document["same"]), ([], 2))
        self.assertNotIn("another tool", self.run_torchup("diff", "pylock.toml", "venv", status=1)[0])
        self.install("demo==1.0", "large")
        self.assertEqual([entry["name"] for entry in self.json_of("diff", "env", "venv", status=1)["added"]], ["pip"])

    def test_what_cannot_be_compared(self):
        self.lock("demo")
        self.assertIn("is no environment of torchup", self.run_torchup("diff", status=3)[1])
        os.mkdir(self.path("folder"))
        self.assertIn("is no environment of torchup", self.run_torchup("diff", "pylock.toml", "folder", status=3)[1])
        self.assertIn("two things", self.run_torchup("diff", "a", "b", "c", status=2)[1])
        self.run_torchup("diff", "pylock.toml", "absent.toml", status=2)


class Export(Views):
    def test_the_same_lock_gives_the_same_bytes(self):
        self.lock("torch", "--variant", "cpu")
        for form in ("requirements", "pylock", "conda", "dockerfile", "cyclonedx"):
            first = self.run_torchup("export", "--format", form)[0]
            self.assertEqual(self.run_torchup("export", "--format", form)[0], first)
            out, _ = self.run_torchup("export", "--format", form, "-o", "file")
            self.assertEqual(out, "wrote file: 9 packages\n")
            with open(self.path("file"), encoding="utf-8") as file:
                self.assertEqual(file.read(), first)
            self.assertEqual(self.json_of("export", "--format", form)["text"], first)

    def test_a_requirements_file_holds_every_wheel(self):
        self.lock("torch", "torchvision", "--variant", "cpu")
        text = self.run_torchup("export", "--format", "requirements")[0]
        with open(self.path("pylock.toml"), encoding="utf-8") as file:
            digests = set(re.findall(r'sha256 = "(\w+)"', file.read()))
        self.assertEqual(set(re.findall(r"--hash=sha256:(\w+)", text)), digests)
        self.assertIn(f"--index-url {self.base}/simple\n--extra-index-url {self.base}/whl/cpu/\n", text)
        self.assertRegex(text, r"(?m)^torch==2\.15\.0\+cpu \\$")

    def test_pylock_is_the_canonical_lock(self):
        self.lock("demo", "large")
        with open(self.path("pylock.toml"), encoding="utf-8") as file:
            text = file.read()
        self.assertEqual(self.run_torchup("export", "--format", "pylock")[0], text)
        with open(self.path("pylock.loose.toml"), "w", encoding="utf-8") as file:
            file.write("# a comment\n" + text.replace(" = ", "="))
        self.assertEqual(self.run_torchup("export", "pylock.loose.toml", "--format", "pylock")[0], text)

    def test_a_bill_of_materials_names_what_is_locked(self):
        self.lock("demo")
        bom = json.loads(self.run_torchup("export", "--format", "cyclonedx")[0])
        self.assertEqual([entry["purl"] for entry in bom["components"]], ["pkg:pypi/base@2.0", "pkg:pypi/demo@2.0"])
        self.assertEqual(bom["dependencies"], [{"ref": "lock", "dependsOn": ["pkg:pypi/demo@2.0"]}, {"ref": "pkg:pypi/base@2.0", "dependsOn": []},
                                               {"ref": "pkg:pypi/demo@2.0", "dependsOn": ["pkg:pypi/base@2.0"]}])
        self.lock("large", to="pylock.other.toml")
        other = json.loads(self.run_torchup("export", "pylock.other.toml", "--format", "cyclonedx")[0])
        self.assertNotEqual(bom["serialNumber"], other["serialNumber"])

    def test_an_extra_is_chosen_for_formats_that_have_none(self):
        self.lock("torch", "--variants", "cpu,cu130")
        out, err = self.run_torchup("export", "--format", "requirements", "--extra", "cpu")
        self.assertRegex(out, r"(?m)^torch==2\.15\.0\+cpu \\$")
        self.assertNotIn("cu130 ", out)
        self.assertEqual(err, "")
        told = self.json_of("export", "--format", "requirements", "--extra", "cpu")
        self.assertEqual(told["packages"], len(re.findall(r"(?m)^[^#\s-]", out)))  # and not those of the other variant
        self.assertIn("NVIDIA_VISIBLE_DEVICES", self.run_torchup("export", "--format", "dockerfile", "--extra", "CU130")[0])
        out, err = self.run_torchup("export", "--format", "requirements")
        self.assertNotIn("torch==", out)
        self.assertIn("none of them is chosen; name one with `--extra`", " ".join(err.split()))
        self.assertIn("has no extra `cu126`", self.run_torchup("export", "--format", "conda", "--extra", "cu126", status=2)[1])
        self.assertIn("holds every extra", self.run_torchup("export", "--format", "pylock", "--extra", "cpu", status=2)[1])

    def test_a_format_that_is_not_known(self):
        self.assertIn("requirements, pylock, conda, dockerfile, cyclonedx", self.run_torchup("export", "--format", "poem", status=2)[1])
        self.run_torchup("export", status=2)


class Outdated(Views):
    def ages(self, *words, status=0):
        document = self.json_of("outdated", *words, *PYTHON, status=status)
        return {entry["name"]: (entry["current"], entry["compatible"], entry["newest"], entry["why"]) for entry in document["packages"]}

    def test_what_can_move_and_what_is_held(self):
        self.lock("demo==1.0", "base==1.0", "large")
        self.assertEqual(self.ages(), {"base": ("1.0", "1.0", "2.0", ["asked for as base==1.0"]),
                                       "demo": ("1.0", "1.0", "2.0", ["asked for as demo==1.0", "2.0 needs base>=2"])})
        self.assertEqual(self.lines("outdated", "--check", *PYTHON)[-1], "0 of 3 packages can move; 2 kept back")
        with open(self.path("pylock.toml"), encoding="utf-8") as file:
            text = file.read()
        with open(self.path("pylock.toml"), "w", encoding="utf-8") as file:
            file.write(text.replace('"demo==1.0"', '"demo"').replace('"base==1.0"', '"base"'))
        self.assertEqual(self.ages("--check", status=1), {"base": ("1.0", "2.0", "2.0", []), "demo": ("1.0", "2.0", "2.0", [])})
        self.run_torchup("outdated", *PYTHON)

    def test_nothing_is_outdated(self):
        self.lock("demo")
        self.assertEqual(self.lines("outdated", "--check", *PYTHON), ["nothing is outdated: 2 packages at their newest"])

    def test_what_packages_need_keeps_others_back(self):
        self.lock("torch==2.14.0", "torchvision", "--variant", "cpu")
        ages = self.ages()
        self.assertEqual(ages["torch"][:3], ("2.14.0+cpu", "2.14.0+cpu", "2.15.0+cpu"))
        self.assertIn("asked for as torch==2.14.0", ages["torch"][3])
        self.assertEqual(ages["torchvision"], ("0.29.0+cpu", "0.29.0+cpu", "0.30.0+cpu", ["0.30.0+cpu needs torch==2.15.0"]))

    def test_an_environment(self):
        self.install("demo==1.0")
        self.assertEqual(self.ages("--env", "env"), {"demo": ("1.0", "2.0", "2.0", [])})
        self.assertIn("is no environment of torchup", self.run_torchup("outdated", "--env", "absent", status=3)[1])


if __name__ == "__main__":
    harness.main(Tree, Diff, Export, Outdated)
