#!/usr/bin/python3
"""Where packages come from: repairs of what was published, the configuration, mirrors, and indexes that give no hashes.

    indexes.py TORCHUP
"""

import json
import os

import harness

PYTHON = ("--python", harness.PYTHON)
WHEELS = harness.WHEELS + [
    {"name": "torchaudio", "version": "2.11.0"},
    {"name": "torchaudio", "version": "2.11.0", "folder": "whl/cu130"},
    {"name": "torch", "version": "2.10.0"},
    {"name": "demo", "version": "3.0", "folder": "own"},
    {"name": "secret", "version": "1.0"},
    {"name": "secret", "version": "0.5", "folder": "own"},
]


class Repairs(harness.Story):
    wheels = WHEELS

    def test_what_is_known_to_be_wrong_is_repaired_told_and_locked(self):
        _, err = self.run_torchup("lock", "torchaudio", "--variant", "default", *PYTHON)
        self.assertIn("warning: repaired the metadata of `torchaudio` 2.11.0", err)
        self.assertIn("it needs torch>=2.11.0 (torchaudio-2.11.0-torch); `--no-repairs` takes it as published", " ".join(err.split()))
        with open(self.path("pylock.toml"), encoding="utf-8") as file:
            text = file.read()
        self.assertIn('name = "torch"\n', text)
        self.assertIn('repairs = ["torchaudio-2.11.0-torch"]', text)
        document = self.json_of("lock", "torchaudio", "--variant", "default", *PYTHON)
        self.assertEqual(document["repairs"], ["torchaudio-2.11.0-torch"])

    def test_a_companion_of_an_older_torch_leaves_the_variant_to_torch(self):
        words = ("lock", "torch==2.15.0", "torchaudio", "--variant", "cu130", "-o", "-", *PYTHON)
        _, err = self.run_torchup(*words)
        self.assertIn("warning: no release of `torchaudio` is known for the torch that is asked for: its variant is chosen for torch alone", err)
        document = self.json_of(*words)
        self.assertEqual(document["variant"], "cu130")
        versions = {package["name"]: package["version"] for package in document["packages"]}
        self.assertEqual((versions["torch"], versions["torchaudio"]), ("2.15.0+cu130", "2.11.0"))
        _, err = self.run_torchup("lock", "torch==2.15.0", "torchaudio==2.12", "--variant", "cu130", *PYTHON, status=4)
        self.assertIn("hint: no variant of torch fits this host: torchaudio has no release for torch 2.15.0", err)

    def test_without_repairs_it_is_taken_as_published(self):
        document = self.json_of("lock", "torchaudio", "--variant", "default", "--no-repairs", *PYTHON)
        self.assertEqual([package["name"] for package in document["packages"]], ["torchaudio"])
        self.assertEqual(document["repairs"], [])
        with open(self.path("pylock.toml"), encoding="utf-8") as file:
            self.assertNotIn("repairs", file.read())

    def test_a_conflict_that_rests_on_a_repair_says_so(self):
        _, err = self.run_torchup("lock", "torchaudio", "torch==2.10.0", "--variant", "default", *PYTHON, status=4)
        self.assertIn("was repaired by `torchaudio-2.11.0-torch`", " ".join(err.split()))


