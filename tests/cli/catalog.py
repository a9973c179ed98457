#!/usr/bin/python3
"""torchup catalog, probe and variants: what is known, what an index on loopback carries beyond it, and what of it a host can run."""

import json
import os
import unittest

import harness

HERE = os.path.dirname(os.path.abspath(__file__))
HOSTS = os.path.join(os.path.dirname(HERE), "hosts")

TAGS = {"x86_64": "manylinux_2_28_x86_64", "aarch64": "manylinux_2_28_aarch64"}
NEW = [{"name": "torch", "version": "2.16.0", "tag": f"cp312-cp312-{tag}",
        "requires": ['cuda-toolkit[cublas]==13.4.1; platform_system == "Linux" and platform_machine == "x86_64"']} for tag in TAGS.values()]
LABELLED = [{"name": "torch", "version": f"2.16.0+{label}", "tag": f"cp312-cp312-{TAGS[machine]}", "folder": f"whl/{label}"}
            for label, machine in (("cpu", "x86_64"), ("cpu", "aarch64"), ("cu130", "x86_64"), ("cu134", "x86_64"))]


class Catalog(harness.Story):
    wheels = NEW + LABELLED

    def kinds(self, document):
        return {(gap["kind"], gap["release"]) for gap in document["gaps"]}

    def test_show_lists_releases_and_tells_all_of_one(self):
        text, _ = self.run_torchup("catalog", "show")
        self.assertIn("2.15.0", text)
        self.assertIn("36 releases, as of 2026-11-23", text)
        one = self.json_of("catalog", "show", "torch==2.15.0")["releases"]
        self.assertEqual([release["release"] for release in one], ["2.15.0"])
        self.assertEqual(one[0]["defaults"]["linux-aarch64"], "cu132")
        self.assertEqual(one[0]["code"]["cu132 on linux-aarch64"], "sm_80, sm_90, sm_100, sm_110, sm_120")
        self.assertEqual(one[0]["libtorch"]["cu132 on linux-x86_64"], "libtorch/cu132/libtorch-shared-with-deps-2.15.0%2Bcu132.zip")
        self.assertEqual(one[0]["cxx"], {"standard": "C++20", "abi": "cxx11"})
        _, complaint = self.run_torchup("catalog", "show", "9.9", status=2)
        self.assertIn("the catalog knows no release of torch `9.9`", complaint)

    def test_check_finds_a_new_release_and_derives_its_row(self):
        document = self.json_of("catalog", "check", status=1)
        self.assertIn(("release-missing", "2.16.0"), self.kinds(document))
        self.assertIn(("wheels-gone", "2.15.0"), self.kinds(document))
        (row,) = document["rows"]
        self.assertEqual(row["torch"], "2.16.0")
        # The marker of the only requirement leaves aarch64 without CUDA.
        self.assertEqual(row["defaults"], {"linux-aarch64": "cpu", "linux-x86_64": "cu134"})
        self.assertIn({"name": "cu130", "on": ["linux-x86_64"]}, row["variants"])
        text, _ = self.run_torchup("catalog", "check", status=1)
        self.assertIn("the main index has torch 2.16.0, and the catalog does not", text)

    def test_a_written_catalog_lets_the_new_release_be_chosen(self):
        self.run_torchup("catalog", "check", "--write", self.path("catalog.json"), status=1)
        host = os.path.join(HOSTS, "debian-12-cpu-only")
        before = self.json_of("--host", host, "variants", "--python", "3.12")
        after = self.json_of("--host", host, "--catalog", self.path("catalog.json"), "variants", "--python", "3.12")
        self.assertEqual((before["release"], after["release"]), ("2.15.0", "2.16.0"))
        # What it knows now is no difference any more.
        document = self.json_of("--catalog", self.path("catalog.json"), "catalog", "check", status=1)
        self.assertEqual(document["rows"], [])
        self.assertNotIn("2.16.0", {gap["release"] for gap in document["gaps"]})

    def test_an_index_that_does_not_answer_leaves_the_other_compared(self):
        self.variables["TORCHUP_TORCH_INDEX_URL"] = self.base + "/nowhere"
        document = self.json_of("catalog", "check", status=1)
        main, torch = document["asked"]
        self.assertEqual((main["index"], main["problem"]), ("main", ""))
        self.assertGreater(main["wheels"], 0)
        self.assertEqual((torch["index"], torch["wheels"], torch["problem"]), ("pytorch", 0, "it has no page for torch"))
        self.assertFalse([gap for gap in document["gaps"] if gap["kind"].startswith("variant-")])
        self.variables["TORCHUP_INDEX_URL"] = self.base + "/nowhere"
        _, complaint = self.run_torchup("catalog", "check", status=5)
        self.assertIn("no index tells what it has of torch", complaint)


class Variants(harness.Story):
    wheels = []

    def on(self, host, *words):
        return self.run_torchup("--host", os.path.join(HOSTS, host), *words)[0]

    def test_all_releases_and_builds_fit_one_screen(self):
        self.variables["COLUMNS"] = "80"
        text = self.on("h100-driver-580", "variants", "--all")
        lines = text.splitlines()
        self.assertLessEqual(max(map(len, lines)), 80)
        self.assertLessEqual(len(lines), 40)
        (row,) = [line for line in lines if line.startswith("2.15.0")]
        self.assertEqual(row.count("▸"), 1)
        document = json.loads(self.on("h100-driver-580", "variants", "--all", "--json"))
        self.assertEqual(len({variant["release"] for variant in document["variants"]}), 36)
        self.assertEqual((document["release"], document["chosen"]), ("2.15.0", "cu130"))

    def test_a_record_of_a_record_answers_alike(self):
        for host in ("rx-7900-xtx", "two-toolkits-and-torch", "h100-fabric-manager-down"):
            first = self.on(host, "probe", "--json", "--record", self.path(host))
            self.assertEqual(first, self.run_torchup("--host", self.path(host), "probe", "--json")[0])

    def test_probe_shows_trouble_and_details(self):
        text = self.on("h100-fabric-manager-down", "probe", "-v")
        self.assertIn("not now: cuInit answered 802", text)
        self.assertIn("libcuda.so.1  /usr/lib/x86_64-linux-gnu/libcuda.so.1, 550.144.03: 802", text)
        self.assertIn("device node", text)


if __name__ == "__main__":
    harness.main(Catalog, Variants)
