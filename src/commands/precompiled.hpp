#pragma once
// Compiled once for all commands: the two large headers that nearly each of them includes.

#include "cmake/precompiled.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
