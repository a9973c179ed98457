#pragma once
// Compiled once for each layer: the standard headers that most files include.

#include <fmt/format.h>
#include <tl/expected.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>
