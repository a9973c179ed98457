#include "src/commands/bench_plots.hpp"

#include "src/commands/bench_junit.hpp"
#include "src/commands/print_bench.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace torchup {
namespace {

/// A logarithmic axis from a place of the drawing to another.
struct Axis {
  double least, most;  // values
  double start, end;   // places

  double place(double value) const {
    const double share = std::log(std::clamp(value, least, most) / least) / std::log(most / least);
    return start + share * (end - start);
  }
};

constexpr double k_width = 640, k_height = 320, k_left = 56, k_right = 16, k_top = 16, k_bottom = 40;

std::string text_at(double x, double y, const std::string& anchor, const std::string& text, const std::string& more = "") {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\"{}>{}</text>", x, y, anchor, more, markup_text(text));
}

std::string line_between(double x1, double y1, double x2, double y2, const std::string& kind) {
  return fmt::format("<line class=\"{}\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\"/>", kind, x1, y1, x2, y2);
}

std::string drawing(double width, double height, const std::string& title, const std::string& inside) {
  return fmt::format("<svg viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{}\">{}</svg>", width, height, markup_text(title),
                     inside);
}

/// Powers of ten within an axis.
std::vector<double> tens(const Axis& axis) {
  std::vector<double> values;
  for (double power = std::ceil(std::log10(axis.least) - 1e-9); power <= std::log10(axis.most) + 1e-9; ++power)
    values.push_back(std::pow(10.0, power));
  return values;
}

std::string number_text(double value) { return fmt::format("{:g}", value); }

/// "torch-c" and the like as a class of the style sheet.
std::string class_of(const BenchResult& result) {
  for (const char* engine : {"native", "blas", "torch-c", "torch-python"}) {
    if (result.engine == engine) return engine;
  }
  return "other";
}

struct RoofPoint {
  const BenchResult* result;
  double intensity, rate;  // FLOP a byte, GFLOP/s
};

std::vector<RoofPoint> roof_points(const BenchReport& report) {
  std::vector<RoofPoint> points;
  for (const BenchResult& result : report.results) {
    const bool drawn = result.trouble.empty() && !result.is_baseline && result.roofline_fraction > 0 && result.kernel != "peak" &&
                       result.kernel != "triad";
    if (!drawn || !(result.work.flops > 0) || !(result.work.bytes > 0) || !(result.seconds.median > 0)) continue;
    points.push_back({&result, result.work.flops / result.work.bytes, result.work.flops / result.seconds.median / 1e9});
  }
  return points;
}

std::string roof_axes(const Axis& x, const Axis& y) {
  std::string inside;
  for (const double value : tens(x)) {
    inside += line_between(x.place(value), y.start, x.place(value), y.end, "grid");
    inside += text_at(x.place(value), y.start + 16, "middle", number_text(value));
  }
  for (const double value : tens(y)) {
    inside += line_between(x.start, y.place(value), x.end, y.place(value), "grid");
    inside += text_at(x.start - 6, y.place(value) + 4, "end", number_text(value));
  }
  inside += text_at((x.start + x.end) / 2, k_height - 6, "middle", "FLOP a byte of memory");
  return inside + text_at(x.start + 4, y.end + 10, "start", "GFLOP/s");
}

}  // namespace

std::string roofline_plot(const BenchReport& report) {
  const std::vector<RoofPoint> points = roof_points(report);
  if (!(report.roofline.flops > 0) || !(report.roofline.bytes > 0) || points.empty()) return {};
  const double peak = report.roofline.flops / 1e9, memory = report.roofline.bytes / 1e9;
  double least_rate = peak, most_intensity = peak / memory * 4, least_intensity = 0.05;
  for (const RoofPoint& point : points) {
    least_rate = std::min(least_rate, point.rate);
    most_intensity = std::max(most_intensity, point.intensity * 2);
    least_intensity = std::min(least_intensity, point.intensity / 2);
  }
  const Axis x{least_intensity, most_intensity, k_left, k_width - k_right};
  const Axis y{std::min(least_rate, memory * least_intensity) / 2, peak * 2, k_height - k_bottom, k_top};
  std::string inside = roof_axes(x, y);
  inside += fmt::format("<polyline class=\"roof\" points=\"{:.1f},{:.1f} {:.1f},{:.1f} {:.1f},{:.1f}\"/>", x.place(least_intensity),
                        y.place(memory * least_intensity), x.place(peak / memory), y.place(peak), x.end, y.place(peak));
  for (const RoofPoint& point : points) {
    inside += fmt::format(
        "<circle class=\"dot {}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\"><title>{}</title></circle>", class_of(*point.result),
        x.place(point.intensity), y.place(point.rate), point.result->engine == "native" ? 7 : 4,
        markup_text(fmt::format("{} {}, {}: {}, {:.0f} % of the roof", point.result->kernel, point.result->kernel_case,
                                point.result->engine, achieved_text(point.rate, "GFLOP/s"), point.result->roofline_fraction * 100)));
  }
  return drawing(k_width, k_height, "Roofline of one core, with what each operation reached", inside);
}

