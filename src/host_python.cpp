#include "src/host_python.hpp"

#include <filesystem>

namespace torchup {
namespace {

bool is_path(const std::string& wish) { return wish.find('/') != std::string::npos; }

}  // namespace

std::string python_wish(const std::string& text) {
  return is_path(text) ? std::filesystem::absolute(text).lexically_normal().string() : text;
}

PythonSearch python_search(const std::vector<std::string>& wishes) {
  const bool one_path = wishes.size() == 1 && is_path(wishes.front());
  return {.path = one_path ? wishes.front() : "", .is_enough = [missing = wishes](const Python& python) mutable {
            std::erase_if(missing, [&](const std::string& wish) { return is_wished(python, wish); });
            return missing.empty();
          }};
}

HostFacts probe_host_alone(HostSystem& host) {
  HostFacts facts;
  for (const Probe* probe : probe_table()) {
    if (std::string_view(probe->name) != "python") probe->run(host, facts);
  }
  return facts;
}

Result<HostPython> probe_host_python(HostSystem& host, const std::string& wish) {
  HostFacts facts = probe_host(host, python_search({wish}));
  TORCHUP_TRY_ASSIGN(Python python, choose_python(facts, wish));
  return HostPython{std::move(facts), std::move(python)};
}

Result<Target> probe_target_of_python(HostSystem& host, const std::string& wish) {
  const HostFacts facts = probe_target(host, python_search({wish}));
  TORCHUP_TRY_ASSIGN(const Python python, choose_python(facts, wish));
  return make_target(facts, python);
}

}  // namespace torchup
