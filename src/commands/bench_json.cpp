#include "src/commands/bench_json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>

namespace torchup {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t k_most_results = 10'000;

Json spread_json(const Spread& spread) { return {{"median", spread.median}, {"low", spread.low}, {"high", spread.high}}; }

Json result_json(const BenchResult& result) {
  Json object = {{"kernel", result.kernel},        {"case", result.kernel_case},
                 {"device", result.device},        {"engine", result.engine},
                 {"baseline", result.is_baseline}, {"work", {{"flops", result.work.flops}, {"bytes", result.work.bytes}}}};
  if (!result.trouble.empty()) {
    object["trouble"] = result.trouble;
    object["broken"] = result.broken;
    return object;
  }
  object["seconds"] = spread_json(result.seconds);
  object["samples"] = result.samples.size();
  object["achieved"] = result.achieved;
  object["unit"] = result.rate_unit;
  object["roofline_fraction"] = result.roofline_fraction > 0 ? Json(result.roofline_fraction) : Json(nullptr);
  object["error"] = nullptr;
  if (result.error) object["error"] = {{"measure", result.error->measure}, {"value", result.error->value}, {"limit", result.error->limit}};
  object["ratio"] = nullptr;
  if (const auto& ratio = result.to_reference)
    object["ratio"] = {{"value", ratio->ratio}, {"low", ratio->interval.low}, {"high", ratio->interval.high}};
  return object;
}

Json guide_json(const GuideResult& guide) {
  return {{"size", guide.size},       {"warm_ups", guide.warm_ups}, {"runs", guide.runs},
          {"threads", guide.threads}, {"seconds", guide.seconds},   {"trouble", guide.trouble}};
}

std::string text_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

double number_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number() ? found->get<double>() : 0;
}

BenchResult read_result(const Json& object) {
  BenchResult result;
  result.kernel = text_of(object, "kernel");
  result.kernel_case = text_of(object, "case");
  result.device = text_of(object, "device");
  result.engine = text_of(object, "engine");
  result.trouble = text_of(object, "trouble");
  result.rate_unit = text_of(object, "unit");
  result.achieved = number_of(object, "achieved");
  result.roofline_fraction = number_of(object, "roofline_fraction");
  const auto baseline = object.find("baseline");
  result.is_baseline = baseline != object.end() && *baseline == true;
  if (const auto seconds = object.find("seconds"); seconds != object.end() && seconds->is_object())
    result.seconds = {number_of(*seconds, "median"), number_of(*seconds, "low"), number_of(*seconds, "high")};
  if (const auto ratio = object.find("ratio"); ratio != object.end() && ratio->is_object())
    result.to_reference = RelativeTime{number_of(*ratio, "value"), {number_of(*ratio, "low"), number_of(*ratio, "high")}};
  return result;
}

auto no_benchmark() { return failure({ErrorKind::usage, "it is no benchmark", {}, {"`torchup bench --json` writes one"}}); }

}  // namespace

nlohmann::ordered_json verdict_json(const Verdict& verdict) {
  return {{"kernel", verdict.kernel},
          {"case", verdict.kernel_case},
          {"engine", verdict.engine},
          {"measure", verdict.measure},
          {"verdict", verdict_name(verdict.kind)},
          {"change", verdict.change},
          {"interval", {verdict.interval.low, verdict.interval.high}},
          {"noise", verdict.noise},
          {"reason", verdict.reason}};
}

void add_bench_json(Json& document, const BenchReport& report) {
  document["fingerprint"] = Json::object();
  for (const auto& [name, value] : report.fingerprint) document["fingerprint"][name] = value;
  document["torch"] = report.torch_version;
  if (!report.baseline_version.empty()) document["baseline"] = report.baseline_version;
  document["roofline"] = {{"flops_per_second", report.roofline.flops}, {"bytes_per_second", report.roofline.bytes}};
  document["results"] = Json::array();
  for (const BenchResult& result : report.results) document["results"].push_back(result_json(result));
  document["verdicts"] = Json::array();
  for (const Verdict& verdict : report.verdicts) document["verdicts"].push_back(verdict_json(verdict));
  document["instructions"] = Json::array();
  for (const InstructionCount& each : report.instructions) {
    document["instructions"].push_back({{"kernel", each.kernel},
                                        {"case", each.kernel_case},
                                        {"engine", each.engine},
                                        {"baseline", each.is_baseline},
                                        {"count", each.count}});
  }
  document["guide"] = report.guide ? guide_json(*report.guide) : Json(nullptr);
  document["noise"] = {{"waiting", report.waiting}, {"disturbance", report.disturbance}};
}

Result<BenchReport> read_bench_json(std::string_view text) {
  const Json document = Json::parse(text, nullptr, false);
  if (!document.is_object()) return no_benchmark();
  const auto fingerprint = document.find("fingerprint"), results = document.find("results");
  if (fingerprint == document.end() || !fingerprint->is_object() || results == document.end() || !results->is_array())
    return no_benchmark();
  BenchReport report;
  for (const auto& [name, value] : fingerprint->items())
    report.fingerprint.emplace_back(name, value.is_string() ? value.get<std::string>() : "");
  report.torch_version = text_of(document, "torch");
  for (const Json& result : *results) {
    if (result.is_object() && report.results.size() < k_most_results) report.results.push_back(read_result(result));
  }
  return report;
}

}  // namespace torchup
