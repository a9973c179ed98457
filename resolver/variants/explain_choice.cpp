#include "resolver/variants/explain_choice.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace torchup {
namespace {

/// The first reason against a variant, or nullptr.
const VariantReason* obstacle(const RankedVariant& variant) {
  const auto at = std::find_if(variant.reasons.begin(), variant.reasons.end(), [](const auto& reason) { return !reason.fits; });
  return at == variant.reasons.end() ? nullptr : &*at;
}

bool says(const RankedVariant& variant, std::string_view code) {
  return std::any_of(variant.reasons.begin(), variant.reasons.end(), [&](const auto& reason) { return reason.code == code; });
}

std::string name_of(const RankedVariant& variant) { return fmt::format("torch {} {}", variant.release, variant.name); }

/// "NVIDIA L4 (sm_89)", "AMD gfx1031 (taken for gfx1030)": the name with what its builds go by.
std::string name_of(const Accelerator& gpu) {
  std::string marks = gpu.name.ends_with(gpu.architecture) ? "" : gpu.architecture;
  if (!gpu.taken_for.empty()) marks += (marks.empty() ? "taken for " : ", taken for ") + gpu.taken_for;
  return marks.empty() ? gpu.name : fmt::format("{} ({})", gpu.name, marks);
}

enum class Which { all, usable };

std::string accelerator_names(const Situation& situation, Which which) {
  std::vector<std::string> names;
  for (const auto& gpu : situation.facts.accelerators) {
    if (which == Which::all || gpu.value.unusable.empty()) names.push_back(name_of(gpu.value));
  }
  return fmt::format("{}", fmt::join(names, " and "));
}

/// The usable ones that a reason of the build says it has no code for.
std::string names_without_code(const Situation& situation, const RankedVariant& chosen) {
  std::vector<std::string> names;
  for (const auto& gpu : situation.facts.accelerators) {
    // AMD's are told by their architecture, in a list of which it may stand, too.
    const bool is_amd = gpu.value.kind == "rocm" && !gpu.value.architecture.empty();
    const auto mark = is_amd ? fmt::format("no code for {},", gpu.value.architecture) : gpu.value.name;
    const auto is_about = [&](const VariantReason& reason) {
      return reason.code == "arch-missing" && reason.text.find(mark) != std::string::npos;
    };
    if (gpu.value.unusable.empty() && std::any_of(chosen.reasons.begin(), chosen.reasons.end(), is_about)) names.push_back(gpu.value.name);
  }
  return names.empty() ? "some" : fmt::format("{}", fmt::join(names, " and "));
}

std::string why_cpu(const Situation& situation, const VariantWish& wish, const RankedVariant* nearest) {
  const auto& accelerators = situation.facts.accelerators;
  if (accelerators.empty()) return "this host has no accelerator";
  const auto names = accelerator_names(situation, Which::all);
  if (wish.variant != "auto") return fmt::format("it was asked for; {} stays unused", names);
  const auto closed = std::find_if(accelerators.begin(), accelerators.end(), [](const auto& gpu) { return !gpu.value.unusable.empty(); });
  if (!situation.has_usable_accelerator())
    return fmt::format("{} stays unused: {} cannot be used: {}", names, closed->value.name, closed->value.unusable);
  const auto* const reason = nearest != nullptr ? obstacle(*nearest) : nullptr;
  return fmt::format("{} stays unused: {}", names,
                     reason != nullptr ? reason->text : "no release that the catalog knows has a build for it");
}

std::string why_accelerator(const Situation& situation, const RankedVariant& chosen) {
  if (!chosen.fits) {
    const auto* const reason = obstacle(chosen);
    return fmt::format("it was asked for, though this host could not use it{}", reason != nullptr ? ": " + reason->text : "");
  }
  if (says(chosen, "arch-missing"))
    return fmt::format("no build has code for every GPU here; this one leaves {} unused", names_without_code(situation, chosen));
  const auto names = accelerator_names(situation, Which::usable);
  if (says(chosen, "driver-minor-compatible")) return fmt::format("it runs on {} by minor-version compatibility only", names);
  return fmt::format("it has code for {}", names);
}

/// What must be mended before the chosen build can use the GPUs that it was chosen for.
std::string not_ready(const RankedVariant& chosen) {
  const auto at =
      std::find_if(chosen.reasons.begin(), chosen.reasons.end(), [](const auto& reason) { return reason.code == "device-not-ready"; });
  return at == chosen.reasons.end() ? "" : "; but " + at->text;
}

bool is_newer(const RankedVariant& variant, const std::string& release) {
  return NumericVersion::parse(release).value() < NumericVersion::parse(variant.release).value();
}

long obstacles(const RankedVariant& variant) {
  return std::count_if(variant.reasons.begin(), variant.reasons.end(), [](const auto& reason) { return !reason.fits; });
}

/// Of the newest release, the variant that came nearest to fitting; nullptr where the chosen release is the newest.
const RankedVariant* nearest_of_newest(const VariantChoice& choice, const VariantWish& wish) {
  const bool is_named = wish.variant != "auto" && wish.variant != "default";
  const RankedVariant* nearest = nullptr;
  for (const auto& variant : choice.ranked) {
    if (variant.fits || !is_newer(variant, choice.chosen->release)) continue;
    if (says(variant, "no-device") || (is_named && variant.name != wish.variant)) continue;
    const bool is_of_newer = nearest == nullptr || is_newer(variant, nearest->release);
    if (is_of_newer || (variant.release == nearest->release && obstacles(variant) < obstacles(*nearest))) nearest = &variant;
  }
  return nearest;
}

/// What the choice costs: newer releases that do not fit, or that would only by minor-version compatibility.
std::string passed_over(const VariantChoice& choice, const VariantWish& wish) {
  const auto is_possible = [&](const RankedVariant& variant) {
    return variant.fits && says(variant, "driver-minor-compatible") && is_newer(variant, choice.chosen->release);
  };
  const auto at = std::find_if(choice.ranked.begin(), choice.ranked.end(), is_possible);
  const auto* const possible = at == choice.ranked.end() ? nullptr : &*at;
  const auto* const nearest = nearest_of_newest(choice, wish);
  std::string text;
  if (nearest != nullptr && (possible == nullptr || possible->release != nearest->release)) {
    text += fmt::format("; {} was passed over: {}", nearest->release, obstacle(*nearest)->text);
  }
  if (possible != nullptr) text += fmt::format("; {} would run by minor-version compatibility only", name_of(*possible));
  return text;
}

}  // namespace

std::string explain_choice(const Situation& situation, const VariantChoice& choice, const VariantWish& wish, const RankedVariant* nearest) {
  if (!choice.chosen) {
    const auto* const reason = choice.ranked.empty() ? nullptr : obstacle(choice.ranked.front());
    return reason == nullptr ? "no variant of torch fits this host" : "no variant of torch fits this host: " + reason->text;
  }
  const auto& chosen = *choice.chosen;
  const char* const from = chosen.index == VariantIndex::main ? "the main index" : "the PyTorch index";
  const auto why = chosen.name == "cpu" ? why_cpu(situation, wish, nearest) : why_accelerator(situation, chosen);
  return fmt::format("{} from {}: {}{}{}", name_of(chosen), from, why, not_ready(chosen), passed_over(choice, wish));
}

}  // namespace torchup
