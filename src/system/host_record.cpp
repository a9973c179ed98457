#include "host_record.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace torchup {
namespace {

using Json = nlohmann::json;

constexpr std::uintmax_t k_most_bytes = 16 << 20;
constexpr int k_most_levels = 8;

Error wrong(const std::string& key, const char* expected) {
  return {ErrorKind::usage, fmt::format("`{}` of host.json is not {}", key, expected), {}, {}};
}

/// A member by key; null where there is none, which every reader below takes for "nothing recorded".
const Json& member(const Json& object, const char* key) {
  static const Json k_none;
  const auto at = object.find(key);
  return at == object.end() ? k_none : *at;
}

Result<std::string> text_of(const Json& value, const std::string& key) {
  if (value.is_null()) return std::string();
  if (!value.is_string()) return failure(wrong(key, "a text"));
  return value.get<std::string>();
}

template <class Number>
Result<Number> number_of(const Json& value, const std::string& key) {
  if (!value.is_number_integer() || (value.is_number_integer() && !value.is_number_unsigned() && value.get<std::int64_t>() < 0)) {
    return failure(wrong(key, "a number from 0 on"));
  }
  const auto number = value.get<std::uint64_t>();
  if (number > std::numeric_limits<Number>::max()) return failure(wrong(key, "a number of that size"));
  return static_cast<Number>(number);
}

Result<std::vector<std::string>> texts_of(const Json& value, const std::string& key) {
  std::vector<std::string> texts;
  if (value.is_null()) return texts;
  if (!value.is_array()) return failure(wrong(key, "a list of texts"));
  for (const auto& element : value) {
    if (!element.is_string()) return failure(wrong(key, "a list of texts"));
    texts.push_back(element.get<std::string>());
  }
  return texts;
}

/// Reads an object whose values all have one type.
template <class T, class Read>
Result<std::map<std::string, T>> map_of(const Json& object, const char* key, Read read) {
  std::map<std::string, T> values;
  const Json& members = member(object, key);
  if (members.is_null()) return values;
  if (!members.is_object()) return failure(wrong(key, "an object"));
  for (const auto& [name, value] : members.items()) {
    TORCHUP_TRY_ASSIGN(T one, read(value, fmt::format("{}.{}", key, name)));
    values.emplace(name, std::move(one));
  }
  return values;
}

Result<Recorded<CommandOutput>> command_of(const Json& value, const std::string& key) {
  Recorded<CommandOutput> command;
  TORCHUP_TRY_ASSIGN(command.error, text_of(member(value, "error"), key + ".error"));
  if (!command.error.empty()) return command;
  CommandOutput output;
  TORCHUP_TRY_ASSIGN(output.exit_status, number_of<int>(member(value, "exit_status"), key + ".exit_status"));
  TORCHUP_TRY_ASSIGN(output.out, text_of(member(value, "out"), key + ".out"));
  TORCHUP_TRY_ASSIGN(output.err, text_of(member(value, "err"), key + ".err"));
  command.answer = std::move(output);
  return command;
}

Status read_commands(const Json& object, HostRecord& record) {
  const Json& list = member(object, "commands");
  if (list.is_null()) return {};
  if (!list.is_array()) return failure(wrong("commands", "a list"));
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto key = fmt::format("commands[{}]", i);
    if (!list[i].is_object()) return failure(wrong(key, "an object"));
    TORCHUP_TRY_ASSIGN(auto arguments, texts_of(member(list[i], "arguments"), key + ".arguments"));
    TORCHUP_TRY_ASSIGN(auto command, command_of(list[i], key));
    record.commands.insert_or_assign(std::move(arguments), std::move(command));
  }
  return {};
}

Status read_cpuid(const Json& object, HostRecord& record) {
  const Json& list = member(object, "cpuid");
  if (list.is_null()) return {};
  if (!list.is_array()) return failure(wrong("cpuid", "a list"));
  for (std::size_t i = 0; i < list.size(); ++i) {
    // leaf, subleaf, eax, ebx, ecx, edx
    std::uint32_t row[6] = {};
    if (!list[i].is_array() || list[i].size() != std::size(row))
      return failure(wrong(fmt::format("cpuid[{}]", i), "a list of six numbers"));
    for (std::size_t k = 0; k < std::size(row); ++k) {
      TORCHUP_TRY_ASSIGN(row[k], number_of<std::uint32_t>(list[i][k], fmt::format("cpuid[{}][{}]", i, k)));
    }
    record.cpuid.insert_or_assign({row[0], row[1]}, CpuidRegisters{row[2], row[3], row[4], row[5]});
  }
  return {};
}

