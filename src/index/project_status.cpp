#include "src/index/project_page.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace torchup {
namespace {

using Marker = ProjectStatus::Marker;

constexpr std::array<std::pair<std::string_view, Marker>, 3> k_markers{
    {{"archived", Marker::archived}, {"deprecated", Marker::deprecated}, {"quarantined", Marker::quarantined}}};

}  // namespace

std::optional<Marker> parse_status_marker(std::string_view text) {
  const auto found = std::find_if(k_markers.begin(), k_markers.end(), [&](const auto& known) { return known.first == text; });
  return found == k_markers.end() ? std::nullopt : std::optional(found->second);
}

std::string_view status_text(Marker marker) {
  return std::find_if(k_markers.begin(), k_markers.end(), [&](const auto& known) { return known.second == marker; })->first;
}

}  // namespace torchup
