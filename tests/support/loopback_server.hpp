#pragma once
// An HTTP server on 127.0.0.1 that says word for word what a test wants, however wrong. For whole package indexes see
// tests/index_server.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace torchup::test {

/// What the server writes to one connection before it closes it.
struct RawAnswer {
  std::string bytes;
  bool hang = false;  ///< Keep the connection open in silence until the server ends.
};

class LoopbackServer {
 public:
  /// `answer` gets the head of each request, from one thread at a time.
  explicit LoopbackServer(std::function<RawAnswer(const std::string& head)> answer);
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  std::uint16_t port() const;
  std::string url(const std::string& path) const;  ///< "http://127.0.0.1:PORT" + path
  std::vector<std::string> heads() const;          ///< The heads of all requests so far.

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace torchup::test
