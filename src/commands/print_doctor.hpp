#pragma once
// What the doctor found, for people and for scripts.

#include "torchup/doctor/doctor.hpp"

#include "src/ui/terminal.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace torchup {

/// One line a check with its mark, the findings below it, a summary at the end. `verbose` shows also what was passed over and the
/// evidence of notes. Ends with a newline.
std::string doctor_text(const std::vector<Examination>& examinations, bool verbose, const Terminal& terminal);

/// `findings[{id,severity,title,evidence[],remedy[]}]` as cli says, and `checks[{id,outcome,status}]`; added to the document.
void add_doctor_json(nlohmann::ordered_json& document, const std::vector<Examination>& examinations);

/// The table of --list: each check with what it looks at and the ids of its findings.
std::string check_list_text(const Terminal& terminal);
void add_check_list_json(nlohmann::ordered_json& document);

}  // namespace torchup
