#include "src/libtorch/build_arguments.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <system_error>

namespace torchup {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_libraries[] = {"torch", "torch_cpu", "c10"};
constexpr std::string_view k_cuda_libraries[] = {"torch_cuda", "c10_cuda"};

bool has_library(const BuildTree& tree, std::string_view name) {
  std::error_code error;
  return fs::exists(tree.root / "lib" / fmt::format("lib{}.so", name), error);
}

/// Every library of this tree before one of the same name elsewhere: a toolkit's folder, which FindCUDA puts first, may hold an older NCCL.
std::string search_first(const BuildTree& tree) {
  const std::string library = (tree.root / "lib").string();
  return fmt::format("-Wl,-rpath,{0},-rpath-link,{0}", library);
}

std::string abi_macro(const BuildTree& tree) {
  return tree.abi.empty() ? "" : fmt::format("-D_GLIBCXX_USE_CXX11_ABI={}", tree.abi == "cxx11" ? 1 : 0);
}

/// "-std=c++20" of "C++20".
std::string standard_option(const BuildTree& tree) { return tree.standard.starts_with("C++") ? "-std=c++" + tree.standard.substr(3) : ""; }

std::vector<std::string> include_folders(const BuildTree& tree) {
  return {(tree.root / "include").string(), (tree.root / "include/torch/csrc/api/include").string()};
}

/// All of them are needed by name: `torch` alone is empty, and what registers itself is in the others.
std::vector<std::string> library_names(const BuildTree& tree) {
  std::vector<std::string> names(std::begin(k_libraries), std::end(k_libraries));
  if (has_library(tree, "torch_cuda")) names.insert(names.end(), std::begin(k_cuda_libraries), std::end(k_cuda_libraries));
  return names;
}

/// In single quotes, for a POSIX shell.
std::string shell_word(std::string_view text) {
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

/// "9.0" of "90", "10.0a" of "100a".
std::optional<std::string> dotted(std::string_view digits) {
  const std::string_view number = digits.substr(0, std::min(digits.find_first_not_of("0123456789"), digits.size()));
  if (number.size() < 2 || number.size() > 3) return std::nullopt;
  const std::string_view suffix = digits.substr(number.size());
  return fmt::format("{}.{}{}", number.substr(0, number.size() - 1), number.back(), suffix);
}

}  // namespace

std::vector<std::string> cmake_arguments(const BuildTree& tree) {
  std::vector<std::string> arguments = {"-DCMAKE_PREFIX_PATH=" + tree.root.string(),
                                        "-DTorch_DIR=" + (tree.root / "share/cmake/Torch").string()};
  for (const char* kind : {"EXE", "SHARED", "MODULE"})
    arguments.push_back(fmt::format("-DCMAKE_{}_LINKER_FLAGS_INIT={}", kind, search_first(tree)));
  // Without it torch asks the host's GPUs, and where there are none takes a list of its own that a newer nvcc may not know.
  if (!tree.capabilities.empty()) arguments.push_back(fmt::format("-DTORCH_CUDA_ARCH_LIST={}", fmt::join(tree.capabilities, ";")));
  return arguments;
}

std::vector<std::string> compiler_arguments(const BuildTree& tree) {
  std::vector<std::string> arguments;
  if (auto option = standard_option(tree); !option.empty()) arguments.push_back(std::move(option));
  if (auto macro = abi_macro(tree); !macro.empty()) arguments.push_back(std::move(macro));
  for (const auto& folder : include_folders(tree)) arguments.insert(arguments.end(), {"-isystem", folder});
  arguments.insert(arguments.end(), {"-L" + (tree.root / "lib").string(), search_first(tree), "-Wl,--no-as-needed"});
  for (const auto& name : library_names(tree)) arguments.push_back("-l" + name);
  return arguments;
}

std::string pkg_config_text(const BuildTree& tree) {
  std::vector<std::string> options;
  if (auto macro = abi_macro(tree); !macro.empty()) options.push_back(std::move(macro));
  std::vector<std::string> libraries;
  for (const auto& name : library_names(tree)) libraries.push_back("-l" + name);
  return fmt::format(
      "prefix={}\nlibdir=${{prefix}}/lib\nincludedir=${{prefix}}/include\n\n"
      "Name: torch\nDescription: PyTorch's native libraries\nVersion: {}\n"
      "Cflags: {}{}-I${{includedir}} -I${{includedir}}/torch/csrc/api/include\n"
      "Libs: -L${{libdir}} -Wl,-rpath,${{libdir}} -Wl,-rpath-link,${{libdir}} -Wl,--no-as-needed {}\n",
      tree.root.string(), tree.version, fmt::join(options, " "), options.empty() ? "" : " ", fmt::join(libraries, " "));
}

std::string shell_text(const BuildTree& tree) {
  std::string text = fmt::format("export LIBTORCH={0}\nexport Torch_DIR={1}\nexport CMAKE_PREFIX_PATH={0}\n",
                                 shell_word(tree.root.string()), shell_word((tree.root / "share/cmake/Torch").string()));
  if (!tree.abi.empty()) text += fmt::format("export LIBTORCH_CXX11_ABI={}\n", tree.abi == "cxx11" ? 1 : 0);
  if (!tree.capabilities.empty())
    text += fmt::format("export TORCH_CUDA_ARCH_LIST={}\n", shell_word(fmt::format("{}", fmt::join(tree.capabilities, ";"))));
  return text + fmt::format("export LD_LIBRARY_PATH={}${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}\n", shell_word((tree.root / "lib").string()));
}

std::vector<std::string> cuda_capabilities(const std::vector<std::string>& architectures) {
  constexpr std::string_view code = "sm_", ptx = "PTX ";
  std::vector<std::string> capabilities;
  for (const std::string& name : architectures) {
    if (name.starts_with(code)) {
      if (auto capability = dotted(std::string_view(name).substr(code.size()))) capabilities.push_back(*std::move(capability));
    } else if (name.starts_with(ptx)) {
      const std::string capability = name.substr(ptx.size());
      const auto same = std::ranges::find(capabilities, capability);
      if (same == capabilities.end())
        capabilities.push_back(capability + "+PTX");
      else
        *same += "+PTX";
    }
  }
  return capabilities;
}

}  // namespace torchup