Result<DiskSpace> disk_of(const Json& value, const std::string& key) {
  if (!value.is_object()) return failure(wrong(key, "an object"));
  DiskSpace space;
  TORCHUP_TRY_ASSIGN(space.total_bytes, number_of<std::uint64_t>(member(value, "total_bytes"), key + ".total_bytes"));
  TORCHUP_TRY_ASSIGN(space.free_bytes, number_of<std::uint64_t>(member(value, "free_bytes"), key + ".free_bytes"));
  TORCHUP_TRY_ASSIGN(space.free_inodes, number_of<std::uint64_t>(member(value, "free_inodes"), key + ".free_inodes"));
  return space;
}

/// An answer of lines, so that a person can read and write them, or the error in its place.
Result<Recorded<std::vector<std::string>>> lines_of(const Json& value, const std::string& key) {
  Recorded<std::vector<std::string>> lines;
  if (!value.is_object()) return failure(wrong(key, "an object"));
  TORCHUP_TRY_ASSIGN(lines.error, text_of(member(value, "error"), key + ".error"));
  if (!lines.error.empty()) return lines;
  TORCHUP_TRY_ASSIGN(lines.answer, texts_of(member(value, "answer"), key + ".answer"));
  return lines;
}

Result<Recorded<std::string>> answer_of(const Json& value, const std::string& key) {
  TORCHUP_TRY_ASSIGN(auto lines, lines_of(value, key));
  if (!lines.answer) return Recorded<std::string>{std::nullopt, std::move(lines.error)};
  std::string answer;
  for (const auto& line : *lines.answer) answer += line + "\n";
  return Recorded<std::string>{std::move(answer), {}};
}

Status read_drivers(const Json& object, HostRecord& record) {
  if (const Json& cuda = member(object, "cuda_driver"); !cuda.is_null()) {
    TORCHUP_TRY_ASSIGN(record.cuda_driver, answer_of(cuda, "cuda_driver"));
  }
  TORCHUP_TRY_ASSIGN(record.drivers, map_of<Recorded<std::string>>(object, "drivers", answer_of));
  TORCHUP_TRY_ASSIGN(record.libraries, map_of<std::string>(object, "libraries", text_of));
  TORCHUP_TRY_ASSIGN(record.descriptions, map_of<Recorded<std::string>>(object, "descriptions", answer_of));
  TORCHUP_TRY_ASSIGN(record.texts, map_of<Recorded<std::vector<std::string>>>(object, "texts", lines_of));
  return {};
}

Result<HostRecord> record_of(const Json& object) {
  HostRecord record;
  if (member(object, "schema") != 1) return failure(wrong("schema", "1, the only one that this program reads"));
  TORCHUP_TRY_ASSIGN(record.machine, text_of(member(object, "machine"), "machine"));
  TORCHUP_TRY_ASSIGN(record.environment, map_of<std::string>(object, "environment", text_of));
  TORCHUP_TRY_ASSIGN(record.files, map_of<std::string>(object, "files", text_of));
  TORCHUP_TRY_ASSIGN(record.unreadable, map_of<std::string>(object, "unreadable", text_of));
  TORCHUP_TRY_ASSIGN(record.directories, map_of<std::vector<std::string>>(object, "directories", texts_of));
  TORCHUP_TRY_ASSIGN(record.links, map_of<std::string>(object, "links", text_of));
  TORCHUP_TRY_ASSIGN(record.present, texts_of(member(object, "present"), "present"));
  TORCHUP_TRY_ASSIGN(record.devices, map_of<int>(object, "devices", number_of<int>));
  TORCHUP_TRY_ASSIGN(record.disks, map_of<DiskSpace>(object, "disks", disk_of));
  TORCHUP_TRY(read_commands(object, record));
  TORCHUP_TRY(read_cpuid(object, record));
  TORCHUP_TRY(read_drivers(object, record));
  if (const Json& xcr0 = member(object, "xcr0"); !xcr0.is_null()) {
    TORCHUP_TRY_ASSIGN(record.xcr0, number_of<std::uint64_t>(xcr0, "xcr0"));
  }
  if (const Json& states = member(object, "requestable_state"); !states.is_null()) {
    TORCHUP_TRY_ASSIGN(record.requestable_state, number_of<std::uint64_t>(states, "requestable_state"));
  }
  return record;
}

Json json_of(const Recorded<CommandOutput>& command, const std::vector<std::string>& arguments) {
  if (!command.answer) return {{"arguments", arguments}, {"error", command.error}};
  return {
      {"arguments", arguments}, {"exit_status", command.answer->exit_status}, {"out", command.answer->out}, {"err", command.answer->err}};
}

Json json_of(const Recorded<std::string>& recorded) {
  if (!recorded.answer) return {{"error", recorded.error}};
  Json lines = Json::array();
  for (std::size_t at = 0, end = 0; at < recorded.answer->size(); at = end + 1) {
    end = std::min(recorded.answer->find('\n', at), recorded.answer->size());
    lines.push_back(recorded.answer->substr(at, end - at));
  }
  return {{"answer", std::move(lines)}};
}

