#include "torchup/core/error.hpp"
int main() { return torchup::exit_code(torchup::ErrorKind::internal) == 70 ? 0 : 1; }
