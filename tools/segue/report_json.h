// This file's external interface is the document of `segue report`.
#pragma once

#include <optional>
#include <string>

#include "bindings/cpp/report/catalogue.h"
#include "bindings/cpp/report/funnel.h"
#include "bindings/cpp/report/intersections.h"
#include "bindings/cpp/test.h"
#include "tools/segue/report.h"

namespace segue::command {

// What the page shows beside the answers, which are in the Report.
struct PageContent {
  Catalogue catalogue;
  std::optional<TestRun> tests;
  std::optional<Funnels> funnels;
  std::optional<Intersections> intersections;
};

// The document `segue.report/1`, which the page draws. What is not known is null.
[[nodiscard]] std::string report_document(const Report& report, const PageContent& content);

}  // namespace segue::command