std::string distribution_plot(const BenchResult& result, double least_seconds, double most_seconds) {
  if (result.samples.empty() || !(least_seconds > 0)) return {};
  constexpr double width = 240, height = 22;
  const Axis x{least_seconds * 0.98, std::max(most_seconds, least_seconds) * 1.02, 4, width - 4};
  std::string inside;
  for (const double seconds : result.samples)
    inside += line_between(x.place(seconds), 5, x.place(seconds), height - 5, "sample " + class_of(result));
  inside += line_between(x.place(result.seconds.median), 1, x.place(result.seconds.median), height - 1, "median");
  return drawing(width, height, fmt::format("{} samples of {}", result.samples.size(), result.engine), inside);
}

std::string history_plot(const std::vector<BenchmarkEntry>& newest_first, const std::string& engine) {
  std::map<std::string, std::vector<std::pair<std::size_t, double>>> lines;  // by case: place in time, ratio
  double least = std::numeric_limits<double>::infinity(), most = 0;
  for (std::size_t i = 0; i < newest_first.size(); ++i) {
    for (const BenchResult& result : newest_first[newest_first.size() - 1 - i].report.results) {
      if (result.engine != engine || !result.to_reference || !(result.to_reference->ratio > 0)) continue;
      lines[result.kernel + " " + result.kernel_case].emplace_back(i, result.to_reference->ratio);
      least = std::min(least, result.to_reference->ratio);
      most = std::max(most, result.to_reference->ratio);
    }
  }
  if (newest_first.size() < 2 || lines.empty()) return {};
  const Axis y{least * 0.8, most * 1.25, k_height - k_bottom, k_top};
  const double step = (k_width - k_left - k_right - 130) / static_cast<double>(newest_first.size() - 1);
  std::string inside;
  for (const double value : {0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0}) {
    if (value < y.least || value > y.most) continue;
    inside += line_between(k_left, y.place(value), k_width - k_right - 130, y.place(value), "grid");
    inside += text_at(k_left - 6, y.place(value) + 4, "end", number_text(value));
  }
  double label = 0;
  std::vector<std::pair<double, std::string>> labels;
  std::size_t place = 0;
  for (const auto& [name, points] : lines) {
    std::string path;
    for (const auto& [i, ratio] : points) path += fmt::format("{:.1f},{:.1f} ", k_left + step * static_cast<double>(i), y.place(ratio));
    inside += fmt::format("<polyline class=\"line line{}\" points=\"{}\"><title>{}</title></polyline>", place % 8, path, markup_text(name));
    for (const auto& [i, ratio] : points)
      inside += fmt::format("<circle class=\"line{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\"/>", place % 8,
                            k_left + step * static_cast<double>(i), y.place(ratio));
    labels.emplace_back(y.place(points.back().second), fmt::format("<tspan class=\"line{}\">●</tspan> {}", place % 8, markup_text(name)));
    ++place;
  }
  std::sort(labels.begin(), labels.end());
  for (const auto& [at, text] : labels) {
    label = std::max(at + 4, label + 14);  // one below the other, where lines end close together
    inside += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>", k_width - k_right - 122, label, text);
  }
  inside += text_at(k_left, k_height - 14, "start", minute_text(newest_first.back().at));
  inside += text_at(k_width - k_right - 130, k_height - 14, "end", minute_text(newest_first.front().at));
  return drawing(k_width, k_height, "Time over our own kernels, through the history", inside);
}

}  // namespace torchup
