#!/usr/bin/python3
"""The doctor on environments that are broken for real, and on recorded machines; the report, and what it must not show.

    doctor.py TORCHUP
"""

import glob
import json
import os
import shutil
import sqlite3
import subprocess
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import harness

HOSTS = os.path.join(os.path.dirname(harness.HERE), "hosts")
REPOSITORY = os.path.dirname(os.path.dirname(harness.HERE))
PYTHON = ("--python", harness.PYTHON)
NOBODY = 65534


def recorded_hosts():
    return sorted(name for name in os.listdir(HOSTS) if os.path.exists(os.path.join(HOSTS, name, "host.json")))


class Doctor(harness.Story):
    wheels = harness.WHEELS + [
        {"name": "numpy", "version": "2.1"},
        {"name": "needy", "version": "1.0", "requires": ["demo>=1", "base"]},
    ]

    def install(self, *requirements, validate=False):
        words = () if validate else ("--no-validate",)
        return self.json_of("install", *requirements, "--env", "env", "--yes", *words, *PYTHON)

    def site(self, env="env"):
        return glob.glob(self.path(env, "lib", "python3*", "site-packages"))[0]

    def found(self, *words, status=1, offline=True):
        more = ("--offline",) if offline else ()
        return self.json_of("doctor", *words, *more, status=status)["findings"]

    def ids(self, *words, status=1, offline=True):
        return [finding["id"] for finding in self.found(*words, status=status, offline=offline)]

    def test_a_sound_environment_has_no_finding(self):
        self.install("needy")
        document = self.json_of("doctor", "--env", "env")
        self.assertEqual([f for f in document["findings"] if f["severity"] != "note"], [])
        self.assertEqual(document["environment"], self.path("env"))
        outcomes = {check["id"]: check["outcome"] for check in document["checks"]}
        self.assertEqual((outcomes["requirements"], outcomes["network"], outcomes["cache"]), ("ok", "ok", "ok"))
        out, _ = self.run_torchup("doctor", "--env", "env")
        self.assertIn("[✓] Requirements", out)
        self.assertIn("nothing is wrong", out)

    def test_every_finding_that_can_be_given_is_listed(self):
        listed = self.json_of("doctor", "--list")["checks"]
        names = [check["id"] for check in listed]
        self.assertEqual(names, sorted(names))
        ids = [finding for check in listed for finding in check["findings"]]
        self.assertEqual(len(ids), len(set(ids)))
        for known in ("module-shadowed", "library-missing", "requirement-unmet"):
            self.assertIn(known, ids)
        out, _ = self.run_torchup("doctor", "--list")
        with open(os.path.join(REPOSITORY, "docs", "doctor.md"), encoding="utf-8") as file:
            described = file.read()
        for name in names + ids:
            self.assertIn(name, out)
            self.assertIn(f"`{name}`", described)

    def test_a_check_runs_alone_by_its_name_or_a_finding_s(self):
        self.install("demo")
        for word in ("shadowing", "module-shadowed"):
            checks = self.json_of("doctor", word, "--env", "env")["checks"]
            self.assertEqual([check["id"] for check in checks], ["shadowing"])
        _, err = self.run_torchup("doctor", "modul-shadowed", status=2)
        self.assertEqual(err, "error: `modul-shadowed` is neither a check nor a finding of one\n"
                              "hint: did you mean `module-shadowed`?\nhint: `torchup doctor --list` names them all\n")

    def test_without_an_environment_the_host_is_looked_at(self):
        checks = {check["id"]: check["outcome"] for check in self.json_of("doctor", "--offline")["checks"]}
        self.assertEqual((checks["requirements"], checks["network"], checks["nvidia-driver"] != "skipped"), ("skipped", "skipped", True))
        _, err = self.run_torchup("doctor", "--env", "none", status=3)
        self.assertIn(f"there is no environment `{self.path('none')}`", err)

    def test_a_local_file_that_is_named_like_a_package_is_told(self):
        self.install("numpy")
        os.mkdir(self.path("numpy"))
        self.assertEqual(self.ids("shadowing", "--env", "env", status=0), [])  # a folder without __init__.py hides nothing
        with open(self.path("numpy", "__init__.py"), "w", encoding="utf-8"):
            pass
        finding, = self.found("--env", "env", "shadowing")
        self.assertEqual((finding["id"], finding["severity"]), ("module-shadowed", "error"))
        self.assertIn(self.path("numpy"), finding["title"])
        self.assertIn(f"`mv {self.path('numpy')} ", finding["remedy"][0])
        shown = subprocess.run([self.path("env", "bin", "python"), "-c", "import numpy; print(numpy.__file__)"], cwd=self.folder,
                               capture_output=True, text=True, check=True)
        self.assertEqual(shown.stdout.strip(), self.path("numpy", "__init__.py"))  # it is so

    def test_a_package_that_was_taken_out_is_told_and_put_back(self):
        self.install("needy")
        for name in os.listdir(self.site()):
            if name.startswith("base"):
                shutil.rmtree(os.path.join(self.site(), name))
        finding, = self.found("requirements", "--env", "env")[:1]
        self.assertEqual(finding["title"], "`demo 2.0` needs `base>=2`, which is not installed")
        self.assertEqual(self.json_of("history", "--env", "env")["history"][0]["generation"], 1)
        out, _ = self.run_torchup("doctor", "requirements", "--env", "env", "--offline", "--fix", "--yes")
        self.assertIn("fixed: make a new generation of", out)
        states = [(entry["generation"], entry["state"]) for entry in self.json_of("history", "--env", "env")["history"]]
        self.assertEqual(states, [(2, "active"), (1, "kept")])
        self.assertIn("base-2.0.dist-info", os.listdir(self.site()))

    def test_remains_and_stale_path_files_are_told_and_fixed(self):
        self.install("demo")
        os.mkdir(os.path.join(self.site(), "~emo"))
        with open(os.path.join(self.site(), "old.pth"), "w", encoding="utf-8") as file:
            file.write("/nowhere/at/all\n")
        self.assertEqual(self.ids("--env", "env"), ["distribution-leftover", "pth-stale"])
        out, _ = self.run_torchup("doctor", "--env", "env", "--offline", status=1)
        self.assertIn("`--fix` can end 2 of them", out)
        self.assertTrue(os.path.exists(os.path.join(self.site(), "~emo")))  # looking changes nothing
        fixes = self.json_of("doctor", "--env", "env", "--offline", "--fix", status=1)["fixes"]
        self.assertEqual((fixes["done"], len(fixes["refused"])), ([], 2))
        self.assertIn("nobody can be asked", fixes["refused"][0])
        self.assertTrue(os.path.exists(os.path.join(self.site(), "~emo")))  # without an answer nothing is done
        document = self.json_of("doctor", "--env", "env", "--offline", "--fix", "--yes")
        self.assertEqual(len(document["fixes"]["done"]), 2)
        self.assertFalse(os.path.exists(os.path.join(self.site(), "~emo")))
        self.assertTrue(os.path.exists(os.path.join(self.site(), "old.pth.disabled")))

    def test_a_damaged_wheel_in_the_store_is_told_and_taken_out(self):
        self.install("demo")
        trees = self.path("home", ".cache", "torchup", "store", "trees")
        victim = next(os.path.join(root, "__init__.py") for root, _, names in os.walk(trees) if "__init__.py" in names)
        os.chmod(victim, 0o644)
        with open(victim, "a", encoding="utf-8") as file:
            file.write("# changed\n")
        self.assertEqual(self.ids("cache"), ["cache-damaged"])
        before = len(self.store_trees())
        self.assertEqual(self.ids("cache", "--fix", "--yes", status=0), [])
        self.assertEqual(len(self.store_trees()), before - 1)

    def test_environments_of_venv_are_looked_at_too(self):
        subprocess.run([harness.PYTHON, "-m", "venv", "--without-pip", self.path("other")], check=True)
        self.assertEqual(self.ids("--env", "other", status=0), [])
        python = self.path("other", "bin", "python3")
        os.unlink(python)
        os.symlink("/nowhere/python3.11", python)
        self.assertEqual(self.ids("--env", "other", "python"), ["interpreter-missing"])

    @unittest.skipUnless(os.geteuid() == 0, "another user's folder takes root to make")
    def test_a_folder_that_another_user_closed_is_told(self):
        self.install("demo")
        os.chmod(self.folder, 0o755)
        cache = self.path("home", ".cache", "torchup")
        os.chmod(cache, 0o700)
        for folder in (self.path("home"), self.path("home", ".cache")):
            os.chmod(folder, 0o755)
        done = subprocess.run([self.torchup, "doctor", "folders", "--env", "env", "--offline", "--json"], env=self.variables,
                              cwd=self.folder, capture_output=True, text=True, check=False, user=NOBODY, group=NOBODY, extra_groups=[])
        if not done.stdout:
            self.skipTest("another user cannot run this torchup: " + done.stderr)
        findings = json.loads(done.stdout)["findings"]
        evidence = [line for finding in findings if finding["id"] == "folder-of-another-user" for line in finding["evidence"]]
        self.assertTrue(any(f"`{cache}`" in line and "mode 0700" in line for line in evidence), findings)
        self.assertEqual(done.returncode, 1)

    @unittest.skipUnless(os.geteuid() == 0, "a small file system takes root to mount")
    def test_a_full_file_system_is_told(self):
        self.install("demo")
        full = self.path("full")
        os.mkdir(full)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k,nr_inodes=100", "none", full], capture_output=True, check=False).returncode != 0:
            self.skipTest("nothing can be mounted here")
        self.addCleanup(subprocess.run, ["umount", full], check=False)
        with open(os.path.join(full, "filler"), "wb") as file:
            try:
                file.write(b"x" * 100_000)
            except OSError:
                pass
        self.variables["TORCHUP_CACHE_DIR"] = full
        self.assertIn("disk-full", self.ids("folders", "--env", "env"))

    def test_a_variable_that_hides_packages_is_told(self):
        self.install("numpy")
        os.makedirs(self.path("old", "numpy-1.0.dist-info"))
        self.variables.update({"PYTHONPATH": self.path("old"), "PYTHONHOME": "/opt"})
        self.assertEqual(self.ids("variables", "--env", "env"), ["python-home-set", "python-path-shadows"])

    def test_a_stub_of_the_driver_that_comes_first_is_told(self):
        stubs = self.path("stubs")
        os.mkdir(stubs)
        if shutil.which("cc") is None:
            self.skipTest("no C compiler")
        stub = b"int cuInit(unsigned f) { return 34; } int cuDriverGetVersion(int *v) { return 34; }"
        subprocess.run(["cc", "-shared", "-fPIC", "-x", "c", "-o", os.path.join(stubs, "libcuda.so.1"), "-"], input=stub, check=True)
        self.variables["LD_LIBRARY_PATH"] = stubs
        finding, = self.found("nvidia-driver")
        self.assertEqual(finding["id"], "libcuda-stub")
        self.assertIn(f"the loader takes `{stubs}/libcuda.so.1`", finding["evidence"])

    def test_two_openmp_runtimes_are_a_note(self):
        self.install("numpy")
        for folder in ("one.libs", "two.libs"):
            os.mkdir(os.path.join(self.site(), folder))
            with open(os.path.join(self.site(), folder, "libgomp.so.1"), "wb"):
                pass
        finding, = self.found("runtimes", "--env", "env", status=0)
        self.assertEqual((finding["id"], finding["severity"], len(finding["evidence"])), ("openmp-several", "note", 2))

    def test_a_host_that_changed_since_it_was_healthy_is_told(self):
        self.install("demo")
        self.assertEqual(self.ids("host-drift", "--env", "env", status=0), [])
        ledger = sqlite3.connect(self.path("home", ".local", "share", "torchup", "ledger.db"))
        with ledger:
            generation, = ledger.execute("SELECT id FROM generation WHERE state = 'active'").fetchone()
            row = ledger.execute("INSERT INTO validation(generation, at, healthy, torch_version, cuda_available, cuda_reason) "
                                 "VALUES (?, 1790000000, 1, '', 0, '')", (generation,))
            ledger.execute("INSERT INTO host_mark VALUES (?, 0, 'libc', 'glibc 1.0')", (row.lastrowid,))
        ledger.close()
        finding, = self.found("host-drift", "--env", "env")
        self.assertTrue(any(line.startswith("libc: ") and line.endswith("(was glibc 1.0)") for line in finding["evidence"]))
        self.assertIn("torchup verify --env", finding["remedy"][0])

    def test_an_index_that_is_gone_refuses_or_lives_in_another_time_is_told(self):
        self.install("demo")
        self.variables["TORCHUP_INDEX_URL"] = "http://127.0.0.1:9/simple"
        told = {finding["id"]: finding["severity"] for finding in self.found("network", "--env", "env", offline=False)}
        self.assertEqual(told, {"index-unreachable": "error"})
        self.variables["TORCHUP_INDEX_URL"] = self.serve(200, "Sun, 06 Nov 1994 08:49:37 GMT")
        self.assertEqual(self.ids("network", "--env", "env", offline=False), ["clock-wrong"])
        self.variables["TORCHUP_INDEX_URL"] = self.serve(503)
        self.assertEqual(self.ids("network", "--env", "env", offline=False), ["index-unreachable"])
        self.variables["SSL_CERT_FILE"] = "/nowhere/ca.pem"
        self.assertIn("certificate-file-missing", self.ids("network", "--env", "env", offline=False))

    def test_an_index_url_that_is_none_is_told_without_its_password(self):
        self.install("demo")
        self.variables["TORCHUP_INDEX_URL"] = "http://me:hidden@ho st/simple"
        finding = self.found("network", "--env", "env", offline=False)[0]
        self.assertEqual((finding["id"], finding["severity"]), ("index-misconfigured", "error"))
        self.assertIn("`TORCHUP_INDEX_URL` is no index URL", finding["title"])
        self.assertNotIn("hidden", json.dumps(finding))

    @unittest.skipUnless(os.geteuid() == 0, "another user takes root to be")
    def test_a_user_without_rights_is_told_of_the_machine_too(self):
        os.chmod(self.folder, 0o755)
        variables = {**self.variables, "HOME": "/nonexistent", "VIRTUAL_ENV": "/root"}
        done = subprocess.run([self.torchup, "probe", "--json"], env=variables, cwd="/", capture_output=True, text=True, check=False, user=NOBODY,
                              group=NOBODY, extra_groups=[], timeout=harness.LIMIT)
        if not done.stdout:
            self.skipTest("another user cannot run this torchup: " + done.stderr)
        facts = json.loads(done.stdout)
        self.assertEqual((done.returncode, facts["os"]["system"]), (0, "Linux"))
        own = self.json_of("probe")
        self.assertEqual({gpu["kind"] for gpu in facts["accelerators"]}, {gpu["kind"] for gpu in own["accelerators"]})

    def test_a_proxy_that_leads_nowhere_is_told_without_its_password(self):
        self.install("demo")
        self.variables.update({"TORCHUP_INDEX_URL": "http://index.example/simple", "http_proxy": "http://me:hidden@127.0.0.1:9"})
        out, _ = self.run_torchup("doctor", "network", "--env", "env", "--json", status=1)
        self.assertIn("proxy-failing", [finding["id"] for finding in json.loads(out)["findings"]])
        self.assertNotIn("hidden", out)

    def serve(self, status, date=None):
        """A server that answers everything so; gives its URL."""
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response_only(status)
                if date:
                    self.send_header("Date", date)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return f"http://127.0.0.1:{server.server_port}/simple"

    def test_recorded_machines_are_judged_by_their_facts(self):
        """Each expected.json names the findings of its machine, and none where it has no `doctor`."""
        for name in recorded_hosts():
            with self.subTest(name), open(os.path.join(HOSTS, name, "expected.json"), encoding="utf-8") as file:
                expected = json.load(file).get("doctor", [])
                status = 1 if any(not entry.startswith("note ") for entry in expected) else 0
                found = self.found("--host", os.path.join(HOSTS, name), status=status)
                self.assertEqual([f"{finding['severity']} {finding['id']}" for finding in found], expected)
                for finding in found:
                    self.assertTrue(finding["evidence"], finding)
                    # What is wrong can be ended by a line that is pasted.
                    self.assertTrue(finding["severity"] == "note" or any("`" in line for line in finding["remedy"]), finding)

    def test_an_environment_is_held_against_another_machine(self):
        self.install("torch")
        with open(os.path.join(self.site(), "torch", "version.py"), "w", encoding="utf-8") as file:
            file.write("__version__ = '2.15.0+cu132'\ncuda: Optional[str] = '13.2'\n")
        tag = next(os.path.join(self.site(), name, "WHEEL") for name in os.listdir(self.site()) if name.startswith("torch-"))
        with open(tag, "w", encoding="utf-8") as file:
            file.write("Wheel-Version: 1.0\nTag: cp311-cp311-manylinux_2_28_x86_64\n")
        expected = {"rtx-5090-driver-610": [], "h100-driver-580": ["note driver-minor-compatible"], "broken-nvidia-smi": ["error driver-too-old"],
                    "mi300x": ["warning build-for-other-gpu"], "debian-12-cpu-only": ["note gpu-build-without-gpu"],
                    "musl": ["error build-for-other-platform", "note gpu-build-without-gpu"],
                    "glibc-2.17": ["error build-for-other-platform", "note gpu-build-without-gpu"],
                    "m2-macos-15": ["error build-for-other-platform", "note gpu-build-without-gpu"],
                    "gb10": ["error build-for-other-platform", "note driver-minor-compatible"]}
        for name, findings in expected.items():
            with self.subTest(name):
                status = 0 if all(entry.startswith("note ") for entry in findings) else 1
                found = self.found("build", "--env", "env", "--host", os.path.join(HOSTS, name), status=status)
                self.assertEqual([f"{finding['severity']} {finding['id']}" for finding in found], findings)

    def test_lines_fit_a_terminal_of_eighty_columns_but_for_commands(self):
        self.install("numpy")
        with open(self.path("numpy.py"), "w", encoding="utf-8"):
            pass
        self.variables["COLUMNS"] = "80"
        out, _ = self.run_torchup("doctor", "--env", "env", "--offline", status=1)
        for line in out.splitlines():
            self.assertTrue(len(line) <= 80 or "`" in line or "/" in line, line)
        self.assertNotIn("\x1b", out)
        coloured, _ = self.run_torchup("--color", "always", "doctor", "--env", "env", "--offline", status=1)
        self.assertIn("\x1b[1;31m", coloured)


