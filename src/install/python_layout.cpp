#include "src/install/python_layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace torchup {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// "3.11" of "3.11.7" or "3.15.0rc1"; empty where it does not begin so.
std::string_view major_and_minor(std::string_view version) {
  const auto digits_end = [&](std::size_t from) {
    while (from < version.size() && is_digit(version[from])) ++from;
    return from;
  };
  const std::size_t dot = digits_end(0);
  if (dot == 0 || dot > 2 || dot >= version.size() || version[dot] != '.') return {};
  const std::size_t end = digits_end(dot + 1);
  return end == dot + 1 || end > dot + 4 ? std::string_view() : version.substr(0, end);
}

}  // namespace

std::vector<std::string> PythonLayout::names() const {
  const std::string major = short_version.substr(0, short_version.find('.'));
  std::vector<std::string> names = {"python", "python" + major, "python" + short_version};
  if (abi_flags.find('t') != std::string::npos) names.push_back("python" + short_version + "t");
  if (implementation == "pypy") names.insert(names.end(), {"pypy", "pypy" + major, "pypy" + short_version});
  return names;
}

PythonLayout lay_out_libtorch() {
  PythonLayout layout;
  layout.kind = EnvironmentKind::libtorch;
  layout.site_packages = "share/torchup";
  return layout;
}

Result<PythonLayout> lay_out_python(const Python& python) {
  PythonLayout layout;
  layout.version = python.version;
  layout.implementation = python.implementation;
  layout.abi_flags = python.abi_flags;
  layout.executable = python.executable.empty() ? python.path : python.executable;
  layout.short_version = major_and_minor(python.version);
  if (layout.short_version.empty()) {
    return failure({ErrorKind::host, fmt::format("`{}` is not the version of a Python interpreter", python.version), {}, {}});
  }
  const bool printable = std::all_of(layout.executable.begin(), layout.executable.end(), [](char c) { return c >= ' ' || c < 0; });
  if (!layout.executable.starts_with('/') || layout.executable.ends_with('/') || !printable) {
    return failure({ErrorKind::host, fmt::format("`{}` is not the path of a Python interpreter", layout.executable), {}, {}});
  }
  // The free-threaded build keeps its packages apart, since its extension modules are not interchangeable (PEP 703).
  const bool free_threaded = layout.abi_flags.find('t') != std::string::npos;
  const std::string stem = (python.implementation == "pypy" ? "pypy" : "python") + layout.short_version + (free_threaded ? "t" : "");
  layout.library = "lib/" + stem;
  layout.site_packages = layout.library + "/site-packages";
  layout.headers = "include/site/" + stem;
  return layout;
}

}  // namespace torchup
