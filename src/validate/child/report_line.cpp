#include "src/validate/child/report_line.hpp"

#include <nlohmann/json.hpp>

namespace torchup {

namespace {

using Json = nlohmann::json;

constexpr std::size_t k_longest_text = 4000;

std::string text_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return {};
  return found->get<std::string>().substr(0, k_longest_text);
}

std::optional<double> number_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

std::optional<CheckOutcome> outcome_of(const std::string& name) {
  if (name == "pass") return CheckOutcome::pass;
  if (name == "fail") return CheckOutcome::fail;
  if (name == "skip") return CheckOutcome::skip;
  return std::nullopt;
}

const char* outcome_name(CheckOutcome outcome) {
  return outcome == CheckOutcome::pass ? "pass" : outcome == CheckOutcome::fail ? "fail" : "skip";
}

std::optional<ReportItem> parse_check(const Json& object) {
  const auto outcome = outcome_of(text_of(object, "outcome"));
  if (!outcome) return std::nullopt;
  Check check;
  check.id = text_of(object, "id");
  check.level = text_of(object, "level");
  check.engine = text_of(object, "engine");
  check.outcome = *outcome;
  check.detail = text_of(object, "detail");
  check.seconds = number_of(object, "seconds").value_or(0);
  check.error = number_of(object, "error");
  check.limit = number_of(object, "limit");
  check.measure = text_of(object, "measure");
  check.rate = number_of(object, "rate");
  check.reference_rate = number_of(object, "reference_rate");
  check.rate_unit = text_of(object, "rate_unit");
  return check;
}

void put(Json& object, const char* name, const std::optional<double>& value) {
  if (value) object[name] = *value;  // JSON has no infinity: nlohmann writes null, which reads as nothing
}

struct Writer {
  Json operator()(const CheckBegins& item) const { return {{"item", "begins"}, {"id", item.id}, {"level", item.level}}; }
  Json operator()(const TorchFact& item) const { return {{"item", "fact"}, {"name", item.name}, {"value", item.value}}; }
  Json operator()(const ReportEnds&) const { return {{"item", "ends"}}; }
  Json operator()(const Check& check) const {
    Json object{{"item", "check"},
                {"id", check.id},
                {"level", check.level},
                {"engine", check.engine},
                {"outcome", outcome_name(check.outcome)},
                {"detail", check.detail},
                {"seconds", check.seconds},
                {"measure", check.measure},
                {"rate_unit", check.rate_unit}};
    put(object, "error", check.error);
    put(object, "limit", check.limit);
    put(object, "rate", check.rate);
    put(object, "reference_rate", check.reference_rate);
    return object;
  }
};

}  // namespace

std::optional<ReportItem> parse_report_line(std::string_view line) {
  const Json object = Json::parse(line, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  const std::string item = text_of(object, "item");
  if (item == "begins") return CheckBegins{text_of(object, "id"), text_of(object, "level")};
  if (item == "check") return parse_check(object);
  if (item == "fact") return TorchFact{text_of(object, "name"), text_of(object, "value")};
  if (item == "ends") return ReportEnds{};
  return std::nullopt;
}

std::string write_report_line(const ReportItem& item) {
  return std::visit(Writer{}, item).dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
}

}  // namespace torchup
