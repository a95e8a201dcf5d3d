// Diagnostics as SARIF: https://docs.oasis-open.org/sarif/sarif/v2.1.0/. Section numbers below are those of that document.
#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "compiler/diagnostics/advice.h"
#include "compiler/diagnostics/review.h"
#include "compiler/diagnostics/review_text.h"

namespace segue {
namespace {

using Sarif = nlohmann::ordered_json;

// Which entry of `rules` each kind has: those that the run has findings of, in the order of kinds.def.
using RuleIndexes = std::map<DiagnosticKind, std::size_t>;

Sarif text_object(std::string text) { return {{"text", std::move(text)}}; }

// The first letter in upper case and a full stop: descriptions are sentences (3.49.9).
std::string as_sentence(std::string text) {
  if (text.empty()) return text;
  if (text.front() >= 'a' && text.front() <= 'z') text.front() = static_cast<char>(text.front() - 'a' + 'A');
  return text.ends_with('.') ? text : text + ".";
}

// A path as a relative reference (RFC 3986); an absolute one as a file URI.
std::string uri_of(std::string_view path) {
  static constexpr std::string_view kPlain = "-._~/!$&'()*+,;=@";
  std::string uri = path.starts_with('/') ? "file://" : "";
  for (const char letter : path) {
    const bool is_plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
                          kPlain.find(letter) != std::string_view::npos;
    if (is_plain) uri += letter;
    else uri += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(letter)));
  }
  return uri;
}

Sarif artifact_json(const ReviewRun& run, std::string_view file) {
  const std::string path = review_path(run, file);
  Sarif artifact = {{"uri", uri_of(path)}};
  if (!path.starts_with('/')) artifact["uriBaseId"] = "%SRCROOT%";
  return artifact;
}

// 3.30: columns count from 1, the end is the column behind the last character. What is not known is left out.
Sarif region_json(const ResolvedLocation& place) {
  Sarif region = {{"startLine", place.start.line}};
  if (place.start.column == 0) return region;
  region["startColumn"] = place.start.column;
  if (place.end.line == 0 || place.end.column == 0) return region;
  region["endLine"] = place.end.line;
  region["endColumn"] = place.end.column;
  return region;
}

Sarif physical_json(const ReviewRun& run, const ResolvedLocation& place) {
  Sarif physical = {{"artifactLocation", artifact_json(run, place.file)}};
  if (place.start.line != 0) physical["region"] = region_json(place);
  return physical;
}

Sarif related_json(const ReviewRun& run, const Diagnostic& diagnostic, const SourceMap& sources) {
  Sarif related = Sarif::array();
  for (const Note& note : diagnostic.notes) {
    const ResolvedLocation place = resolve(note.location, sources);
    if (place.file.empty()) continue;
    related.push_back(
        {{"id", related.size() + 1}, {"physicalLocation", physical_json(run, place)}, {"message", text_object(note_message(note))}});
  }
  return related;
}

Sarif sarif_fix_json(const ReviewRun& run, const Fix& fix, const SourceMap& sources) {
  std::map<std::string_view, Sarif> by_file;
  for (const Edit& edit : fix.edits) {
    const ResolvedLocation place = resolve(edit.span, sources);
    Sarif& replacements = by_file.try_emplace(place.file, Sarif::array()).first->second;
    replacements.push_back({{"deletedRegion", region_json(place)}, {"insertedContent", text_object(edit.text)}});
  }
  Sarif changes = Sarif::array();
  for (auto& [file, replacements] : by_file)
    changes.push_back({{"artifactLocation", artifact_json(run, file)}, {"replacements", std::move(replacements)}});
  return {{"description", text_object(fix.message)}, {"artifactChanges", std::move(changes)}};
}

// The line that a finding begins on, without the blanks around it.
std::string_view trimmed_line(const Diagnostic& diagnostic, const SourceMap& sources) {
  const auto* span = std::get_if<Span>(&diagnostic.location);
  if (span == nullptr || span->source == kNoSource) return {};
  const Source& source = source_of(sources, span->source);
  std::string_view line = line_text(source, position_at(source, span->begin).line);
  const std::size_t first = std::min(line.find_first_not_of(" \t"), line.size());
  line.remove_prefix(first);
  return line.substr(0, line.find_last_not_of(" \t\r") + 1);
}

// FNV-1a, 64 bits (http://www.isthe.com/chongo/tech/comp/fnv): no defence against anybody, but the same on every machine.
std::uint64_t line_hash(std::string_view text, std::uint64_t hash = 0xcbf29ce484222325ULL) {
  for (const char letter : text) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3ULL;
  return hash;
}

// Gives each finding its mark: the kind, the file and the text of its line, and which of several like it it is.
class Fingerprints {
 public:
  std::string next(std::string_view code, std::string_view path, std::string_view line) {
    const std::uint64_t hash = line_hash(line, line_hash(fmt::format("{}\n{}\n", code, path)));
    return fmt::format("{:016x}:{}", hash, ++seen_[hash]);
  }

