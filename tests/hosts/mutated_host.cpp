#include "tests/hosts/mutated_host.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <type_traits>

namespace torchup::test {
namespace {

/// Bytes of no meaning in the places of some, always the same ones.
void garble(std::string& text) {
  std::uint32_t state = 2463534242U;
  for (char& c : text) {
    state ^= state << 13, state ^= state >> 17, state ^= state << 5;
    if (state % 5 == 0) c = static_cast<char>(state >> 8);
  }
}

void spoil(std::string& text, Mutation mutation) {
  if (mutation == Mutation::truncated) text.resize(text.size() / 2);
  if (mutation == Mutation::garbled) garble(text);
}

void spoil(std::vector<std::string>& texts, Mutation mutation) {
  if (mutation == Mutation::truncated) texts.resize(texts.size() / 2);
  for (auto& text : texts) {
    if (mutation == Mutation::garbled) garble(text);
  }
}

void spoil(CommandOutput& output, Mutation mutation) {
  spoil(output.out, mutation);
  spoil(output.err, mutation);
}

void spoil(CpuidRegisters& registers, Mutation mutation) {
  registers.eax ^= 0x5a5a5a5aU, registers.ecx ^= mutation == Mutation::garbled ? 0xffffffffU : 0xf0f0f0f0U;
  registers.ebx ^= 0x0f0f0f0fU, registers.edx = 0;
}

void spoil(std::uint64_t& number, Mutation) { number ^= 0x5a5a; }
void spoil(DiskSpace& space, Mutation) { space.free_bytes = ~space.free_bytes; }

template <class T>
bool is_there(const Result<T>& answer) {
  return answer.has_value();
}
template <class T>
bool is_there(const std::optional<T>& answer) {
  return answer.has_value();
}
bool is_there(bool answer) { return answer; }
bool is_there(int problem) { return problem == 0; }

template <class T>
void apply(Result<T>& answer, Mutation mutation) {
  if (mutation == Mutation::missing || mutation == Mutation::refused) {
    const char* const why = mutation == Mutation::missing ? "No such file or directory" : "Permission denied";
    answer = failure({ErrorKind::host, fmt::format("`it` cannot be read: {}", why), {}, {}});
  } else if (answer) {
    spoil(*answer, mutation);
  }
}

template <class T>
void apply(std::optional<T>& answer, Mutation mutation) {
  if (mutation == Mutation::missing || mutation == Mutation::refused) answer.reset();
  if (answer) spoil(*answer, mutation);
}

void apply(bool& answer, Mutation) { answer = !answer; }
void apply(int& problem, Mutation mutation) { problem = mutation == Mutation::refused ? 13 : mutation == Mutation::missing ? 2 : 1; }

}  // namespace

template <class Ask>
auto MutatedHost::answer(const std::string& question, Ask ask) -> decltype(ask()) {
  using Answer = decltype(ask());
  auto at = m_known.find(question);
  if (at == m_known.end()) {
    at = m_known.emplace(question, ask()).first;
    if (is_there(std::any_cast<const Answer&>(at->second))) m_answered.push_back(question);
  }
  Answer given = std::any_cast<const Answer&>(at->second);
  if (const auto mutation = m_mutations.find(question); mutation != m_mutations.end()) apply(given, mutation->second);
  return given;
}

Result<std::string> MutatedHost::read_file(const std::string& path) {
  return answer("file " + path, [&] { return m_inner.read_file(path); });
}

Result<std::vector<std::string>> MutatedHost::list_directory(const std::string& path) {
  return answer("directory " + path, [&] { return m_inner.list_directory(path); });
}

Result<std::string> MutatedHost::read_link(const std::string& path) {
  return answer("link " + path, [&] { return m_inner.read_link(path); });
}

bool MutatedHost::exists(const std::string& path) {
  return answer("exists " + path, [&] { return m_inner.exists(path); });
}

int MutatedHost::open_device(const std::string& path) {
  return answer("device " + path, [&] { return m_inner.open_device(path); });
}

std::optional<std::string> MutatedHost::environment(const std::string& name) {
  return answer("variable " + name, [&] { return m_inner.environment(name); });
}

Result<CommandOutput> MutatedHost::run(const std::vector<std::string>& arguments, std::chrono::milliseconds limit) {
  return answer(fmt::format("command {}", fmt::join(arguments, " ")), [&] { return m_inner.run(arguments, limit); });
}

std::optional<CpuidRegisters> MutatedHost::cpuid(std::uint32_t leaf, std::uint32_t subleaf) {
  return answer(fmt::format("cpuid {} {}", leaf, subleaf), [&] { return m_inner.cpuid(leaf, subleaf); });
}

std::optional<std::uint64_t> MutatedHost::xcr0() {
  return answer("xcr0", [&] { return m_inner.xcr0(); });
}

std::optional<std::uint64_t> MutatedHost::requestable_state() {
  return answer("requestable state", [&] { return m_inner.requestable_state(); });
}

Result<std::string> MutatedHost::query_driver(DriverLibrary library) {
  return answer(std::string("driver ") + soname_of(library), [&] { return m_inner.query_driver(library); });
}

std::optional<std::string> MutatedHost::find_library(const std::string& soname) {
  return answer("library " + soname, [&] { return m_inner.find_library(soname); });
}

Result<std::string> MutatedHost::describe_library(const std::string& path) {
  return answer("description " + path, [&] { return m_inner.describe_library(path); });
}

Result<std::vector<std::string>> MutatedHost::texts_in(const std::string& path, const std::string& prefix) {
  return answer("texts " + prefix + " " + path, [&] { return m_inner.texts_in(path, prefix); });
}

Result<DiskSpace> MutatedHost::disk_space(const std::string& path) {
  return answer("disk " + path, [&] { return m_inner.disk_space(path); });
}

}  // namespace torchup::test
