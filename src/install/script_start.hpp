#pragma once
// How the Python scripts of an environment find their interpreter. Entry points and wheels' own scripts begin so.

#include <string>
#include <string_view>

namespace torchup {

/// The first line of every script. It follows links to the script's true place, DIR/generations/N/bin, and starts
/// DIR/bin/python from there. So scripts keep working when DIR is moved or copied or has spaces or a long name in it,
/// when they are called through a link from elsewhere, and after the generation that they came with is gone.
/// One line, below the 127 bytes that older kernels read, so that line 2 may still declare a coding (PEP 263).
inline constexpr std::string_view k_script_start =
    R"(#!/usr/bin/env -S sh -c 'd=$(readlink -f -- "$0"); exec "${d%/generations/*}/bin/python" "$0" "$@"')";
static_assert(k_script_start.size() <= 127);

/// Whether a script of a wheel asks for the environment's interpreter: its first line starts with `#!python`
/// (packaging.python.org "binary distribution format", "recommended installer features").
bool wants_interpreter(std::string_view head);

/// The script with its first line replaced; the rest is kept byte for byte.
std::string with_script_start(std::string_view script);

}  // namespace torchup
