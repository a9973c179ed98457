"""Small file systems that a harness may mount, fill and cut: needs root, which is asked for aloud where it is missing."""

import contextlib
import ctypes
import fcntl
import os
import shutil
import struct
import subprocess
import tempfile
import time

from world import roomy_folder

SHUT_DOWN = 0x8004587D  # EXT4_IOC_SHUTDOWN
WITHOUT_FLUSHING_THE_LOG = 2
NEW_MOUNTS = 0x00020000  # CLONE_NEWNS
MIB = 1 << 20


def command(*words):
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise OSError(f"{' '.join(words)}: {done.stderr.strip()}")


def unmount(folder):
    for _ in range(50):
        if not os.path.ismount(folder):
            return
        if subprocess.run(["umount", folder], capture_output=True, check=False).returncode == 0:
            return
        time.sleep(0.1)  # whoever was killed in there has not quite gone
    command("umount", "--lazy", folder)


def mount_for_oneself():
    """From now on what this process and its children mount is seen by nobody else, and goes with them, however they end."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(NEW_MOUNTS) != 0:
        raise OSError(ctypes.get_errno(), "no mounts of one's own can be had")
    command("mount", "--make-rprivate", "/")


def why_not_mountable(*programs):
    """Why file systems cannot be mounted here; empty where they can."""
    if os.geteuid() != 0:
        return "mounting needs root"
    missing = [name for name in ("mount", "umount", *programs) if not shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin")]
    if missing:
        return f"there is no {missing[0]}"
    try:
        mount_for_oneself()
        with memory_disk("size=1m"):
            return ""
    except OSError as error:
        return str(error)


@contextlib.contextmanager
def memory_disk(options):
    """A tmpfs, mounted for as long as the block runs."""
    folder = tempfile.mkdtemp(prefix="torchup-tmpfs-")
    try:
        command("mount", "-t", "tmpfs", "-o", options, "tmpfs", folder)
        yield folder
    finally:
        unmount(folder)
        os.rmdir(folder)


class CuttableDisk:
    """An ext4 on an image file, which commits its journal each second and goes down as in a power cut."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="torchup-disk-", dir=roomy_folder())
        self.image = os.path.join(self.folder, "image")
        self.mounted = os.path.join(self.folder, "mounted")
        os.mkdir(self.mounted)
        with open(self.image, "wb") as file:
            file.truncate(48 * MIB)
        command("mkfs.ext4", "-q", "-F", "-J", "size=4", "-E", "lazy_itable_init=0,lazy_journal_init=0", self.image)

    def __enter__(self):
        self.mount()
        return self

    def __exit__(self, *_):
        unmount(self.mounted)
        shutil.rmtree(self.folder, ignore_errors=True)

    def mount(self):
        command("mount", "-o", "loop,commit=1", self.image, self.mounted)

    def keep(self, name):
        """Remembers what is on the disk now."""
        unmount(self.mounted)
        command("cp", "--sparse=always", self.image, self.image + "-" + name)
        self.mount()

    def put_back(self, name):
        unmount(self.mounted)
        command("cp", "--sparse=always", self.image + "-" + name, self.image)
        self.mount()

    def cut(self):
        """From now on nothing reaches the disk; what was not synced is lost."""
        disk = os.open(self.mounted, os.O_RDONLY)
        try:
            fcntl.ioctl(disk, SHUT_DOWN, struct.pack("I", WITHOUT_FLUSHING_THE_LOG))
        finally:
            os.close(disk)

    def power_up(self):
        unmount(self.mounted)
        self.mount()
