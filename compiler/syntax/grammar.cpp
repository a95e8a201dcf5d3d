// ANTLR's parser over one declaration at a time: fast prediction first, full prediction with error recovery when that fails.
#include <cassert>
#include <exception>
#include <functional>
#include <utility>

#include <pthread.h>

#include "compiler/syntax/build.h"
#include "compiler/syntax/syntax_errors.h"
#include "compiler/syntax/token_classes.h"

namespace segue {
namespace {

using antlr::SegueParser;

constexpr std::size_t kMaxRepairs = 20;           // of one declaration
constexpr std::size_t kMaxRepairTokens = 20'000;  // longer declarations are not parsed again after a repair

// Ends parsing: it starts again with the repair.
struct RepairFound {
  Repair repair;
};

bool is_block_rule(std::size_t rule) {
  switch (rule) {
    case SegueParser::RuleSegmentDecl:
    case SegueParser::RuleScoreDecl:
    case SegueParser::RuleGridDecl:
    case SegueParser::RuleTiersDecl:
    case SegueParser::RuleStagesDecl:
    case SegueParser::RuleSplitDecl:
    case SegueParser::RuleAudienceDecl:
    case SegueParser::RuleTestDecl: return true;
    default: return false;
  }
}

// Reports an error once and goes on at the next clause of the declaration.
class RecoveringStrategy final : public antlr4::DefaultErrorStrategy {
 public:
  RecoveringStrategy(const std::vector<Token>& tokens, Reporter& reporter, bool may_repair)
      : tokens_(tokens),
        reporter_(reporter),
        may_repair_(may_repair) {}

  [[nodiscard]] bool has_failed() const { return has_failed_; }

  void reportError(antlr4::Parser* parser, const antlr4::RecognitionException& error) override {
    if (inErrorRecoveryMode(parser)) return;
    beginErrorCondition(parser);
    const std::size_t offending = error.getOffendingToken()->getTokenIndex();
    const auto* no_alternative = dynamic_cast<const antlr4::NoViableAltException*>(&error);
    const std::size_t start = no_alternative != nullptr ? no_alternative->getStartToken()->getTokenIndex() : offending;
    const antlr4::misc::IntervalSet expected = error.getExpectedTokens();
    report({.start = start, .offending = offending, .expected = &expected});
  }

  void recover(antlr4::Parser* parser, std::exception_ptr /*error*/) override { skip_to_clause(parser); }

  antlr4::Token* recoverInline(antlr4::Parser* parser) override { throw antlr4::InputMismatchException(parser); }

  // In a block: what opens no clause is reported here, so that the loop over its clauses goes on.
  void sync(antlr4::Parser* parser) override {
    if (!is_block_rule(parser->getContext()->getRuleIndex())) return;
    antlr4::atn::ATNState* state = parser->getInterpreter<antlr4::atn::ATNSimulator>()->atn.states[parser->getState()];
    const auto kind = state->getStateType();
    if (kind != antlr4::atn::ATNState::STAR_LOOP_ENTRY && kind != antlr4::atn::ATNState::STAR_LOOP_BACK) return;
    const antlr4::misc::IntervalSet expected = parser->getATN().nextTokens(state);
    if (expected.contains(parser->getInputStream()->LA(1))) return;
    if (!inErrorRecoveryMode(parser)) {
      beginErrorCondition(parser);
      const std::size_t index = parser->getCurrentToken()->getTokenIndex();
      report({.start = index, .offending = index, .expected = &expected});
    }
    while (!is_end(parser) && !(is_clause_start(parser) && expected.contains(parser->getInputStream()->LA(1))))
      parser->getInputStream()->consume();
  }

 private:
  void report(const ParseFailure& failure) {
    const bool is_at_end = failure.offending >= tokens_.size();
    if (is_at_end && has_failed_) return;  // what is missing at the end was skipped after the first error
    if (may_repair_ && !has_failed_) {
      if (auto repair = find_repair(tokens_, failure, reporter_)) throw RepairFound{std::move(*repair)};
    }
    has_failed_ = true;
    reporter_.report(explain_failure(tokens_, failure, reporter_));
  }

