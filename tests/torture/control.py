"""The negative control: an installer that edits an environment in place, as most do. Killed midway it tears, and must be seen to."""

import glob
import os
import shutil
import subprocess
import sys
import zipfile

from snapshots import snapshot

OLD, NEW = "demo-1.0-py3-none-any.whl", "demo-2.0-py3-none-any.whl"


def install_in_place(wheel, site_packages):
    """What is there of the package goes, then each file of the wheel is written where it belongs."""
    shutil.rmtree(os.path.join(site_packages, "demo"), ignore_errors=True)
    for folder in glob.glob(os.path.join(site_packages, "demo-*.dist-info")):
        shutil.rmtree(folder)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site_packages)


class InPlace:
    """The installer over a folder of its own: begun with the old wheel, then run with the new one as a process."""

    def __init__(self, world, folder=None):
        self.world = world
        self.site_packages = os.path.join(folder or world.folder, "in-place")
        self.python = os.path.realpath(sys.executable)
        self.begin()
        self.old = snapshot(self.site_packages)
        self.run()
        self.new = snapshot(self.site_packages)

    def begin(self):
        shutil.rmtree(self.site_packages, ignore_errors=True)
        os.mkdir(self.site_packages)
        install_in_place(self.wheel(OLD), self.site_packages)

    def wheel(self, name):
        return os.path.join(self.world.index.folder, name)

    def start(self, name=NEW, **variables):
        words = [self.python, "-B", os.path.abspath(__file__), self.wheel(name), self.site_packages]
        return subprocess.Popen(words, env={**os.environ, **variables}, stderr=subprocess.DEVNULL)

    def run(self, **variables):
        return self.start(**variables).wait()

    @property
    def torn(self):
        return snapshot(self.site_packages) not in (self.old, self.new)


def tears_in_place(world, most=None, action="kill"):
    """(torn, struck): the installer struck at its calls by the same shim, and judged by the same snapshots."""
    installer, torn = InPlace(world), 0
    log = os.path.join(world.folder, "control-calls")
    installer.begin()
    installer.run(**world.shimmed(program=installer.python, log=log))
    with open(log, encoding="utf-8", errors="replace") as file:
        struck = min(sum(1 for _ in file), most or sys.maxsize)
    for at in range(1, struck + 1):
        installer.begin()
        installer.run(**world.shimmed(program=installer.python, at=at, action=action))
        torn += installer.torn
    return torn, struck


if __name__ == "__main__":
    install_in_place(*sys.argv[1:])
