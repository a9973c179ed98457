#!/usr/bin/python3
"""Bytecode that one environment needed, for the next one: used by the interpreter, and never a way from one into another.

    bytecode.py TORCHUP
"""

import os
import subprocess

import harness

PYTHON = ("--python", harness.PYTHON)

# Whoever imports it finds the bytecode of `demo` exchanged, as a hostile package would do it to reach other environments.
POISON = """
import demo, importlib.util, marshal, os
cached = importlib.util.cache_from_source(demo.__file__)
with open(cached, 'rb') as file:
    header = file.read(16)
os.remove(cached)
with open(cached, 'wb') as file:
    file.write(header + marshal.dumps(compile("def main():\\n    print('poisoned')\\n", 'demo', 'exec')))
"""

WHEELS = harness.WHEELS + [
    {"name": "poison", "version": "1.0", "requires": ["demo==1.0"], "files": {"poison/__init__.py": POISON}},
    {"name": "broken", "version": "1.0", "files": {"broken/__init__.py": "import broken.part\nraise RuntimeError('broken')\n", "broken/part.py": "x = 1\n"}},
    {"name": "odd", "version": "1.0", "files": {"odd/__init__.py": "x = 1\n", "odd/later.py": "this is no Python\n"}},
]


class Bytecode(harness.Story):
    wheels = WHEELS

    def install(self, *words, env="env", status=0):
        return self.run_torchup("-v", "install", *words, "--env", env, "--yes", *PYTHON, status=status)

    def package(self, env, name="demo"):
        lib = self.path(env, "lib")
        python = next(entry for entry in os.listdir(lib) if entry.startswith("python"))
        return os.path.join(lib, python, "site-packages", name)

    def bytecode_of(self, env, name="demo"):
        folder = os.path.join(self.package(env, name), "__pycache__")
        return [os.path.join(folder, entry) for entry in os.listdir(folder)] if os.path.isdir(folder) else []

    def python(self, env, *words):
        done = subprocess.run([self.path(env, "bin", "python"), "-I", *words], capture_output=True, text=True, timeout=harness.LIMIT, check=True)
        return done.stdout, done.stderr

    def kept(self):
        """The bytecode in the store."""
        trees = self.path("home", ".cache", "torchup", "store", "trees")
        return [os.path.join(root, name) for root, _, names in os.walk(trees) for name in names if name.endswith(".pyc")]

    def test_the_next_environment_does_not_compile_again(self):
        _, err = self.install("demo==1.0")
        self.assertIn("bytecode of 2 files is kept for the next environment", err)
        _, err = self.install("demo==1.0", "--no-validate", env="other")
        self.assertNotIn("is kept", err)
        [cached] = self.bytecode_of("other")
        before = os.stat(cached)
        _, err = self.python("other", "-v", "-c", "import demo")
        self.assertIn(f"{cached} matches", err.replace("lib64", "lib"))
        after = os.stat(cached)
        self.assertEqual((before.st_ino, before.st_mtime_ns), (after.st_ino, after.st_mtime_ns))
        self.assertEqual(self.python("other", "-c", "import demo; print(demo.main.__code__.co_filename == demo.__file__)")[0], "True\n")

    def test_what_is_compiled_is_what_python_itself_compiles(self):
        self.install("demo==1.0")
        self.install("demo==1.0", env="other")
        [ours], [pythons] = self.bytecode_of("other"), self.bytecode_of("env")
        with open(ours, "rb") as file, open(pythons, "rb") as other:
            ours, pythons = file.read(), other.read()
        self.assertEqual(ours[:8], pythons[:8])
        self.assertEqual(ours[12:16], pythons[12:16])

    def test_a_package_cannot_reach_another_environment_by_it(self):
        self.install("poison")
        self.assertEqual(self.python("env", "-c", "import demo; demo.main()")[0], "poisoned\n")
        self.install("demo==1.0", env="other")
        self.assertEqual(len(self.bytecode_of("other")), 1)
        self.assertEqual(self.python("other", "-c", "import demo; demo.main()")[0], "demo runs\n")

    def test_an_edit_of_the_source_counts_though_its_size_is_the_same(self):
        self.install("demo==1.0")
        self.install("demo==1.0", env="other")
        source = os.path.join(self.package("other"), "__init__.py")
        with open(source, encoding="utf-8") as file:
            text = file.read()
        with open(source, "w", encoding="utf-8") as file:
            file.write(text.replace("demo runs", "edit runs"))
        self.assertEqual(self.python("other", "-c", "import demo; demo.main()")[0], "edit runs\n")
        self.install("demo==1.0", env="third")
        self.assertEqual(self.python("third", "-c", "import demo; demo.main()")[0], "demo runs\n")

    def test_damaged_bytecode_is_done_without(self):
        self.install("demo==1.0")
        [victim] = [path for path in self.kept() if "demo" in path]
        os.chmod(victim, 0o644)
        with open(victim, "r+b") as file:
            file.write(b"damaged")
        self.install("demo==1.0", "--no-validate", "--offline", env="other")
        self.assertEqual(self.bytecode_of("other"), [])
        self.assertFalse(os.path.exists(victim))
        self.assertEqual(self.python("other", "-c", "import demo; demo.main()")[0], "demo runs\n")

    def test_cache_verify_names_damaged_bytecode(self):
        self.install("demo==1.0")
        [victim] = [path for path in self.kept() if "demo" in path]
        os.chmod(victim, 0o644)
        with open(victim, "r+b") as file:
            file.write(b"damaged")
        document = self.json_of("cache", "verify", status=1)
        [damaged] = document["damaged"]
        self.assertRegex(damaged["wheel"], r"^bytecode of demo-1\.0-py3-none-any\.whl for cpython-3\d+$")
        self.assertTrue(self.json_of("cache", "verify")["whole"])

    def test_nothing_is_kept_of_what_validation_refuses(self):
        _, err = self.install("broken", status=9)
        self.assertIn("RuntimeError: broken", err)
        self.assertEqual(self.kept(), [])
        self.assertEqual(os.listdir(self.path("home", ".cache", "torchup", "store", "staging")), [])

    def test_a_source_that_nothing_imported_and_does_not_compile_is_in_nobodys_way(self):
        self.install("odd")
        self.assertEqual([os.path.basename(path).split(".")[0] for path in self.kept()], ["__init__"])


if __name__ == "__main__":
    harness.main(Bytecode)
