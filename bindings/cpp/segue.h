// The C++ facade of Segue, whole: open a project, evaluate it, compare, assess and audit its segments, explain an account, run tests, write results,
// format rules. Everything is plain data and free functions; no exception leaves them.
//
//   auto file = segue::find_project_file("", std::filesystem::current_path());
//   auto project = segue::open_project(*file);
//   auto evaluation = segue::evaluate(*project, {.data = {.clock = segue::current_clock(), .threads = 2}});
//   for (const auto& outcome : evaluation->definitions) use(project->definitions[outcome.definition].name, outcome.size);
#pragma once

#include "bindings/cpp/account.h"
#include "bindings/cpp/assess.h"
#include "bindings/cpp/audit.h"
#include "bindings/cpp/evaluate.h"
#include "bindings/cpp/explain.h"
#include "bindings/cpp/failure.h"
#include "bindings/cpp/format.h"
#include "bindings/cpp/history.h"
#include "bindings/cpp/live.h"
#include "bindings/cpp/open_ahead.h"
#include "bindings/cpp/output.h"
#include "bindings/cpp/prepare.h"
#include "bindings/cpp/profile.h"
#include "bindings/cpp/project.h"
#include "bindings/cpp/report.h"
#include "bindings/cpp/sql.h"
#include "bindings/cpp/test.h"
