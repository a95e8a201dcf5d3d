// Splits: shares of the accounts, drawn by a hash of their keys.
#include <utility>

#include <fmt/format.h>

#include "compiler/check/bodies.h"
#include "compiler/check/expr.h"
#include "compiler/check/literals.h"
#include "stdlib/number.h"

namespace segue::checker {
namespace {

constexpr std::uint32_t kMostDigits = 17;  // behind the point of a share
constexpr int kHashBits = 52;

void report_split(Context& ctx, Span span, std::string message) { report(ctx, DiagnosticKind::kInvalidSplit, span, std::move(message)); }

Int128 power_of_ten(std::uint32_t exponent) {
  Int128 power = 1;
  for (std::uint32_t i = 0; i < exponent; ++i) power *= 10;
  return power;
}

// A share in units of 10^-kMostDigits; nothing where it was reported.
std::optional<std::int64_t> check_share(Context& ctx, const ast::SplitShare& share) {
  const ast::ExactNumber number = ast::exact_number(share.share);
  Type type = type_of_kind(Kind::kDecimal);
  type.scale = kMostDigits;
  if (number.scale > kMostDigits) {
    report_split(ctx, share.share_span, fmt::format("{} has too many digits; write a share such as `12.5%`", code(ctx, share.share_span)));
    return std::nullopt;
  }
  const std::expected<Constant, std::string> constant = constant_of_number(number, type);
  const std::int64_t whole = static_cast<std::int64_t>(power_of_ten(kMostDigits));
  if (!constant || std::get<std::int64_t>(*constant) > whole) {
    report_split(ctx, share.share_span, fmt::format("{} is more than there is; a share is at most 100%", code(ctx, share.share_span)));
    return std::nullopt;
  }
  if (std::get<std::int64_t>(*constant) > 0) return std::get<std::int64_t>(*constant);
  report_split(ctx, share.share_span,
               fmt::format("nobody falls into a share of {}; write a share above 0%, or leave `{}` out", code(ctx, share.share_span),
                           share.name.text));
  return std::nullopt;
}

std::string percent_text(Int128 share) {
  ast::ExactNumber number;
  number.digits = fmt::format("{}", static_cast<std::uint64_t>(share));
  number.scale = kMostDigits - 2;
  while (number.scale > 0 && number.digits.size() > 1 && number.digits.back() == '0') {
    number.digits.pop_back();
    --number.scale;
  }
  return number_text(number) + "%";
}

// Where each part ends among the hashes; nothing where the shares are not all there is.
std::optional<std::vector<std::uint64_t>> check_shares(Context& ctx, const ast::SplitDecl& split) {
  const Int128 whole = power_of_ten(kMostDigits);
  std::vector<std::uint64_t> upper;
  Int128 sum = 0;
  bool is_failed = false;
  for (const ast::SplitShare& share : split.shares) {
    const std::optional<std::int64_t> part = check_share(ctx, share);
    is_failed = is_failed || !part;
    sum += part.value_or(0);
    if (sum <= whole) upper.push_back(static_cast<std::uint64_t>(((sum << kHashBits) + whole - 1) / whole));
  }
  if (is_failed) return std::nullopt;
  if (sum == whole) return upper;
  const std::string total = sum > whole * 90 ? "far more" : percent_text(sum);
  report_split(ctx, cover(split.shares.front().span, split.shares.back().span),
               fmt::format("the shares of `{}` sum to {}, not to 100%; {}", split.name.text, total,
                           sum < whole ? fmt::format("{} of the accounts would be in no part", percent_text(whole - sum))
                                       : "make one of them smaller"));
  return std::nullopt;
}

}  // namespace

std::optional<Definition> check_split(Context& ctx, const Scope& scope, const ast::SplitDecl& split, Span span) {
  Definition definition = described(split, DefinitionKind::kSplit);
  std::vector<const ast::Name*> names;
  for (const ast::SplitShare& share : split.shares) {
    names.push_back(&share.name);
    definition.value_titles.push_back(share.title ? share.title->text : std::string());
  }
  std::optional<Type> type = type_of_rows(ctx, split.name.text, names, false);
  std::optional<std::vector<std::uint64_t>> upper = check_shares(ctx, split);
  SplitPart part;
  if (split.population) part.population = check_predicate(ctx, scope, *split.population);
  if (!type || !upper || !split.seed || (split.population && !part.population)) return std::nullopt;
  part.seed = split.seed->text;
  part.upper = std::move(*upper);
  type->optional = split.population.has_value();
  definition.body = make(ctx, std::move(part), *type, kAccountFrame, span).id;
  return definition;
}

}  // namespace segue::checker