Json json_of(const Recorded<std::vector<std::string>>& recorded) {
  if (!recorded.answer) return {{"error", recorded.error}};
  return {{"answer", *recorded.answer}};
}

template <class T>
Json json_of_all(const std::map<std::string, Recorded<T>>& recorded) {
  Json object = Json::object();
  for (const auto& [key, one] : recorded) object[key] = json_of(one);
  return object;
}

Json json_of(const HostRecord& record, const std::map<std::string, std::string>& odd_files) {
  Json object = {{"schema", 1},
                 {"machine", record.machine},
                 {"environment", record.environment},
                 {"files", odd_files},
                 {"unreadable", record.unreadable},
                 {"directories", record.directories},
                 {"links", record.links},
                 {"present", record.present},
                 {"devices", record.devices},
                 {"commands", Json::array()},
                 {"cpuid", Json::array()},
                 {"libraries", record.libraries},
                 {"drivers", json_of_all(record.drivers)},
                 {"descriptions", json_of_all(record.descriptions)},
                 {"texts", json_of_all(record.texts)},
                 {"disks", Json::object()}};
  for (const auto& [arguments, command] : record.commands) object["commands"].push_back(json_of(command, arguments));
  for (const auto& [leaf, r] : record.cpuid) object["cpuid"].push_back({leaf.first, leaf.second, r.eax, r.ebx, r.ecx, r.edx});
  for (const auto& [path, space] : record.disks) {
    object["disks"][path] = {{"total_bytes", space.total_bytes}, {"free_bytes", space.free_bytes}, {"free_inodes", space.free_inodes}};
  }
  if (record.xcr0) object["xcr0"] = *record.xcr0;
  if (record.requestable_state) object["requestable_state"] = *record.requestable_state;
  if (record.cuda_driver.answer || !record.cuda_driver.error.empty()) object["cuda_driver"] = json_of(record.cuda_driver);
  return object;
}

/// Whether a file may lie below `root/` under its own path: absolute, no `..`, only characters that every file system takes.
bool is_plain(const std::string& path) {
  constexpr std::string_view k_plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._+-";
  return path.starts_with('/') && path.find_first_not_of(k_plain) == std::string::npos &&
         std::filesystem::path(path).lexically_normal() == path;
}

Status write_text(const std::filesystem::path& path, const std::string& text) {
  std::error_code problem;
  std::filesystem::create_directories(path.parent_path(), problem);
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file.flush()) return failure({ErrorKind::host, fmt::format("`{}` cannot be written", path.string()), {}, {}});
  return {};
}

}  // namespace

std::string no_such_file(const std::string& path) { return fmt::format("`{}` cannot be read: {}", path, std::strerror(ENOENT)); }

Result<HostRecord> read_host_record(const std::filesystem::path& folder) {
  const auto path = folder / "host.json";
  std::error_code problem;
  const auto size = std::filesystem::file_size(path, problem);
  std::ifstream file(path, std::ios::binary);
  if (problem || !file) {
    return failure({ErrorKind::usage,
                    fmt::format("`{}` is not a recorded host: it has no host.json", folder.string()),
                    {},
                    {"record one with `torchup probe --record DIR` on that machine"}});
  }
  if (size > k_most_bytes) return failure({ErrorKind::usage, fmt::format("`{}` is larger than 16 MiB", path.string()), {}, {}});
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto shallow = [](int depth, Json::parse_event_t, Json&) { return depth <= k_most_levels; };
  const Json object = Json::parse(text, shallow, false);
  if (!object.is_object()) return failure({ErrorKind::usage, fmt::format("`{}` is not a JSON object", path.string()), {}, {}});
  return with_context(record_of(object), fmt::format("while reading the recorded host `{}`", folder.string()));
}

Status write_host_record(const HostRecord& record, const std::filesystem::path& folder) {
  std::error_code problem;
  if (std::filesystem::exists(folder, problem) && !std::filesystem::is_empty(folder, problem)) {
    return failure(
        {ErrorKind::usage, fmt::format("`{}` is not an empty folder", folder.string()), {}, {"name a folder that does not exist yet"}});
  }
  std::map<std::string, std::string> odd_files;
  for (const auto& [path, content] : record.files) {
    if (!is_plain(path)) {
      odd_files.emplace(path, content);
    } else {
      TORCHUP_TRY(write_text(folder / "root" / path.substr(1), content));
    }
  }
  // What a file held may be no UTF-8; the text stays readable, with marks where bytes were not.
  return write_text(folder / "host.json", json_of(record, odd_files).dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace torchup