class Configuration(harness.Story):
    wheels = WHEELS

    def write(self, text, *names):
        path = self.path(*(names or ("config.toml",)))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def versions(self, *words):
        return {package["name"]: package["version"] for package in self.json_of("lock", *words, "-o", "-", *PYTHON)["packages"]}

    def test_a_pinned_package_comes_from_its_own_index_and_no_other(self):
        self.write(f'[index.pins]\ndemo = "{self.base}/own"\n', "home", ".config", "torchup", "config.toml")
        self.assertEqual(self.versions("demo", "base"), {"demo": "3.0", "base": "2.0"})
        self.assertEqual(self.requests("/simple/demo"), [])
        self.assertEqual(self.requests("/own/base"), [])

    def test_an_index_that_fails_is_not_replaced_by_another(self):
        self.write(f'[index.pins]\nsecret = "{self.base}/own"\n')
        for kind, more, status in (("status", {"status": 401}, 5), ("status", {"status": 403}, 5), ("status", {"status": 500}, 5),
                                   ("status", {"status": 404}, 4), ("disconnect", {}, 5), ("login", {}, 5)):
            self.configure(faults=[{"path": "/own/secret/", "kind": kind, **more}])
            self.run_torchup("lock", "secret", "--config", "config.toml", "--cache-dir", self.path("cache"), *PYTHON, status=status)
            self.assertEqual(self.requests("/simple/secret"), [], (kind, more))
            self.assertNotIn("pylock.toml", self.listing())

    def test_option_environment_configuration_and_pip_count_in_this_order(self):
        self.write(f'index-url = "{self.base}/own"\n')
        self.write(f"[global]\nindex-url = {self.base}/simple\n", "home", ".config", "pip", "pip.conf")
        from_variable = self.variables.pop("TORCHUP_INDEX_URL")
        self.assertEqual(self.versions("demo"), {"demo": "2.0", "base": "2.0"})  # pip.conf's
        self.assertEqual(self.versions("demo", "--config", "config.toml"), {"demo": "3.0"})
        self.variables["TORCHUP_CONFIG"] = self.path("config.toml")
        self.assertEqual(self.versions("demo"), {"demo": "3.0"})
        self.variables["PIP_INDEX_URL"] = from_variable
        self.assertEqual(self.versions("demo")["demo"], "2.0")
        self.assertEqual(self.versions("demo", "--index-url", self.base + "/own"), {"demo": "3.0"})

    def test_an_index_that_pip_would_search_as_well_is_told_where_nothing_is_found(self):
        hint = "is not searched: each package comes from one index, and `[index.pins]` in config.toml sends one to another"
        _, err = self.run_torchup("lock", "demo==3.0", *PYTHON, status=4)
        self.assertNotIn(hint, err)
        self.write(f"[global]\nextra-index-url =\n    http://me:s3cr3t@{self.base[7:]}/own\n", "home", ".config", "pip", "pip.conf")
        _, err = self.run_torchup("lock", "demo==3.0", *PYTHON, status=4)
        self.assertIn(f"hint: `extra-index-url` in `{self.path('home', '.config', 'pip', 'pip.conf')}` {hint}", err)
        self.assertNotIn("s3cr3t", err)
        self.assertEqual(self.requests("/own"), [])
        self.write("[install]\nfind-links = /wheels\n", "home", ".config", "pip", "pip.conf")
        _, err = self.run_torchup("lock", "demo==3.0", *PYTHON, status=4)
        self.assertIn(f"hint: `find-links` in `{self.path('home', '.config', 'pip', 'pip.conf')}` {hint}", err)

    def test_the_proxy_that_pip_is_told_of_counts(self):
        self.variables["TORCHUP_INDEX_URL"] = "http://index.invalid/simple"
        self.write(f"[global]\nproxy = {self.base}\n", "home", ".config", "pip", "pip.conf")
        self.run_torchup("lock", "demo", *PYTHON)  # no index has that name, and the server answers whatever is asked of it
        self.assertEqual(len(self.requests("/simple/demo/")), 1)
        self.variables["HTTP_PROXY"] = self.variables["http_proxy"] = "http://127.0.0.1:9"  # before pip's
        self.run_torchup("lock", "large", *PYTHON, status=5)
        self.assertEqual(self.requests("large"), [])

    def test_the_authorities_that_pip_is_told_of_count(self):
        self.variables["PIP_CERT"] = self.path("absent.pem")
        _, err = self.run_torchup("lock", "base", "--index-url", self.base.replace("http:", "https:"), *PYTHON, status=5)
        self.assertIn("the certificate authorities cannot be read", err)
        self.variables["SSL_CERT_FILE"] = "/etc/ssl/certs/ca-certificates.crt"  # before pip's
        _, err = self.run_torchup("lock", "base", "--index-url", self.base.replace("http:", "https:"), *PYTHON, status=5)
        self.assertNotIn("the certificate authorities cannot be read", err)

    def test_what_is_wrong_in_it_is_told(self):
        _, err = self.run_torchup("probe", "--config", "missing.toml", status=2)
        self.assertIn("missing.toml", err)
        self.write("index-url = 7\n")
        _, err = self.run_torchup("probe", "--config", "config.toml", status=2)
        self.assertIn("must be a string, not an integer", err)
        self.write("index-ulr = 'x'\n")
        _, err = self.run_torchup("probe", "--config", "config.toml")
        self.assertIn("is not known; did you mean `index-url`?", " ".join(err.split()))

    def test_how_files_are_linked_may_be_set_and_the_option_counts_first(self):
        self.write('link-mode = "hardlink"\n')
        words = ("--config", "config.toml", "--json", "install", "base", "--no-validate", "--yes", *PYTHON)
        files = json.loads(self.run_torchup(*words, "--env", "one")[0])["files"]
        self.assertEqual(files["linked"], 3, files)  # all but RECORD, REQUESTED and INSTALLER, which are written for each environment
        files = json.loads(self.run_torchup(*words, "--env", "two", "--link-mode", "copy")[0])["files"]
        self.assertEqual(files["linked"], 0, files)
        self.write('link-mode = "symlink"\n')
        out, _ = self.run_torchup(*words, "--env", "three", status=2)
        self.assertIn("is `symlink`, not auto, clone, hardlink or copy", out)

    def test_the_cache_may_lie_elsewhere(self):
        self.write('cache-dir = "there"\n')
        out, _ = self.run_torchup("cache", "dir", "--config", "config.toml")
        self.assertEqual(out.strip(), self.path("there"))
        out, _ = self.run_torchup("cache", "dir", "--config", "config.toml", "--cache-dir", self.path("option"))
        self.assertEqual(out.strip(), self.path("option"))


