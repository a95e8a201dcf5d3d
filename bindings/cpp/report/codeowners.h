// This file's external interface is CODEOWNERS, the file by which GitHub and GitLab ask for reviews: who owns which files of rules, from `owner`.
#pragma once

#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bindings/cpp/project.h"
#include "bindings/cpp/report/catalogue.h"

namespace segue {

// How the owners that rules name are written in CODEOWNERS. One that holds an `@`, a user, a team or an e-mail, is written as it is.
struct CodeownersNames {
  std::vector<NamedText> owners;  // the owner in the rules, and what stands for it
  std::optional<std::string>
      pattern;  // for all others: `@acme/{}`, whose `{}` is the owner in small letters, with `-` for what no name of a team may hold
};

// The lines of CODEOWNERS for a catalogue's files of rules, between two comments that mark them as made. `folder` is the project's, relative to the
// repository's root. The error lists the owners that nothing stands for, one at least.
[[nodiscard]] std::expected<std::string, std::vector<std::string>> codeowners_block(const Catalogue& catalogue,
                                                                                    const std::filesystem::path& folder,
                                                                                    const CodeownersNames& names);

// `text`, the content of a CODEOWNERS so far, with its block replaced, or with the block at its end where it has none.
[[nodiscard]] std::string with_codeowners_block(std::string_view text, std::string_view block);

// The folder relative to the root of the git repository that it lies in; empty where it is the root itself or lies in none.
[[nodiscard]] std::filesystem::path path_in_repository(const std::filesystem::path& folder);

}  // namespace segue