class Report(harness.Story):
    def test_the_report_tells_of_torch_without_importing_it(self):
        self.json_of("install", "torch", "--variant", "default", "--env", "env", "--yes", "--no-validate", *PYTHON)
        with open(glob.glob(self.path("env", "lib", "python3*", "site-packages", "torch"))[0] + "/version.py", "w", encoding="utf-8") as file:
            file.write("__version__ = '2.15.0+cu132'\ndebug = False\ncuda: Optional[str] = '13.2'\ngit_version = 'abc'\nhip: Optional[str] = None\n")
        facts = {fact["id"]: fact for fact in self.json_of("report", "--env", "env")["facts"] if fact["id"]}
        self.assertEqual(facts["torch_version"]["value"], "2.15.0+cu132")
        self.assertTrue(facts["torch_version"]["source"].endswith("torch/version.py"))
        self.assertEqual(facts["cuda_compiled_version"]["value"], "13.2")
        self.assertEqual(facts["hip_compiled_version"]["value"], "N/A")
        self.assertIn("torch==", facts["pip_packages"]["value"])
        out, _ = self.run_torchup("report", "--env", "env")
        self.assertTrue(out.startswith("PyTorch version: 2.15.0+cu132\nIs debug build: False\nCUDA used to build PyTorch: 13.2\n"))
        markdown, _ = self.run_torchup("report", "--env", "env", "--markdown")
        self.assertTrue(markdown.startswith("<details>\n<summary>torchup report</summary>\n"))
        self.assertIn("| CUDA used to build PyTorch | 13.2 |", markdown)

    def test_nothing_secret_is_in_it(self):
        self.json_of("install", "demo", "--env", "home/env", "--yes", "--no-validate", *PYTHON)
        self.variables.update({"PIP_INDEX_URL": "https://me:hidden1@index.example/simple?token=hidden2", "HTTPS_PROXY": "http://me:hidden3@proxy.example"})
        for words in ((), ("--markdown",), ("--json",), ("-v",)):
            out, _ = self.run_torchup("report", "--env", "home/env", *words)
            for secret in ("hidden1", "hidden2", "hidden3", self.path("home")):
                self.assertNotIn(secret, out)
            self.assertIn("index.example", out)

    def test_an_index_of_pip_s_configuration_is_told_without_its_password(self):
        self.json_of("install", "demo", "--env", "env", "--yes", "--no-validate", *PYTHON)
        del self.variables["TORCHUP_INDEX_URL"]
        os.makedirs(self.path("home", ".config", "pip"))
        with open(self.path("home", ".config", "pip", "pip.conf"), "w", encoding="utf-8") as file:
            file.write("[global]\nindex-url = https://me:hidden4@index.example/simple\n")
        self.variables["HTTP_PROXY"] = "me:hidden5@proxy.example:3128"
        for words in (("report",), ("report", "--markdown"), ("report", "--json"), ("probe", "--json"), ("probe", "-v")):
            out, err = self.run_torchup(*words, *(("--env", "env") if words[0] == "report" else ()))
            for secret in ("hidden4", "hidden5"):
                self.assertNotIn(secret, out + err)
        facts = [fact for fact in self.json_of("report", "--env", "env")["facts"] if fact["section"] == "Indexes"]
        self.assertIn("index.example/simple", facts[0]["value"])
        self.assertIn("pip.conf", facts[0]["source"])

    def test_a_recorded_machine_is_reported(self):
        out, _ = self.run_torchup("report", "--host", os.path.join(HOSTS, "h100-driver-580"))
        self.assertIn("GPU 0: NVIDIA H100", out)
        self.assertIn("Python version: no environment was looked at", out)


if __name__ == "__main__":
    harness.main(Doctor, Report)
