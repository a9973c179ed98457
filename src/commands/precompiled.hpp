#pragma once
// Compiled once for all commands: what the layers share, and JSON, which nearly each of them writes.

#include "cmake/precompiled.hpp"

#include <nlohmann/json.hpp>
