// Lines of CODEOWNERS.
#include "bindings/cpp/report/codeowners.h"

#include <algorithm>
#include <map>
#include <set>
#include <system_error>
#include <utility>

namespace segue {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBegin =
    "# Owners of definitions, made by `segue doc --format codeowners`; change `owner` in the rules instead.\n";
constexpr std::string_view kEnd = "# End of what `segue doc` made.\n";

std::string_view trimmed_owner(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// `owner: "sales, marketing"` names two.
std::vector<std::string> split_owners(std::string_view text) {
  std::vector<std::string> owners;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    if (const std::string_view owner = trimmed_owner(text.substr(begin, end - begin)); !owner.empty()) owners.emplace_back(owner);
    begin = end + 1;
  }
  return owners;
}

bool is_team_letter(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '_' || letter == '.' || letter == '/' ||
         static_cast<unsigned char>(letter) >= 0x80;
}

// `Marketing Ops` as `marketing-ops`.
std::string team_name(std::string_view owner) {
  std::string name;
  for (const char letter : owner) {
    const char small = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    if (is_team_letter(small)) name += small;
    else if (!name.empty() && name.back() != '-') name += '-';
  }
  while (name.ends_with('-')) name.pop_back();
  return name;
}

// What stands for an owner; empty where nothing does.
std::string codeowner(const std::string& owner, const CodeownersNames& names) {
  for (const NamedText& named : names.owners) {
    if (named.name == owner) return named.text;
  }
  // A blank would make two owners of one.
  if (owner.find('@') != std::string::npos && owner.find_first_of(" \t") == std::string::npos) return owner;
  const std::string name = team_name(owner);
  if (!names.pattern || name.empty()) return {};
  std::string written = *names.pattern;
  if (const std::size_t hole = written.find("{}"); hole != std::string::npos) written.replace(hole, 2, name);
  return written;
}

// A path as a pattern that matches it alone: from the root, with what patterns and comments are made of escaped.
std::string path_pattern(const fs::path& path) {
  std::string pattern = "/";
  for (const char letter : path.generic_string()) {
    if (std::string_view(" \t*?[]\\#!").find(letter) != std::string_view::npos) pattern += '\\';
    pattern += letter == '\n' || letter == '\r' ? '?' : letter;
  }
  return pattern;
}

// The owners of each file as the rules name them.
std::map<std::string, std::set<std::string>> owners_by_file(const Catalogue& catalogue) {
  std::map<std::string, std::set<std::string>> owners;
  for (const std::string& file : catalogue.files) owners[file];
  for (const CatalogueEntry& entry : catalogue.entries) {
    if (entry.is_prelude) continue;
    for (std::string& owner : split_owners(entry.owner)) owners[entry.file].insert(std::move(owner));
  }
  return owners;
}

}  // namespace

std::expected<std::string, std::vector<std::string>> codeowners_block(const Catalogue& catalogue, const fs::path& folder,
                                                                      const CodeownersNames& names) {
  std::string block(kBegin);
  std::set<std::string> nameless;
  for (const auto& [file, owners] : owners_by_file(catalogue)) {
    std::set<std::string> written;
    for (const std::string& owner : owners) {
      std::string name = codeowner(owner, names);
      if (name.empty()) nameless.insert(owner);
      else written.insert(std::move(name));
    }
    // A line without owners would take the file away from those of a wider pattern above.
    if (owners.empty()) block += "# no owner: ";
    block += path_pattern((folder / file).lexically_normal());
    for (const std::string& name : written) block += " " + name;
    block += "\n";
  }
  if (!nameless.empty()) return std::unexpected(std::vector<std::string>(nameless.begin(), nameless.end()));
  return block.append(kEnd);
}

std::string with_codeowners_block(std::string_view text, std::string_view block) {
  const std::size_t begin = text.find(kBegin);
  const std::size_t end = begin == std::string_view::npos ? begin : text.find(kEnd, begin);
  std::string merged;
  if (end != std::string_view::npos) {
    merged.append(text.substr(0, begin)).append(block).append(text.substr(end + kEnd.size()));
    return merged;
  }
  merged = text;
  if (!merged.empty() && !merged.ends_with('\n')) merged += '\n';
  if (!merged.empty()) merged += '\n';
  return merged.append(block);
}

fs::path path_in_repository(const fs::path& folder) {
  std::error_code error;
  const fs::path whole = fs::weakly_canonical(folder, error);
  if (error) return {};
  for (fs::path at = whole;; at = at.parent_path()) {
    if (fs::exists(at / ".git", error)) return whole.lexically_relative(at) == "." ? fs::path() : whole.lexically_relative(at);
    if (at == at.parent_path()) return {};
  }
}

}  // namespace segue
