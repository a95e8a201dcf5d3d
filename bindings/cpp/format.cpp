// Parse, then format; what has errors is left alone.
#include "bindings/cpp/format.h"

#include <utility>

#include "compiler/syntax/format.h"
#include "compiler/syntax/parse.h"

namespace segue {

FormattedRules format_rules(std::string path, std::string text) {
  FormattedRules result;
  const SourceId id = add_source(result.sources, std::move(path), std::move(text));
  const Source& source = source_of(result.sources, id);
  ParseResult parsed = parse(source, id);
  result.diagnostics = std::move(parsed.diagnostics);
  sort_diagnostics(result.diagnostics, result.sources);
  if (!has_errors(result.diagnostics)) result.text = format(parsed.ast, source);
  return result;
}

}  // namespace segue
