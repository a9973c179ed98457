#include "src/host_python.hpp"

#include <filesystem>

namespace torchup {
namespace {

bool is_path(const std::string& wish) { return wish.find('/') != std::string::npos; }

}  // namespace

std::string python_wish(const std::string& text) {
  return is_path(text) ? std::filesystem::absolute(text).lexically_normal().string() : text;
}

PythonSearch python_search(const std::string& wish) {
  return {.path = is_path(wish) ? wish : "", .is_enough = [wish](const Python& python) { return is_wished(python, wish); }};
}

Result<HostPython> probe_host_python(HostSystem& host, const std::string& wish) {
  HostFacts facts = probe_host(host, python_search(wish));
  TORCHUP_TRY_ASSIGN(Python python, choose_python(facts, wish));
  return HostPython{std::move(facts), std::move(python)};
}

}  // namespace torchup
