#!/usr/bin/python3
"""Archives of LibTorch's published layout for tests, small, with real libraries in either ABI.

    make_libtorch.build_libraries(FOLDER)       compiles them once, with the C++ compiler of the host
    make_libtorch.members(FOLDER, ...)          the files of a sound archive, by their names
    make_libtorch.write(PATH, members)          an archive as `zip -r` writes one: folders, then files, deflated
"""

import os
import struct
import subprocess
import zipfile

C10 = """
#include <string>
namespace c10 {
std::string joined(const std::string& a, const std::string& b) { return a + b; }
std::string repeated(const std::string& text, unsigned times) { return times == 0 ? std::string() : text + repeated(text, times - 1); }
}
"""
ABIS = {"cxx11": 1, "pre-cxx11": 0}


def build_libraries(folder):
    """libc10.so and libtorch_cpu.so, which needs it, in FOLDER/ABI."""
    source = os.path.join(folder, "c10.cpp")
    with open(source, "w", encoding="utf-8") as file:
        file.write(C10)
    for abi, macro in ABIS.items():
        there = os.path.join(folder, abi)
        os.makedirs(there)
        compiler = ["c++", "-shared", "-fPIC", "-O1", f"-D_GLIBCXX_USE_CXX11_ABI={macro}"]
        subprocess.run([*compiler, source, "-o", os.path.join(there, "libc10.so"), "-Wl,-soname,libc10.so"], check=True)
        subprocess.run([*compiler, "-x", "c++", "/dev/null", "-o", os.path.join(there, "libtorch_cpu.so"), "-L" + there,
                        "-Wl,--no-as-needed", "-lc10", "-Wl,-rpath,$ORIGIN"], check=True)


def library(folder, abi, name):
    with open(os.path.join(folder, abi, name), "rb") as file:
        return file.read()


def for_another_machine(elf, machine=183):
    """The same ELF file with another e_machine: 183 is aarch64."""
    return elf[:18] + struct.pack("<H", machine) + elf[20:]


def windows_library(machine=0x8664):
    """As much of a PE file as says what it is: a DOS header, and the start of a COFF header."""
    return (b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + struct.pack("<H", machine)).ljust(256, b"\0")


def members(folder, version, abi="cxx11"):
    return {
        "libtorch/build-version": version.encode() + b"\n",
        "libtorch/build-hash": b"0123456789abcdef\n",
        "libtorch/include/torch/torch.h": b"#pragma once\n",
        "libtorch/lib/libc10.so": library(folder, abi, "libc10.so"),
        "libtorch/lib/libtorch_cpu.so": library(folder, abi, "libtorch_cpu.so"),
        "libtorch/share/cmake/Torch/TorchConfig.cmake": b"set(TORCH_FOUND TRUE)\n",
    }


def entry(name, mode=0o100644):
    made = zipfile.ZipInfo(name, (2024, 10, 29, 12, 0, 0))
    made.create_system = 3
    made.external_attr = mode << 16
    made.compress_type = zipfile.ZIP_DEFLATED
    return made


def write(path, files):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    folders = {parent for name in files for parent in parents(name)}
    with zipfile.ZipFile(path, "w") as archive:
        for name in sorted(folders):
            made = entry(name, 0o040755)
            made.compress_type = zipfile.ZIP_STORED
            archive.writestr(made, b"")
        for name, content in files.items():
            archive.writestr(entry(name), content)
    return path


def parents(name):
    parts = name.split("/")[:-1]
    return ["/".join(parts[: count + 1]) + "/" for count in range(len(parts))]