 private:
  std::map<std::uint64_t, int> seen_;
};

Sarif details_json(const DataDetails& data) {
  Sarif properties = {{"table", data.table}};
  if (!data.column.empty()) properties["column"] = data.column;
  properties["count"] = data.count;
  return properties;
}

Sarif result_json(const ReviewRun& run, const ReviewFinding& finding, const SourceMap& sources, const RuleIndexes& rules,
                  Fingerprints& fingerprints) {
  const Diagnostic& diagnostic = finding.diagnostic;
  const ResolvedLocation place = resolve(diagnostic.location, sources);
  const std::string_view code = info_of(diagnostic.kind).code;
  std::string message = review_message(run, finding, sources, NotesShown::kWithoutPlace);
  if (!finding.title.empty()) message = fmt::format("{}: {}", finding.title, message);
  Sarif result = {{"ruleId", code},
                  {"ruleIndex", rules.at(diagnostic.kind)},
                  {"level", severity_name(diagnostic.severity)},
                  {"message", text_object(std::move(message))}};
  result["locations"][0]["physicalLocation"] = physical_json(run, place);
  result["partialFingerprints"] = {
      {"segueFinding/v1", fingerprints.next(code, review_path(run, place.file), trimmed_line(diagnostic, sources))}};
  if (Sarif related = related_json(run, diagnostic, sources); !related.empty()) result["relatedLocations"] = std::move(related);
  if (diagnostic.fix && !diagnostic.fix->edits.empty()) result["fixes"][0] = sarif_fix_json(run, *diagnostic.fix, sources);
  if (diagnostic.data) result["properties"] = details_json(*diagnostic.data);
  return result;
}

// A finding that no file is to blame for: about the call.
Sarif notification_json(const ReviewRun& run, const ReviewFinding& finding, const SourceMap& sources, const RuleIndexes& rules) {
  const Diagnostic& diagnostic = finding.diagnostic;
  return {{"associatedRule", {{"id", info_of(diagnostic.kind).code}, {"index", rules.at(diagnostic.kind)}}},
          {"level", severity_name(diagnostic.severity)},
          {"message", text_object(review_message(run, finding, sources, NotesShown::kAll))}};
}

Sarif rule_json(const DiagnosticInfo& info) {
  const std::string advice = as_sentence(advice_of(info.kind));
  const std::string meaning = as_sentence(std::string(info.text));
  return {{"id", info.code},
          {"name", info.name},
          {"shortDescription", text_object(meaning)},
          {"fullDescription", text_object(meaning)},
          {"help", {{"text", meaning + "\n\n" + advice}, {"markdown", meaning + "\n\n" + advice}}},
          {"defaultConfiguration", {{"level", severity_name(info.severity)}}}};
}

std::pair<Sarif, RuleIndexes> rules_of(const ReviewRun& run) {
  std::pair<Sarif, RuleIndexes> rules = {Sarif::array(), {}};
  for (const ReviewFinding& finding : run.findings) rules.second[finding.diagnostic.kind] = 0;
  for (auto& [kind, index] : rules.second) {
    index = rules.first.size();
    rules.first.push_back(rule_json(info_of(kind)));
  }
  return rules;
}

}  // namespace

std::string render_sarif(const ReviewRun& run, const SourceMap& sources) {
  auto [rules, indexes] = rules_of(run);
  Sarif results = Sarif::array(), notifications = Sarif::array();
  Fingerprints fingerprints;
  for (const ReviewFinding& finding : run.findings) {
    if (resolve(finding.diagnostic.location, sources).file.empty())
      notifications.push_back(notification_json(run, finding, sources, indexes));
    else results.push_back(result_json(run, finding, sources, indexes, fingerprints));
  }
  Sarif invocation = {{"executionSuccessful", run.exit_code <= 1}, {"exitCode", run.exit_code}};
  if (!notifications.empty()) invocation["toolExecutionNotifications"] = std::move(notifications);
  Sarif report = {{"tool", {{"driver", {{"name", "Segue"}, {"version", run.version}, {"rules", std::move(rules)}}}}},
                  {"columnKind", "unicodeCodePoints"}};
  report["originalUriBaseIds"]["%SRCROOT%"]["description"] = text_object("The root of the repository.");
  report["invocations"][0] = std::move(invocation);
  report["results"] = std::move(results);
  for (const ReviewCount& count : run.counts) report["properties"][count.name] = count.number;
  Sarif document = {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"}, {"version", "2.1.0"}};
  document["runs"][0] = std::move(report);
  return document.dump(1, ' ', false, Sarif::error_handler_t::replace) + "\n";
}

}  // namespace segue
