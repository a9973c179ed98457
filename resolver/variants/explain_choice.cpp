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

std::string accelerator_names(const Situation& situation) {
  std::vector<std::string> names;
  for (const auto& accelerator : situation.facts.accelerators) {
    const auto& architecture = accelerator.value.architecture;
    names.push_back(accelerator.value.name + (architecture.empty() ? "" : " (" + architecture + ")"));
  }
  return fmt::format("{}", fmt::join(names, " and "));
}

/// The best variant that is for an accelerator of this host and was not taken.
const RankedVariant* best_refused(const Situation& situation, const VariantChoice& choice) {
  const auto is_for_us = [&](const RankedVariant& variant) {
    const auto kind = variant.name.starts_with("cu") ? "cuda" : variant.name.starts_with("rocm") ? "rocm" : variant.name.c_str();
    const auto& accelerators = situation.facts.accelerators;
    return !variant.fits && variant.name != "cpu" &&
           std::any_of(accelerators.begin(), accelerators.end(), [&](const auto& accelerator) { return accelerator.value.kind == kind; });
  };
  const auto at = std::find_if(choice.ranked.begin(), choice.ranked.end(), is_for_us);
  return at == choice.ranked.end() ? nullptr : &*at;
}

std::string why_cpu(const Situation& situation, const VariantChoice& choice, const VariantWish& wish) {
  if (situation.facts.accelerators.empty()) return "this host has no accelerator";
  if (wish.variant != "auto") return fmt::format("it was asked for; {} stays unused", accelerator_names(situation));
  const auto* const refused = best_refused(situation, choice);
  const auto* const reason = refused != nullptr ? obstacle(*refused) : nullptr;
  return fmt::format("{} stays unused{}", accelerator_names(situation), reason != nullptr ? ": " + reason->text : "");
}

std::string why_accelerator(const Situation& situation, const RankedVariant& chosen) {
  if (!chosen.fits) {
    const auto* const reason = obstacle(chosen);
    return fmt::format("it was asked for, though this host could not use it{}", reason != nullptr ? ": " + reason->text : "");
  }
  if (says(chosen, "arch-missing")) return "no build has code for every GPU here; this one leaves some unused";
  if (says(chosen, "driver-minor-compatible"))
    return fmt::format("it runs on {} by minor-version compatibility only", accelerator_names(situation));
  return fmt::format("it has code for {}", accelerator_names(situation));
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

std::string explain_choice(const Situation& situation, const VariantChoice& choice, const VariantWish& wish) {
  if (!choice.chosen) {
    const auto* const reason = choice.ranked.empty() ? nullptr : obstacle(choice.ranked.front());
    return reason == nullptr ? "no variant of torch fits this host" : "no variant of torch fits this host: " + reason->text;
  }
  const auto& chosen = *choice.chosen;
  const char* const from = chosen.index == VariantIndex::main ? "the main index" : "the PyTorch index";
  const auto why = chosen.name == "cpu" ? why_cpu(situation, choice, wish) : why_accelerator(situation, chosen);
  return fmt::format("{} from {}: {}{}", name_of(chosen), from, why, passed_over(choice, wish));
}

}  // namespace torchup