  [[nodiscard]] bool is_end(antlr4::Parser* parser) const {
    const std::size_t index = parser->getCurrentToken()->getTokenIndex();
    return index >= tokens_.size() || (index + 1 == tokens_.size() && tokens_[index].type == SegueParser::RBRACE);
  }

  [[nodiscard]] bool is_clause_start(antlr4::Parser* parser) const {
    const std::size_t index = parser->getCurrentToken()->getTokenIndex();
    return index < tokens_.size() && tokens_[index].opens_clause;
  }

  void skip_to_clause(antlr4::Parser* parser) {
    const std::size_t index = parser->getCurrentToken()->getTokenIndex();
    if (index == last_stop_ && !is_end(parser)) parser->getInputStream()->consume();  // an error at the place where the last one stopped
    while (!is_end(parser) && !is_clause_start(parser)) parser->getInputStream()->consume();
    last_stop_ = parser->getCurrentToken()->getTokenIndex();
  }

  const std::vector<Token>& tokens_;
  Reporter& reporter_;
  bool may_repair_;
  bool has_failed_ = false;
  std::size_t last_stop_ = static_cast<std::size_t>(-1);
};

// ANTLR's tokens, made as the parser asks for them.
class ChunkTokenSource final : public antlr4::TokenSource {
 public:
  explicit ChunkTokenSource(const std::vector<Token>& tokens) : tokens_(tokens) {}

  std::unique_ptr<antlr4::Token> nextToken() override {
    const std::size_t type = next_ < tokens_.size() ? tokens_[next_].type : antlr4::Token::EOF;
    ++next_;
    return std::make_unique<antlr4::CommonToken>(type);
  }
  size_t getLine() const override { return 0; }
  size_t getCharPositionInLine() override { return 0; }
  antlr4::CharStream* getInputStream() override { return nullptr; }
  std::string getSourceName() override { return {}; }
  antlr4::TokenFactory<antlr4::CommonToken>* getTokenFactory() override { return antlr4::CommonTokenFactory::DEFAULT.get(); }

 private:
  const std::vector<Token>& tokens_;
  std::size_t next_ = 0;
};

// One run of the parser over a declaration's tokens.
struct ParserRun {
  ChunkTokenSource source;
  antlr4::CommonTokenStream stream;
  SegueParser parser;

  explicit ParserRun(const std::vector<Token>& tokens) : source(tokens), stream(&source), parser(&stream) { parser.removeErrorListeners(); }
};

class ChunkParser {
 public:
  ChunkParser(const Tokens& tokens, const TokenChunk& chunk, Reporter& reporter, Ast& ast)
      : texts_(tokens.texts),
        damage_(chunk.damage),
        reporter_(reporter),
        ast_(ast) {
    copy_tokens(tokens, chunk);
  }

  void run() {
    if (damage_ == Damage::kFatal) {
      if (!tokens_.empty() && is_declaration_type(tokens_[0].type))
        ast_.declarations.push_back(broken_declaration(tokens_, texts_, reporter_));
      return;
    }
    if (parse_fast()) return;
    std::size_t repairs = 0;
    while (!parse_with_recovery(repairs < kMaxRepairs && tokens_.size() < kMaxRepairTokens)) ++repairs;
  }

 private:
  // The chunk's tokens without those that were left out. A parenthesis that opens a line behind a name does not open a call.
  void copy_tokens(const Tokens& tokens, const TokenChunk& chunk) {
    tokens_.reserve(chunk.end - chunk.begin);
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      const Token& token = tokens.list[i];
      if (token.type == antlr4::Token::INVALID_TYPE) continue;
      const bool opens_condition = token.type == SegueParser::LPAREN && token.opens_line && tokens_.size() > 3 &&
                                   (tokens_.back().type == SegueParser::NAME || tokens_.back().type == SegueParser::QUOTED_NAME);
      if (opens_condition && damage_ != Damage::kFatal) insert_missing_and(token);
      tokens_.push_back(token);
    }
  }