class Logins(harness.Story):
    """An index and its files that want a name and a password."""

    wheels = WHEELS

    def setUp(self):
        super().setUp()
        self.configure(faults=[{"path": path, "kind": "auth", "user": "me", "password": "s3cr3t"} for path in ("/simple/*", "/files/*")])
        self.netrc = self.path("home", ".netrc")

    def write_netrc(self, login="me", path=None):
        with open(path or self.netrc, "w", encoding="utf-8") as file:
            file.write(f"machine 127.0.0.1 login {login} password s3cr3t\n")

    def sync(self, status=0):
        return self.run_torchup("-v", "sync", "--env", "env", "--no-validate", *PYTHON, status=status)

    def test_without_a_login_nothing_is_had(self):
        _, err = self.run_torchup("lock", "base", *PYTHON, status=5)
        self.assertIn("401", err)

    def test_netrc_has_it_for_the_index_and_for_what_a_lock_names(self):
        self.write_netrc()
        _, err = self.run_torchup("-v", "lock", "base", *PYTHON)
        with open(self.path("pylock.toml"), encoding="utf-8") as file:
            self.assertNotIn("s3cr3t", err + file.read())
        _, err = self.sync()
        self.assertNotIn("s3cr3t", err)

    def test_a_login_in_the_index_url_is_that_of_a_locks_files_too(self):
        self.variables["TORCHUP_INDEX_URL"] = self.base.replace("://", "://me:s3cr3t@") + "/simple"
        self.run_torchup("lock", "base", *PYTHON)
        _, err = self.sync()
        self.assertNotIn("s3cr3t", err)
        self.assertEqual(self.run_torchup("history", "--env", "env", "--json")[0].count("s3cr3t"), 0)

    def test_a_lock_does_not_get_it_for_another_host(self):
        self.write_netrc()
        self.run_torchup("lock", "base", *PYTHON)
        self.variables["TORCHUP_INDEX_URL"] = self.variables["TORCHUP_TORCH_INDEX_URL"] = "https://index.invalid/simple"
        _, err = self.sync(status=5)
        self.assertIn("401", err)

    def test_the_file_may_lie_elsewhere(self):
        self.write_netrc(login="you")
        self.variables["NETRC"] = self.path("netrc")
        self.write_netrc(path=self.path("netrc"))
        self.run_torchup("lock", "base", *PYTHON)


class Mirrors(harness.Story):
    wheels = WHEELS

    def setUp(self):
        super().setUp()
        self.run_torchup("lock", "large", *PYTHON)
        with open(self.path("pylock.toml"), encoding="utf-8") as file:
            text = file.read()
        self.assertIn(self.base + "/files/", text)
        # The lock now names a server that is not there.
        with open(self.path("pylock.toml"), "w", encoding="utf-8") as file:
            file.write(text.replace(self.base + "/files/", "http://127.0.0.1:9/gone/"))
        self.ask("/_reset", b"")

    def sync(self, *words, status=0):
        return self.run_torchup("sync", "--env", "env", "--no-validate", *words, *PYTHON, status=status)

    def test_a_lock_is_fetched_from_a_mirror_without_relocking(self):
        self.sync(status=5)
        self.sync("--mirror", f"http://127.0.0.1:9/gone={self.base}/files/")
        self.assertEqual(self.requests("/files/"), ["/files/large-1.0-py3-none-any.whl"])
        with open(self.path("pylock.toml"), encoding="utf-8") as file:
            self.assertIn("http://127.0.0.1:9/gone/", file.read())

    def test_the_configuration_may_name_it_with_a_password_of_its_own(self):
        self.configure(faults=[{"path": "/files/*", "kind": "auth", "user": "me", "password": "it"}])
        with open(self.path("config.toml"), "w", encoding="utf-8") as file:
            file.write(f'[mirrors]\n"http://127.0.0.1:9/gone/" = "{self.base.replace("://", "://me:it@")}/files/"\n')
        _, err = self.sync("--config", "config.toml", "-v")
        self.assertNotIn("me:it", err)

    def test_of_several_mirrors_the_next_is_asked_where_one_fails(self):
        self.configure(faults=[{"path": "/files/*", "kind": "auth", "user": "me", "password": "it"}])
        gone = "http://127.0.0.1:9/gone/"
        with open(self.path("config.toml"), "w", encoding="utf-8") as file:
            good = self.base.replace("://", "://me:it@") + "/files/"
            file.write(f'[mirrors]\n"{gone}" = ["{self.base}/none/", "{good}"]\n')
        _, err = self.sync("--config", "config.toml", "--mirror", f"{gone}=http://127.0.0.1:9/down/")
        self.assertIn("cannot connect to `127.0.0.1:9`: Connection refused; going on at", err)
        self.assertIn("/none/large-1.0-py3-none-any.whl` any more (404); going on at `127.0.0.1`", err)
        self.assertNotIn("me:it", err)

    def test_a_mirror_with_another_file_is_refused(self):
        self.fault("/files/large-*.whl", "flip")
        _, err = self.sync("--mirror", f"http://127.0.0.1:9/gone/={self.base}/files/", status=6)
        self.assertIn("sha256", err)

    def test_what_is_no_mirror_is_refused(self):
        for words in ("nonsense", "https://a.example/", "https://a.example/=ftp://b.example/", "https://a.example/=https://["):
            _, err = self.sync("--mirror", words, status=2)
            self.assertIn("a `--mirror` cannot be used", err)


