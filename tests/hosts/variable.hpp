#pragma once
// An environment variable set for one test, by which the made-up drivers are told what to answer.

#include <cstdlib>

namespace torchup::test {

class Variable {
 public:
  Variable(const char* name, const char* value) : m_name(name) { ::setenv(name, value, 1); }
  ~Variable() { ::unsetenv(m_name); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* m_name;
};

}  // namespace torchup::test
