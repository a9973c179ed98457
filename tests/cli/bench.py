#!/usr/bin/python3
"""Benchmarks of environments whose torch is a stand-in for libtorch: measured, compared, kept, and a gate for upgrades.

    bench.py TORCHUP
"""

import json
import os
import xml.etree.ElementTree

import harness

PYTHON = ("--python", harness.PYTHON)
QUICK = ("bench", "--env", "env", "--quick", "--kernel", "matmul-512x512", "--engine", "torch-c")
HOSTILE = "<script>&\"'"  # an environment's folder may have any name


class Benchmarks(harness.Story):
    @classmethod
    def setUpClass(cls):
        fakes = os.path.join(os.path.dirname(cls.torchup), "tests", "fake_torch")

        def library(fault):
            return {"torch/lib/libtorch_cpu.so": os.path.join(fakes, fault, "torch", "lib", "libtorch_cpu.so")}

        cls.wheels = [
            {"name": "torch", "version": "1.0", "copied": library("healthy")},
            {"name": "torch", "version": "2.0", "copied": library("half_speed")},
            {"name": "crashing", "version": "1.0", "copied": library("crash")},
        ]
        super().setUpClass()

    def install(self, *requirements, env="env"):
        self.run_torchup("install", *requirements, "--env", env, "--variant", "default", "--no-validate", "--yes", *PYTHON)

    def verdict(self, document):
        self.assertEqual(len(document["verdicts"]), 1)
        return document["verdicts"][0]

    def test_an_environment_is_measured_and_kept(self):
        self.install("torch==1.0")
        document = self.json_of(*QUICK)
        self.assertEqual((document["generation"], document["torch"]), (1, "2.10.1"))
        self.assertIn("cpu", document["fingerprint"])
        self.assertGreater(document["roofline"]["flops_per_second"], 0)
        native, torch = [result for result in document["results"] if result["kernel"] == "matmul"]
        self.assertEqual((native["engine"], torch["engine"]), ("native", "torch-c"))
        for result in (native, torch):
            self.assertEqual((result["case"], result["device"], result["unit"]), ("512x512", "cpu", "GFLOP/s"))
            self.assertLessEqual(result["seconds"]["low"], result["seconds"]["median"])
            self.assertLess(result["error"]["value"], result["error"]["limit"])
            self.assertGreater(result["achieved"], 0)
            self.assertEqual(result["work"]["flops"], 2 * 512**3)
        self.assertLessEqual(torch["ratio"]["low"], torch["ratio"]["value"])
        self.assertEqual(document["verdicts"], [])
        out, _ = self.run_torchup("bench", "history", "--env", "env")
        self.assertRegex(out, r"(?m)^ *1 .* 1 +2\.10\.1 +matmul 512x512 ")
        self.assertEqual([entry["id"] for entry in self.json_of("bench", "history", "--all")["benchmarks"]], [1])

    def test_a_slower_torch_is_found_against_another_environment(self):
        self.install("torch==2.0", env=HOSTILE)
        self.install("torch==1.0", env="old")
        document = self.json_of("bench", "--env", HOSTILE, *QUICK[3:], "--against", "old", "--gate", "5", "--junit", "report.xml", "--html", "page.html", status=1)
        verdict = self.verdict(document)
        self.assertEqual((verdict["verdict"], verdict["kernel"], verdict["engine"], verdict["measure"]), ("REGRESSED", "matmul", "torch-c", "time"))
        self.assertGreater(verdict["change"], 0.5)
        suite = xml.etree.ElementTree.parse(self.path("report.xml")).getroot()[0]
        self.assertEqual((suite.get("tests"), suite.get("failures")), ("1", "1"))
        self.assertIn("REGRESSED", suite[0][0].get("message"))
        with open(self.path("page.html"), encoding="utf-8") as file:
            page = file.read()
        self.assertIn("REGRESSED", page)
        self.assertIn("&lt;script&gt;&amp;&quot;", page)
        self.assertNotRegex(page, r"<script|https?://|<link|@import|url\(")
        self.assertEqual(page.count("<svg"), page.count("</svg>"))

    def test_an_upgrade_keeps_to_the_gate(self):
        self.install("torch==1.0")
        upgrade = ("upgrade", "torch==2.0", "--env", "env", "--no-validate", "--yes", "--gate", "20")
        error = self.json_of(*upgrade, status=9)["error"]
        self.assertEqual(error["message"], "the new generation is slower than the old one by more than 20 %; the environment is as it was")
        self.assertIn("matmul 512x512 (torch-c): ", " ".join(error["context"]))
        self.assertEqual([entry["state"] for entry in self.json_of("history", "--env", "env")["history"]], ["failed", "active"])
        self.assertEqual(self.json_of("verify", "--env", "env", "--level", "files")["generation"], 1)
        self.json_of(*upgrade[:-2])
        self.assertEqual(self.json_of("verify", "--env", "env", "--level", "files")["generation"], 2)
        # The other way round it is the faster one that is measured against the generation before.
        document = self.json_of(*QUICK, "--against", "1", "--gate", "5", status=1)
        self.assertEqual(self.verdict(document)["verdict"], "REGRESSED")

    def test_a_gate_alone_compares_with_what_was_measured_before(self):
        self.install("torch==1.0")
        first = self.json_of(*QUICK, "--gate", "5", status=10)
        self.assertEqual(self.verdict(first)["reason"], "no earlier benchmark of this environment is recorded")
        with open(self.path("first.json"), "w", encoding="utf-8") as file:
            json.dump(first, file)
        again = self.json_of("bench", "compare", "first.json", "1")
        verdict = self.verdict(again)
        self.assertEqual((verdict["verdict"], verdict["measure"], verdict["change"]), ("SAME", "ratio", 0) if verdict["verdict"] == "SAME"
                         else ("INCONCLUSIVE", "ratio", 0))
        first["fingerprint"]["kernel"] = "5.0"
        with open(self.path("first.json"), "w", encoding="utf-8") as file:
            json.dump(first, file)
        verdict = self.verdict(self.json_of("bench", "compare", "first.json", "1", "--gate", "5", status=10))
        self.assertEqual(verdict["verdict"], "NOT_COMPARABLE")
        self.assertRegex(verdict["reason"], "^kernel: `5.0` before, `")

    def test_a_crash_is_a_finding(self):
        self.install("crashing")
        out, _ = self.run_torchup("bench", "--env", "env", "--quick", "--kernel", "eigh", "--engine", "torch-c", status=1)
        self.assertIn("the worker was ended by SIGSEGV (a wrong memory access)", " ".join(out.split()))

    def test_what_cannot_be_measured_says_so(self):
        self.install("torch==1.0")
        for words, status, text in (
                (("--env", "none"), 3, "is no environment"),
                (("--env", "env", "--gate", "x"), 2, "`--gate x` is no percentage from 0.1 to 1000"),
                (("--env", "env", "--gate", "0"), 2, "`--gate 0` is no percentage from 0.1 to 1000"),
                (("--env", "env", "--against", "7"), 3, "has no generation 7"),
                (("--env", "env", "--against", "missing.json"), 2, "missing.json"),
                (("--env", "env", "--engine", "numpy"), 2, "numpy"),
                (("--env", "env", "--kernel", "matmul-3x3"), 2, "matmul-3x3"),
                (("compare", "1"), 2, "`bench compare` takes two benchmarks"),
                (("compare", "1", "2"), 2, "there is no benchmark 1")):
            _, err = self.run_torchup("bench", *words, status=status)
            self.assertIn(text, " ".join(err.split()))
        with open(self.path("other.json"), "w", encoding="utf-8") as file:
            file.write("{\"schema\": 1, \"results\": []}")
        _, err = self.run_torchup("bench", "--env", "env", "--against", "other.json", status=2)
        self.assertIn("it is no benchmark", err)
        self.assertIn("while reading `other.json`", err)

    def test_instructions_need_valgrind(self):
        self.install("torch==1.0")
        self.variables["PATH"] = self.path("home")
        _, err = self.run_torchup(*QUICK, "--instructions", status=3)
        self.assertIn("instructions cannot be counted: `valgrind` is not installed", " ".join(err.split()))


if __name__ == "__main__":
    harness.LIMIT = 500  # an upgrade with a gate measures everything, however loaded the machine is
    harness.main(Benchmarks)