class Hashes(harness.Story):
    wheels = WHEELS

    def lock(self, *words, status=0):
        return self.run_torchup("lock", "large", *words, *PYTHON, status=status)

    def test_a_hash_that_no_index_gives_is_computed_marked_and_refused_when_frozen(self):
        self.configure(hashes=False, format="html", metadata=False)
        _, err = self.lock()
        self.assertIn("the index gives no sha256 for `large-1.0-py3-none-any.whl`", " ".join(err.split()))
        with open(self.path("pylock.toml"), encoding="utf-8") as file:
            self.assertIn('computed-hashes = ["large-1.0-py3-none-any.whl"]', file.read())
        _, err = self.run_torchup("sync", "--env", "env", "--frozen", *PYTHON, status=7)
        self.assertIn("no index gave the hash of `large-1.0-py3-none-any.whl`", err)
        self.assertFalse(os.path.exists(self.path("env")))
        self.run_torchup("sync", "--env", "env", "--no-validate", *PYTHON)

    def test_it_is_computed_once(self):
        self.configure(hashes=False)
        self.lock()
        self.ask("/_reset", b"")
        self.lock("--upgrade")
        self.assertEqual(self.requests("/files/"), [])

    def test_an_install_downloads_it_once_for_the_hash_and_the_content(self):
        self.configure(hashes=False, metadata=False)
        document = self.json_of("install", "large", "--env", "env", "--no-validate", *PYTHON)
        whole = [entry for entry in json.loads(self.ask("/_log")) if "/files/" in entry["path"] and not entry["range"]]
        self.assertEqual([entry["path"] for entry in whole], ["/files/large-1.0-py3-none-any.whl"])
        self.assertEqual(document["bytes"]["downloaded"], 0)
        self.assertEqual(len(self.store_trees()), 1)
        self.assertEqual(os.listdir(self.path("home", ".cache", "torchup", "store", "parts")), [])

    def test_a_lock_keeps_nothing_of_what_it_reads(self):
        self.configure(hashes=False)
        self.lock()
        self.assertFalse(os.path.exists(self.path("home", ".cache", "torchup", "store")))

    def test_what_is_kept_and_was_cut_short_is_no_download(self):
        self.configure(hashes=False, sizes=False, faults=[{"path": "/files/large-*.whl", "kind": "truncate", "bytes": 1000}])
        self.run_torchup("install", "large", "--env", "env", "--no-validate", *PYTHON, status=5)
        parts = self.path("home", ".cache", "torchup", "store", "parts")
        self.assertEqual(os.listdir(parts) if os.path.exists(parts) else [], [])

    def test_the_file_that_was_read_is_the_one_that_is_installed(self):
        self.configure(hashes=False)
        self.lock()
        self.fault("/files/large-*.whl", "flip")
        _, err = self.run_torchup("sync", "--env", "env", "--no-validate", *PYTHON, status=6)
        self.assertIn("sha256", err)

    def test_frozen_takes_what_an_index_vouches_for(self):
        self.lock()
        with open(self.path("pylock.toml"), encoding="utf-8") as file:
            self.assertNotIn("computed-hashes", file.read())
        self.run_torchup("sync", "--env", "env", "--frozen", "--no-validate", *PYTHON)

    def test_a_file_that_comes_cut_short_gives_no_hash(self):
        self.configure(hashes=False, faults=[{"path": "/files/large-*.whl", "kind": "status", "status": 404}])
        _, err = self.lock(status=5)
        self.assertIn("404", err)
        self.assertNotIn("pylock.toml", self.listing())


if __name__ == "__main__":
    harness.main(Repairs, Configuration, Logins, Mirrors, Hashes)
