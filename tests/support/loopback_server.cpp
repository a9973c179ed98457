#include "tests/support/loopback_server.hpp"

#include <array>
#include <mutex>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace torchup::test {

struct LoopbackServer::State {
  std::function<RawAnswer(const std::string&)> answer;
  int listener = -1;
  std::array<int, 2> wake{-1, -1};
  std::uint16_t port = 0;
  mutable std::mutex mutex;
  std::vector<std::string> heads;
  std::vector<int> hanging;
  std::thread thread;

  void listen_on_loopback() {
    listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    if (listener < 0 || ::bind(listener, any, length) != 0 || ::listen(listener, 64) != 0 || ::getsockname(listener, any, &length) != 0 ||
        ::pipe(wake.data()) != 0) {
      throw std::runtime_error("cannot listen on 127.0.0.1");
    }
    port = ntohs(address.sin_port);
  }

  void serve() {
    for (;;) {
      std::array<pollfd, 2> waits{pollfd{listener, POLLIN, 0}, pollfd{wake[0], POLLIN, 0}};
      if (::poll(waits.data(), waits.size(), -1) < 0) continue;
      if (waits[1].revents != 0) return;
      if (const int connection = ::accept(listener, nullptr, nullptr); connection >= 0) answer_one(connection);
    }
  }

  void answer_one(int connection) {
    std::string head;
    std::array<char, 4096> piece{};
    while (head.find("\r\n\r\n") == std::string::npos) {
      const auto got = ::recv(connection, piece.data(), piece.size(), 0);
      if (got <= 0) break;
      head.append(piece.data(), static_cast<std::size_t>(got));
      if (head.front() == '\x16') break;  // a TLS greeting: nothing more comes before an answer
    }
    {
      const std::lock_guard lock(mutex);
      heads.push_back(head);
    }
    const RawAnswer said = answer(head);
    for (std::size_t at = 0; at < said.bytes.size();) {
      const auto sent = ::send(connection, said.bytes.data() + at, said.bytes.size() - at, MSG_NOSIGNAL);
      if (sent <= 0) break;
      at += static_cast<std::size_t>(sent);
    }
    if (said.hang) {
      hanging.push_back(connection);
    } else {
      ::close(connection);
    }
  }
};

LoopbackServer::LoopbackServer(std::function<RawAnswer(const std::string&)> answer) : m_state(std::make_unique<State>()) {
  m_state->answer = std::move(answer);
  m_state->listen_on_loopback();
  m_state->thread = std::thread([state = m_state.get()] { state->serve(); });
}

LoopbackServer::~LoopbackServer() {
  (void)!::write(m_state->wake[1], "x", 1);
  m_state->thread.join();
  for (const int connection : m_state->hanging) ::close(connection);
  for (const int descriptor : {m_state->listener, m_state->wake[0], m_state->wake[1]}) ::close(descriptor);
}

std::uint16_t LoopbackServer::port() const { return m_state->port; }

std::string LoopbackServer::url(const std::string& path) const { return "http://127.0.0.1:" + std::to_string(port()) + path; }

std::vector<std::string> LoopbackServer::heads() const {
  const std::lock_guard lock(m_state->mutex);
  return m_state->heads;
}

}  // namespace torchup::test
