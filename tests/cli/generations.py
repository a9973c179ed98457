#!/usr/bin/python3
"""What a user does with an environment that is there: upgrade it, and go back.

    generations.py TORCHUP
"""

import os

import harness

PYTHON = ("--python", harness.PYTHON)


class Generations(harness.Story):
    wheels = harness.WHEELS + [
        {"name": "other", "version": "1.0", "requires": ["base"]},
        {"name": "other", "version": "1.1", "requires": ["base"]},
        {"name": "torch", "version": "2.14.0"},
        {"name": "torch", "version": "2.15.0"},
        {"name": "torchvision", "version": "0.29.0", "requires": ["torch==2.14.0"]},
        {"name": "torchvision", "version": "0.30.0", "requires": ["torch==2.15.0"]},
    ]

    def install(self, *requirements):
        return self.json_of("install", *requirements, "--env", "env", "--no-validate", "--yes", *PYTHON)

    def upgrade(self, *packages):
        return self.json_of("upgrade", *packages, "--env", "env", "--no-validate", "--yes")

    def rollback(self, *words, status=0):
        return self.json_of("rollback", "--env", "env", *words, status=status)

    def versions(self):
        """What Python would import: names and versions of the .dist-info folders."""
        lib = self.path("env", "lib")
        site = os.path.join(lib, next(name for name in os.listdir(lib) if name.startswith("python")), "site-packages")
        return {name.removesuffix(".dist-info") for name in os.listdir(site) if name.endswith(".dist-info")}

    def states(self):
        return [(entry["generation"], entry["state"]) for entry in self.json_of("history", "--env", "env")["history"]]

    def constrained(self, *requirements):
        """An environment of old versions that were asked for without a bound."""
        with open(self.path("old.txt"), "w", encoding="utf-8") as file:
            file.write("demo<2\nbase<2\nother<1.1\ntorch<2.15\n")
        self.install(*requirements, "-c", "old.txt")

    def test_upgrade_moves_all_that_was_asked_for_and_keeps_the_old_generation(self):
        self.constrained("demo", "other")
        self.assertEqual(self.versions(), {"demo-1.0", "base-1.0", "other-1.0"})
        document = self.upgrade()
        self.assertEqual(document["generation"], 2)
        self.assertEqual({change["name"]: (change["before"], change["after"]) for change in document["plan"]["replace"]},
                         {"demo": ("1.0", "2.0"), "base": ("1.0", "2.0"), "other": ("1.0", "1.1")})
        self.assertEqual(self.versions(), {"demo-2.0", "base-2.0", "other-1.1"})
        self.assertEqual(self.states(), [(2, "active"), (1, "kept")])
        again = self.upgrade()
        self.assertEqual((again["generation"], again["plan"]["replace"]), (2, []))

    def test_install_adds_to_what_is_there_and_moves_only_what_it_must(self):
        self.constrained("demo")
        self.assertEqual(self.versions(), {"demo-1.0", "base-1.0"})
        document = self.install("other")
        self.assertEqual([package["name"] for package in document["plan"]["add"]], ["other"])
        self.assertEqual((document["plan"]["remove"], document["plan"]["replace"]), ([], []))
        self.assertEqual(self.versions(), {"demo-1.0", "base-1.0", "other-1.1"})
        self.install("demo==2.0")
        self.assertEqual(self.versions(), {"demo-2.0", "base-2.0", "other-1.1"})

    def test_a_wish_at_odds_with_what_the_environment_was_made_from_says_so(self):
        self.install("demo==2.0", "other")
        before = self.versions()
        told = self.run_torchup("install", "base==1.0", "--env", "env", "--no-validate", "--yes", *PYTHON, status=4)[1]
        self.assertIn("hint: the environment was made from demo==2.0 before; name the package anew to let it move: demo\n", told)
        self.assertEqual(self.versions(), before)
        self.install("base==1.0", "demo")
        self.assertEqual(self.versions(), {"demo-1.0", "base-1.0", "other-1.1"})

    def test_install_of_what_is_there_asks_no_index(self):
        self.install("demo", "other<1.1")
        before = len(self.requests())
        for wish in (["demo"], ["other>=1", "base"], ["demo", "-c", "new.txt"]):
            with open(self.path("new.txt"), "w", encoding="utf-8") as file:
                file.write("demo>=2\n")
            document = self.install(*wish)
            self.assertEqual((document["generation"], document["plan"]["add"]), (1, []))
        self.assertEqual(self.install("demo", "--variant", "default")["generation"], 1)
        self.assertEqual(len(self.requests()), before)
        self.assertEqual([change["name"] for change in self.install("other==1.1")["plan"]["replace"]], ["other"])

    def test_upgrade_of_one_moves_only_what_must_move(self):
        self.constrained("demo", "other")
        self.upgrade("other")
        self.assertEqual(self.versions(), {"demo-1.0", "base-1.0", "other-1.1"})
        self.upgrade("demo")
        self.assertEqual(self.versions(), {"demo-2.0", "base-2.0", "other-1.1"})

    def test_a_pin_holds_until_its_package_is_named(self):
        self.install("demo==1.0")
        self.assertEqual(self.upgrade()["plan"]["replace"], [])
        self.assertIn("demo-1.0", self.versions())
        self.upgrade("demo")
        self.assertIn("demo-2.0", self.versions())

    def test_torch_and_its_companions_move_together(self):
        self.constrained("torch", "torchvision", "--variant", "default")
        self.assertLessEqual({"torch-2.14.0", "torchvision-0.29.0"}, self.versions())
        before = self.versions()
        self.upgrade("torch")
        self.assertEqual(before - self.versions(), {"torch-2.14.0", "torchvision-0.29.0"})
        self.assertLessEqual({"torch-2.15.0", "torchvision-0.30.0"}, self.versions())

    def test_a_dependency_moves_within_what_it_is_told(self):
        self.constrained("demo", "other")
        self.upgrade("base==2.0")
        self.assertEqual(self.versions(), {"demo-1.0", "base-2.0", "other-1.0"})

    def test_upgrade_says_what_it_would_do_and_does_nothing(self):
        self.constrained("demo")
        out, _ = self.run_torchup("upgrade", "--env", "env", "--dry-run")
        self.assertIn("demo 1.0 -> 2.0", out)
        self.assertIn("nothing was changed", out)
        self.assertEqual(self.versions(), {"demo-1.0", "base-1.0"})

    def test_what_is_not_there_is_not_upgraded(self):
        self.install("base==1.0")
        _, err = self.run_torchup("upgrade", "demo", "--env", "env", status=2)
        self.assertIn("`demo` is not in the environment", err)
        _, err = self.run_torchup("upgrade", "--env", "none", status=3)
        self.assertFalse(os.path.exists(self.path("none")))

    def test_rollback_is_offline_and_keeps_both(self):
        self.install("demo==1.0")
        self.upgrade("demo")
        asked = len(self.requests())
        document = self.rollback()
        self.assertEqual((document["generation"], document["plan"]["keep"]), (1, 1))  # base is the same in both
        self.assertIn({"name": "demo", "before": "2.0", "after": "1.0"}, document["plan"]["replace"])
        self.assertEqual(len(self.requests()), asked)
        self.assertIn("demo-1.0", self.versions())
        self.assertEqual(self.states(), [(2, "kept"), (1, "active")])
        self.assertEqual(self.rollback("--to", "2")["generation"], 2)
        self.assertIn("demo-2.0", self.versions())

    def test_rollback_shows_first(self):
        self.install("demo==1.0")
        self.upgrade("demo")
        out, _ = self.run_torchup("rollback", "--env", "env", "--dry-run")
        self.assertIn("generation 2 -> 1", out)
        self.assertIn("demo 2.0 -> 1.0", out)
        self.assertIn("demo-2.0", self.versions())

    def test_there_must_be_something_to_go_back_to(self):
        self.install("demo==1.0")
        for words, status, text in ((("--to", "7"), 3, "has no generation 7"), ((), 3, "has no generation before 1"),
                                    (("--to", "1"), 2, "generation 1 is the current one"), (("--to", "x"), 2, "`x` is no generation's number")):
            _, err = self.run_torchup("rollback", "--env", "env", *words, status=status)
            self.assertIn(text, " ".join(err.split()))
        self.run_torchup("rollback", "--env", "none", status=3)
        self.assertFalse(os.path.exists(self.path("none")))


if __name__ == "__main__":
    harness.main(Generations)
