#pragma once
// Compiled once for all test programs: what most tests include.

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <tl/expected.hpp>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>
