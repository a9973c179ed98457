#include "src/validate/bench/worker_protocol.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>

namespace torchup {

namespace {

using Json = nlohmann::json;

constexpr std::size_t k_longest_text = 2000;
constexpr std::size_t k_longest_quote = 200;
constexpr std::uint32_t k_most_runs = 1'000'000;

std::string text_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>().substr(0, k_longest_text) : std::string();
}

double number_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number()) return 0;
  const auto value = found->get<double>();
  return std::isfinite(value) && value > 0 ? value : 0;
}

std::uint32_t count_of(const Json& object, const char* name) {
  return static_cast<std::uint32_t>(std::min<double>(number_of(object, name), k_most_runs));
}

struct RequestWriter {
  Json operator()(const PrepareCase& request) const {
    return {{"do", "prepare"},          {"kernel", request.kernel},   {"case", request.kernel_case}, {"judge", request.judge},
            {"folder", request.folder}, {"element", request.element}, {"inputs", request.inputs}};
  }
  Json operator()(const RunCase& request) const { return {{"do", "run"}, {"runs", request.runs}}; }
  Json operator()(const RunGuide& request) const {
    return {{"do", "guide"}, {"size", request.size}, {"warm_ups", request.warm_ups}, {"runs", request.runs}};
  }
};

struct ReplyWriter {
  Json operator()(const WorkerReady& reply) const { return {{"ready", true}, {"version", reply.version}, {"threads", reply.threads}}; }
  Json operator()(const CaseReady& reply) const {
    Json object{{"prepared", true}};
    if (reply.error) {
      object["error"] = {{"measure", reply.error->measure}, {"limit", reply.error->limit}, {"diagnosis", reply.error->diagnosis}};
      if (std::isfinite(reply.error->value)) object["error"]["value"] = reply.error->value;  // else it reads as infinite
    }
    return object;
  }
  Json operator()(const CaseRefused& reply) const { return {{"refused", reply.reason}}; }
  Json operator()(const CaseFailed& reply) const { return {{"failed", reply.message}}; }
  Json operator()(const Sample& reply) const {
    return {{"seconds", reply.seconds}, {"waited", reply.waited}, {"switches", reply.switches}};
  }
};

std::string line_of(const Json& object) { return object.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n"; }

auto unreadable(std::string_view line) {
  return failure(
      {ErrorKind::validation, fmt::format("the worker's line `{}` is none of its protocol", line.substr(0, k_longest_quote)), {}, {}});
}

ErrorMeasurement error_of(const Json& object) {
  ErrorMeasurement error{text_of(object, "measure"), INFINITY, number_of(object, "limit"), text_of(object, "diagnosis")};
  if (const auto value = object.find("value"); value != object.end() && value->is_number()) error.value = value->get<double>();
  return error;
}

std::vector<TensorSizes> sizes_of(const Json& object, const char* name) {
  std::vector<TensorSizes> all;
  const auto found = object.find(name);
  if (found == object.end() || !found->is_array()) return all;
  for (const Json& tensor : *found) {
    TensorSizes sizes;
    for (const Json& size : tensor.is_array() ? tensor : Json::array()) {
      if (size.is_number_integer()) sizes.push_back(size.get<std::int64_t>());
    }
    all.push_back(std::move(sizes));
  }
  return all;
}

}  // namespace

std::string write_request(const WorkerRequest& request) { return line_of(std::visit(RequestWriter{}, request)); }

std::string write_reply(const WorkerReply& reply) { return line_of(std::visit(ReplyWriter{}, reply)); }

Result<WorkerRequest> read_request(std::string_view line) {
  const Json object = Json::parse(line, nullptr, false);
  if (!object.is_object()) return unreadable(line);
  const std::string what = text_of(object, "do");
  if (what == "prepare") {
    return PrepareCase{text_of(object, "kernel"), text_of(object, "case"),    object.value("judge", Json()) == true,
                       text_of(object, "folder"), text_of(object, "element"), sizes_of(object, "inputs")};
  }
  if (what == "run") return RunCase{std::max(1U, count_of(object, "runs"))};
  if (what == "guide")
    return RunGuide{static_cast<std::int64_t>(count_of(object, "size")), count_of(object, "warm_ups"), count_of(object, "runs")};
  return unreadable(line);
}

Result<WorkerReply> read_reply(std::string_view line) {
  const Json object = Json::parse(line, nullptr, false);
  if (!object.is_object()) return unreadable(line);
  if (object.contains("ready")) return WorkerReady{text_of(object, "version"), count_of(object, "threads")};
  if (object.contains("refused")) return CaseRefused{text_of(object, "refused")};
  if (object.contains("failed")) return CaseFailed{text_of(object, "failed")};
  if (object.contains("seconds")) {
    return Sample{number_of(object, "seconds"), number_of(object, "waited"), static_cast<std::uint64_t>(count_of(object, "switches"))};
  }
  if (!object.contains("prepared")) return unreadable(line);
  const auto error = object.find("error");
  return error != object.end() && error->is_object() ? CaseReady{error_of(*error)} : CaseReady{};
}

}  // namespace torchup
