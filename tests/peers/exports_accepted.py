#!/usr/bin/python3
"""What `torchup export` writes is installed by pip and uv with hashes required, and both end with what torchup installs.

    exports_accepted.py TORCHUP PEERS
"""

import os
import re

import workshop


class ExportsAccepted(workshop.Workshop):
    wheels = [
        {"name": "demo", "version": "1.0", "requires": ["six>=1"]},
        {"name": "six", "version": "1.17.0"},
        {"name": "win-only", "version": "1.0"},
    ]

    def setUp(self):
        self.lock = self.path("pylock.toml")
        self.run_program(self.torchup, "lock", "torch", "torchvision", "demo", "--variant", "cpu", "--python", workshop.PYTHON, "-o", self.lock)
        ours = self.path(self.id().rpartition(".")[2] + "-ours")
        self.run_program(self.torchup, "sync", self.lock, "--env", ours, "--yes", "--no-validate", "--python", workshop.PYTHON)
        self.expected = self.installed(ours + "/bin/python")
        self.assertTrue(self.expected["torch"].endswith("+cpu"))

    def export(self, form, name):
        path = self.path(name)
        self.run_program(self.torchup, "export", self.lock, "--format", form, "-o", path)
        with open(path, encoding="utf-8") as file:
            return path, file.read()

    def fresh_environment(self):
        environment = self.path(self.id().rpartition(".")[2])
        self.uv("venv", "--quiet", "--python", workshop.PYTHON, environment)
        return environment + "/bin/python"

    def pip_install(self, python, requirements, status=0):
        """pip of the peers' own environment, told to work on another one."""
        pip = [os.path.join(self.peers, "bin", "python"), "-m", "pip", "--isolated", "--disable-pip-version-check", "--python", python]
        return self.run_program(*pip, "install", "--quiet", "--require-hashes", "-r", requirements, status=status)

    def test_pip_installs_the_requirements_file(self):
        path, _ = self.export("requirements", "requirements.txt")
        python = self.fresh_environment()
        self.pip_install(python, path)
        self.assertEqual(self.installed(python), self.expected)

    def test_pip_refuses_another_hash(self):
        path, text = self.export("requirements", "requirements.txt")
        with open(path, "w", encoding="utf-8") as file:
            file.write(re.sub(r"sha256:\w{8}", "sha256:00000000", text))
        self.pip_install(self.fresh_environment(), path, status=1)

    def test_uv_installs_the_requirements_file(self):
        path, text = self.export("requirements", "requirements.txt")
        self.assertIn("--index-strategy unsafe-best-match", text)
        python = self.fresh_environment()
        self.uv("pip", "sync", "--quiet", "--require-hashes", "--index-strategy", "unsafe-best-match", "--python", python, path)
        self.assertEqual(self.installed(python), self.expected)

    def test_markers_mean_the_same_to_pip(self):
        with open(self.lock, encoding="utf-8") as file:
            text = file.read()
        wheel = f'wheels = [{{url = "{self.base}/files/win_only-1.0-py3-none-any.whl", hashes = {{sha256 = "{"0" * 64}"}}}}]\n'
        extra = '[[packages]]\nname = "win-only"\nversion = "1.0"\nmarker = "sys_platform == \'win32\'"\n' + wheel
        with open(self.lock, "w", encoding="utf-8") as file:
            file.write(text.replace("[tool.torchup]", extra + "[tool.torchup]"))
        path, exported = self.export("requirements", "requirements.txt")
        self.assertIn('win-only==1.0 ; sys_platform == "win32"', exported)
        python = self.fresh_environment()
        self.pip_install(python, path)
        self.assertEqual(self.installed(python), self.expected)

    def test_uv_installs_the_canonical_lock(self):
        path, _ = self.export("pylock", "pylock.exported.toml")
        python = self.fresh_environment()
        self.uv("pip", "sync", "--quiet", "--python", python, path)
        self.assertEqual(self.installed(python), self.expected)

    def test_the_pip_section_of_a_conda_environment_is_installed_by_pip(self):
        _, text = self.export("conda", "environment.yml")
        section = text.partition("  - pip:\n")[2]
        lines = [re.sub(r"\\(.)", r"\1", line.strip()[3:-1]) for line in section.splitlines()]
        path = self.path("conda.txt")
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        python = self.fresh_environment()
        self.pip_install(python, path)
        self.assertEqual(self.installed(python), self.expected)


if __name__ == "__main__":
    workshop.main(ExportsAccepted)
