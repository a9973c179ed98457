#pragma once
// Bytecode of a wheel's Python files that an earlier environment needed: kept in the store as a tree of its own, and placed beside
// the sources of the next environment of the same Python, which then starts without compiling. Python takes a `.pyc` for its
// source's where the time and the size in its header are the source's (PEP 552), so that each source placed with its bytecode gets
// a time that follows from its content: the same in every environment, another one for other content.

#include "torchup/core/digest.hpp"

#include "src/install/python_layout.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

namespace torchup {

/// Whether a file is bytecode of any interpreter, by its name and folder.
bool is_bytecode(const std::filesystem::path& path);

/// What the interpreter calls its bytecode files by, "cpython-311" (PEP 3147); empty for one whose bytecode is not kept.
std::string cache_tag(const PythonLayout& python);

/// "a/__pycache__/b.cpython-311.pyc" of "a/b.py".
std::string bytecode_path(std::string_view source, std::string_view tag);

/// "a/b.py" of "a/__pycache__/b.cpython-311.pyc"; empty where it is not the bytecode of that tag.
std::string source_path(std::string_view bytecode, std::string_view tag);

/// The time of a source of this content that is placed with its bytecode: between 1980 and 2014.
std::chrono::sys_seconds bytecode_time(const Sha256& source);

/// What the store knows the bytecode of a wheel by.
Sha256 bytecode_key(const Sha256& wheel, std::string_view tag);

}  // namespace torchup
