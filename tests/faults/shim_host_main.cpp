// The program that tests start in torchup's place as the shim host.

#include "src/validate/shim_host.hpp"

#include <string>
#include <vector>

int main(int count, char** values) {
  const std::vector<std::string> arguments(values + 1, values + count);
  if (arguments.empty() || arguments.front() != torchup::k_shim_host_command) return 2;
  return torchup::run_shim_host(std::span(arguments).subspan(1));
}