  void insert_missing_and(const Token& before) {
    const Span at = reporter_.span(before.begin, before.end);
    reporter_.report(DiagnosticKind::kMissingAnd, at, "an `and` or `or` is missing before this line", "write `and`",
                     reporter_.span(before.begin, before.begin), "and ");
    Token connector = before;
    connector.type = SegueParser::AND;
    connector.end = connector.begin;
    tokens_.push_back(connector);
  }

  bool parse_fast() {
    ParserRun run(tokens_);
    run.parser.getInterpreter<antlr4::atn::ParserATNSimulator>()->setPredictionMode(antlr4::atn::PredictionMode::SLL);
    run.parser.setErrorHandler(std::make_shared<antlr4::BailErrorStrategy>());
    try {
      build(*run.parser.unit()->declaration());
      return true;
    } catch (const antlr4::ParseCancellationException&) {
      return false;
    }
  }

  // False when a repair was made and parsing must start again.
  bool parse_with_recovery(bool may_repair) {
    ParserRun run(tokens_);
    const auto strategy = std::make_shared<RecoveringStrategy>(tokens_, reporter_, may_repair);
    run.parser.getInterpreter<antlr4::atn::ParserATNSimulator>()->setPredictionMode(antlr4::atn::PredictionMode::LL);
    run.parser.setErrorHandler(strategy);
    try {
      SegueParser::UnitContext* unit = run.parser.unit();
      if (strategy->has_failed()) ast_.declarations.push_back(broken_declaration(tokens_, texts_, reporter_));
      else build(*unit->declaration());
      return true;
    } catch (RepairFound& found) {
      apply(found.repair);
      return false;
    }
  }

  void apply(Repair& repair) {
    reporter_.report(std::move(repair.diagnostic));
    if (!repair.inserts) {
      tokens_[repair.index].type = repair.type;
      if (repair.type != SegueParser::COLON) tokens_[repair.index].opens_clause = true;
      return;
    }
    Token inserted = tokens_[repair.index];
    inserted.type = repair.type;
    inserted.end = inserted.begin;
    tokens_[repair.index].opens_line = false;
    tokens_.insert(tokens_.begin() + static_cast<std::ptrdiff_t>(repair.index), inserted);
  }

  void build(SegueParser::DeclarationContext& tree) {
    BuildContext context{.tokens = tokens_, .texts = texts_, .reporter = reporter_, .ast = ast_, .is_broken = damage_ != Damage::kNone};
    ast::Declaration declaration = build_declaration(tree, context);
    declaration.is_broken = context.is_broken;
    ast_.declarations.push_back(std::move(declaration));
  }

  std::vector<Token> tokens_;
  const std::vector<std::string>& texts_;
  Damage damage_;
  Reporter& reporter_;
  Ast& ast_;
};

// Runs `work` on a thread whose stack holds the deepest nesting that is allowed, under sanitizers too. Whether it could.
bool run_on_deep_stack(std::function<void()> work) {
  constexpr std::size_t kStackSize = std::size_t{512} << 20;
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return false;
  pthread_t thread{};
  const auto start = [](void* argument) -> void* {
    (*static_cast<std::function<void()>*>(argument))();
    return nullptr;
  };
  const bool has_started =
      pthread_attr_setstacksize(&attributes, kStackSize) == 0 && pthread_create(&thread, &attributes, start, &work) == 0;
  pthread_attr_destroy(&attributes);
  return has_started && pthread_join(thread, nullptr) == 0;
}

}  // namespace

void parse_chunks(const Tokens& tokens, const std::vector<TokenChunk>& chunks, Reporter& reporter, Ast& ast) {
  constexpr std::size_t kShallow = 100;  // brackets that any stack holds
  ast.exprs.reserve(tokens.list.size() / 3);
  for (const TokenChunk& chunk : chunks) {
    const auto work = [&] { ChunkParser(tokens, chunk, reporter, ast).run(); };
    if (chunk.depth > kShallow && run_on_deep_stack(work)) continue;
    if (chunk.depth <= kShallow) {
      work();
    } else {
      reporter.report(DiagnosticKind::kTooDeep, reporter.span(tokens.list[chunk.begin]),
                      "there is not enough memory to read brackets that nest this deep");
    }
  }
}

}  // namespace segue
