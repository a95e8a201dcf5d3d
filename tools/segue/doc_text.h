// This file's external interface is the documents of `segue doc`, each from a catalogue and with a line break at its end.
#pragma once

#include <optional>
#include <string>

#include "bindings/cpp/report/catalogue.h"
#include "tools/segue/report.h"

namespace segue::command {

// For a repository's web pages: GitHub and GitLab link it, and draw its graph. `files` is the way from the document's folder to the project's, `../`, for links to the
// lines of rules; without it there are none.
[[nodiscard]] std::string catalogue_markdown(const Catalogue& catalogue, const std::optional<std::string>& files);

// The document `segue.doc/1`; of a call that failed, its diagnostics.
[[nodiscard]] std::string catalogue_document(const Catalogue& catalogue, const Report& report);

}  // namespace segue::command
