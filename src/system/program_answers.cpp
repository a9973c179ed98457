#include "program_answers.hpp"

#include "torchup/system/file_descriptor.hpp"
#include "torchup/system/hash.hpp"

#include <fmt/format.h>

#include <sys/stat.h>

namespace torchup {
namespace {

constexpr std::uint64_t k_longest = 64 << 10;
constexpr std::size_t k_digits = 64;

std::string digest_of(std::string_view text) { return sha256(std::as_bytes(std::span(text))).hex(); }

/// What changes when a file is replaced or written to; "none" where there is no file.
std::string identity(const std::filesystem::path& path) {
  struct stat state = {};
  if (::stat(path.c_str(), &state) != 0) return "none";
  return fmt::format("{} {} {} {}.{} {}.{}", state.st_dev, state.st_ino, state.st_size, state.st_mtim.tv_sec, state.st_mtim.tv_nsec,
                     state.st_ctim.tv_sec, state.st_ctim.tv_nsec);
}

}  // namespace

std::optional<std::filesystem::path> ProgramAnswers::file_of(const std::vector<std::string>& arguments) const {
  // A bare name may be another program tomorrow.
  if (m_folder.empty() || arguments.empty() || !arguments.front().starts_with('/')) return std::nullopt;
  const std::filesystem::path program = arguments.front();
  const std::string file = identity(program);
  if (file == "none") return std::nullopt;
  std::string key = fmt::format("{}\n{}", file, identity(program.parent_path().parent_path() / "pyvenv.cfg"));
  for (const auto& argument : arguments) key += fmt::format("\n{} {}", argument.size(), argument);
  return m_folder / digest_of(key);
}

std::optional<CommandOutput> ProgramAnswers::find(const std::vector<std::string>& arguments) const {
  const auto file = file_of(arguments);
  if (!file) return std::nullopt;
  const auto text = read_whole_file(*file, k_longest + k_digits);
  if (!text || text->size() < k_digits) return std::nullopt;
  std::string answer = text->substr(k_digits);
  // It was not synced: a power cut may have left any part of it, and the disk may have damaged it.
  if (digest_of(answer) != std::string_view(*text).substr(0, k_digits)) return std::nullopt;
  return CommandOutput{.exit_status = 0, .out = std::move(answer), .err = {}};
}

void ProgramAnswers::keep(const std::vector<std::string>& arguments, const CommandOutput& answer) const {
  if (answer.exit_status != 0 || answer.out.size() > k_longest) return;
  if (const auto file = file_of(arguments)) (void)replace_file(*file, digest_of(answer.out) + answer.out, Durable::no);
}

}  // namespace torchup
