#include "torchup/core/error.hpp"

namespace torchup {

int exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage:
      return 2;
    case ErrorKind::host:
      return 3;
    case ErrorKind::unsolvable:
      return 4;
    case ErrorKind::network:
      return 5;
    case ErrorKind::integrity:
      return 6;
    case ErrorKind::lock:
      return 7;
    case ErrorKind::install:
      return 8;
    case ErrorKind::validation:
      return 9;
    case ErrorKind::interrupted:
      return 130;
    case ErrorKind::internal:
      break;
  }
  return 70;
}

const char* kind_name(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage:
      return "usage";
    case ErrorKind::host:
      return "host";
    case ErrorKind::unsolvable:
      return "unsolvable";
    case ErrorKind::network:
      return "network";
    case ErrorKind::integrity:
      return "integrity";
    case ErrorKind::lock:
      return "lock";
    case ErrorKind::install:
      return "install";
    case ErrorKind::validation:
      return "validation";
    case ErrorKind::interrupted:
      return "interrupted";
    case ErrorKind::internal:
      break;
  }
  return "internal";
}

}  // namespace torchup
