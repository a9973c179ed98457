#pragma once
// Gathers what the doctor and the report look at: the host's facts, the environment that is meant, folders, indexes, and what the
// ledger noted of the last healthy run.

#include "torchup/doctor/doctor.hpp"

#include "src/commands/application.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace torchup {

/// The environment that --env names, else the active one (VIRTUAL_ENV, CONDA_PREFIX), else ./.venv.
std::filesystem::path examined_root(Application& application, const std::string& env);

/// That environment, read. Nothing where none was named and there is none; a named one that is none is ErrorKind::host.
Result<std::optional<InstalledEnvironment>> examined_environment(Application& application, const std::string& env);

/// What the ledger noted of the host when validation last found the environment healthy. A ledger that cannot be read is a note.
std::optional<HealthyHost> healthy_host(Application& application, const std::filesystem::path& root);

DoctorPlaces doctor_places(Application& application);

/// The indexes and mirrors that an install would use now. What is configured wrongly is told through `problems`.
std::vector<DoctorIndex> doctor_indexes(Application& application, std::vector<std::string>& problems);

}  // namespace torchup
