#include "resolver/variants/code_list.hpp"
#include "resolver/variants/judgement.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

namespace torchup {
namespace {

/// Whether a product's name stands in a device's name as whole words; an `x` of the catalog's name is any digit ("GTX 10xx").
bool names_product(std::string_view device, std::string_view product) {
  const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  const auto same = [](char ours, char theirs) {
    return ours == theirs || (theirs == 'x' && std::isdigit(static_cast<unsigned char>(ours)) != 0);
  };
  for (std::size_t at = 0; at + product.size() <= device.size(); ++at) {
    const auto piece = device.substr(at, product.size());
    const bool ends = at + product.size() == device.size() || !is_word(device[at + product.size()]);
    if ((at == 0 || !is_word(device[at - 1])) && ends && std::equal(piece.begin(), piece.end(), product.begin(), same)) return true;
  }
  return false;
}

/// The number that a text begins with, and how many characters it has; nothing where it begins with none.
std::optional<std::pair<unsigned, std::size_t>> leading_number(std::string_view text) {
  unsigned number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc{}) return std::nullopt;
  return std::make_pair(number, static_cast<std::size_t>(end - text.data()));
}

/// The same for a range: "RTX 4090..4050" and "RTX A6000..A2000" name every number between those two.
bool names_range(std::string_view device, std::string_view product) {
  const auto dots = product.find("..");
  const auto digits = product.find_last_not_of("0123456789", dots - 1) + 1;
  const auto stem = product.substr(0, digits);
  const auto highest = leading_number(product.substr(digits));
  const auto last = product.substr(dots + 2);
  const auto lowest = leading_number(last.substr(std::min(last.find_first_of("0123456789"), last.size())));
  if (!highest || !lowest) return false;
  for (auto at = device.find(stem); at != std::string_view::npos; at = device.find(stem, at + 1)) {
    const auto number = leading_number(device.substr(at + stem.size()));
    if (!number || number->first > highest->first || number->first < lowest->first) continue;
    const auto after = at + stem.size() + number->second;
    if (after == device.size() || std::isalnum(static_cast<unsigned char>(device[after])) == 0) return true;
  }
  return false;
}

/// What the driver said; where it said nothing, what the catalog's table of products says of the name.
std::optional<Capability> capability_of_device(const Situation& situation, const Accelerator& gpu) {
  if (auto capability = capability_of(gpu.architecture)) return capability;
  for (const auto& row : situation.catalog.gpus) {
    if (std::any_of(row.products.begin(), row.products.end(), [&](const std::string& product) {
          return product.find("..") != std::string::npos ? names_range(gpu.name, product) : names_product(gpu.name, product);
        }))
      return row.capability;
  }
  return std::nullopt;
}

/// The nearest code below the device, or nullptr.
template <class Runs>
const Capability* best_code(const std::vector<Capability>& list, Runs runs) {
  const Capability* best = nullptr;
  for (const auto& code : list) {
    if (runs(code) && (best == nullptr || is_not_above(*best, code))) best = &code;
  }
  return best;
}

class CudaJudge {
 public:
  CudaJudge(const Situation& situation, const Build& build, Judgement& judgement)
      : m_situation(situation), m_build(build), m_judgement(judgement), m_cuda(cuda_of_variant()) {}

  void run() {
    const auto gpus = m_situation.usable("cuda");
    if (gpus.empty()) return refuse_for_no_device(m_situation, "cuda", "NVIDIA GPU", m_judgement);
    judge_board();
    judge_driver();
    m_judgement.devices = static_cast<unsigned>(gpus.size());
    m_code = find_code(m_situation.catalog, m_situation.platform, m_build.release.version, m_build.row.name);
    for (const auto* gpu : gpus) {
      if (judge_gpu(*gpu)) ++m_judgement.supported;
      warn_of_trouble(*gpu, m_judgement);
    }
  }

 private:
  const NumericVersion& cuda_of_variant() const {
    const auto& toolkits = m_situation.catalog.toolkits;
    // The catalog's check has made sure that there is one.
    return std::find_if(toolkits.begin(), toolkits.end(), [&](const auto& row) { return row.variant == m_build.row.name; })->cuda;
  }

  /// Before JetPack 7 (L4T 38) those boards had drivers and libraries of their own, which the server wheels do not match.
  void judge_board() {
    constexpr std::string_view k_jetson = "Jetson L4T ";
    const auto& board = m_situation.os()->board;
    if (!board.starts_with(k_jetson)) return;
    const auto l4t = NumericVersion::parse(std::string_view(board).substr(k_jetson.size()));
    if (l4t && l4t->major() >= 38) return;
    m_judgement.runnable = false;
    m_judgement.refuse("os-unsupported", board + " needs NVIDIA's own builds: the aarch64 wheels are for servers", "/etc/nv_tegra_release");
  }

  bool is_windows_driver() const { return m_situation.os()->wsl || m_situation.os()->system == "Windows"; }

  /// The highest CUDA whose first driver is not above this one.
  std::optional<NumericVersion> cuda_of_driver(const NumericVersion& driver) const {
    std::optional<NumericVersion> highest;
    for (const auto& row : m_situation.catalog.drivers) {
      const auto* const first = is_windows_driver() ? (row.windows_driver ? &*row.windows_driver : nullptr) : &row.linux_driver;
      if (first != nullptr && !(driver < *first) && (!highest || *highest < row.cuda)) highest = row.cuda;
    }
    return highest;
  }

  void judge_driver() {
    const auto* const stack = m_situation.driver("cuda");
    const auto* const version = stack != nullptr && stack->value.version ? &*stack->value.version : nullptr;
    auto supported = stack != nullptr ? stack->value.cuda : std::nullopt;
    if (!supported && version != nullptr) supported = cuda_of_driver(*version);
    const auto evidence = stack != nullptr ? evidence_text(stack->evidence) : std::string();
    if (!supported) {
      m_judgement.runnable = false;
      return m_judgement.refuse("driver-too-old", "neither the driver's version nor the CUDA that it supports is known", evidence);
    }
    const auto who = version != nullptr ? "driver " + version->text() : std::string("the driver");
    const bool is_forward = has_forward_library();
    const auto says =
        fmt::format("{} supports CUDA {}{}", who, supported->text(), is_forward ? " by its forward-compatibility library" : "");
    if (!(*supported < m_cuda) && is_forward)
      return m_judgement.allow("driver-forward-compatible", fmt::format("{}, {} needs {}", says, m_build.row.name, m_cuda.text()),
                               evidence);
    if (!(*supported < m_cuda))
      return m_judgement.allow("fits", fmt::format("{}, {} needs {}", says, m_build.row.name, m_cuda.text()), evidence);
    m_minor_compatible = is_minor_compatible(*supported, version);
    if (m_minor_compatible) {
      m_judgement.native = false;
      return m_judgement.allow(
          "driver-minor-compatible",
          fmt::format("{}, below {}'s {}: precompiled kernels run by minor-version compatibility, what is compiled at run time may not",
                      says, m_build.row.name, m_cuda.text()),
          evidence);
    }
    m_judgement.runnable = false;
    m_judgement.refuse("driver-too-old", fmt::format("{}, and {} needs {}{}", says, m_build.row.name, m_cuda.text(), needed_driver()),
                       evidence);
  }

  /// A libcuda of a newer driver that programs load beside the kernel module of an older one (the cuda-compat packages).
  bool has_forward_library() const {
    const auto& libraries = m_situation.facts.libraries;
    return std::any_of(libraries.begin(), libraries.end(), [](const Fact<RuntimeLibrary>& library) {
      return library.value.name == "libcuda.so.1" && library.value.role == "compat" && library.value.result == 0;
    });
  }

  const MinorRow* minor_row() const {
    const auto& rows = m_situation.catalog.minors;
    const auto at = std::find_if(rows.begin(), rows.end(), [&](const MinorRow& row) { return !(m_cuda < row.from) && !(row.to < m_cuda); });
    return at == rows.end() ? nullptr : &*at;
  }

  const NumericVersion& floor_of(const MinorRow& row) const { return is_windows_driver() ? row.windows_driver : row.linux_driver; }

  bool is_minor_compatible(const NumericVersion& supported, const NumericVersion* driver) const {
    // Only from CUDA 11 on, and never across a major number.
    const auto* const row = minor_row();
    if (row == nullptr || row->from.major() < 11 || supported.major() != m_cuda.major()) return false;
    return driver == nullptr ? !(supported < row->from) : !(*driver < floor_of(*row));
  }

  std::string needed_driver() const {
    const auto* const row = minor_row();
    return row == nullptr ? std::string() : fmt::format(", which drivers from {} on can run", floor_of(*row).text());
  }

  /// Adds the reason for one GPU; whether the build has code that it runs.
  bool judge_gpu(const Fact<Accelerator>& gpu) {
    const auto device = capability_of_device(m_situation, gpu.value);
    if (!device) {
      m_judgement.refuse("arch-missing", fmt::format("the architecture of {} is not known", gpu.value.name), evidence_text(gpu.evidence));
      return false;
    }
    if (m_code.row == nullptr) {
      m_judgement.native = false;
      m_judgement.allow("fits",
                        fmt::format("no source lists the architectures of torch {} {} on {}; {} is taken on trust",
                                    m_build.release.version.text(), m_build.row.name, m_situation.platform, sm(*device)),
                        "catalog");
      return true;
    }
    return judge_code(gpu, *device);
  }

  bool judge_code(const Fact<Accelerator>& gpu, const Capability& device) {
    const auto who = fmt::format("{} ({})", gpu.value.name, sm(device));
    const auto source = "catalog: " + m_code.row->source + (m_code.inferred ? " (the list of torch " + m_code.row->torch.text() + ")" : "");
    if (const auto* cubin = best_code(m_code.row->cubins, [&](const auto& code) { return runs_cubin(device, code); })) {
      const bool is_exact = cubin->major == device.major && cubin->minor == device.minor;
      m_judgement.allow(is_exact ? "fits" : "arch-family", fmt::format("{} runs code for {}", who, sm(*cubin)), source);
      return true;
    }
    const auto* const ptx = best_code(m_code.row->ptx, [&](const auto& code) { return code.suffix == 0 && is_not_above(code, device); });
    // A driver that runs this CUDA only by minor-version compatibility cannot compile its PTX.
    if (ptx != nullptr && !m_minor_compatible) {
      m_judgement.native = false;
      m_judgement.allow("arch-ptx", fmt::format("{} compiles PTX of {}.{} at the first run", who, ptx->major, ptx->minor), source);
      return true;
    }
    m_judgement.refuse("arch-missing",
                       fmt::format("torch {} {} has no code for {}, only for {}", m_build.release.version.text(), m_build.row.name, who,
                                   fmt::join(code_names(*m_code.row), ", ")),
                       source);
    return false;
  }

  const Situation& m_situation;
  const Build& m_build;
  Judgement& m_judgement;
  const NumericVersion& m_cuda;
  Code m_code;
  bool m_minor_compatible = false;
};

}  // namespace

void judge_cuda(const Situation& situation, const Build& build, Judgement& judgement) { CudaJudge(situation, build, judgement).run(); }

}  // namespace torchup
