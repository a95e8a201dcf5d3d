// Recipes are cut into pieces, each a module for LLVM and an entry of the cache. Where a piece ends depends on the recipes before it alone, so that pieces are found
// again when something is added behind them.
#include "compiler/codegen/machine_code.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <optional>
#include <span>
#include <string_view>
#include <thread>
#include <utility>

#include <dlfcn.h>

#include "compiler/codegen/code_cache.h"
#include "compiler/codegen/host_cpu.h"
#include "compiler/machine/api.h"

namespace segue {
namespace {

// A piece is full at so many instructions. Larger modules make LLVM slow and leave the second thread without work, smaller ones cost by their number.
constexpr std::size_t kInstructionsPerPiece = 2048;

struct Piece {
  std::span<const UnitCode> units;
  std::optional<CodeKey> key;
  std::shared_ptr<const CodeImage> image;
  std::string error;
};

std::vector<Piece> cut(std::span<const UnitCode> units) {
  std::vector<Piece> pieces;
  std::size_t begin = 0, instructions = 0;
  for (std::size_t i = 0; i < units.size(); ++i) {
    instructions += units[i].recipe.instructions.size();
    if (instructions < kInstructionsPerPiece && i + 1 < units.size()) continue;
    pieces.push_back({.units = units.subspan(begin, i + 1 - begin), .key = std::nullopt, .image = nullptr, .error = {}});
    begin = i + 1;
    instructions = 0;
  }
  return pieces;
}

// Everything that the code of a piece depends on, as bytes.
class KeyBytes {
 public:
  void add(std::uint64_t number) { add(std::as_bytes(std::span(&number, 1))); }
  void add(std::string_view text) {
    add(text.size());
    add(std::as_bytes(std::span(text)));
  }
  void add(const Recipe& recipe) {
    const auto& [is_over_bits, instructions] = recipe;
    static_assert(std::has_unique_object_representations_v<RecipeInstruction>);
    add(std::uint64_t{is_over_bits});
    add(instructions.size());
    add(std::as_bytes(std::span(instructions)));
  }
  [[nodiscard]] CodeKey key() const { return sha256(bytes_); }

 private:
  void add(std::span<const std::byte> bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }

  std::vector<std::byte> bytes_;
};

CodeKey key_of(const Piece& piece, std::string_view cpu, unsigned vector_words) {
  KeyBytes bytes;
  bytes.add(std::string_view(SEGUE_EMITTER));  // a hash of the sources that make the code
  bytes.add(std::uint64_t{kRecipeVersion});
  bytes.add(std::string_view(SEGUE_LLVM_VERSION));
  bytes.add(cpu);
  bytes.add(std::uint64_t{vector_words});
  for (const UnitCode& unit : piece.units) bytes.add(unit.recipe);
  return bytes.key();
}

// Looks what is there already.
void find_kept(std::vector<Piece>& pieces, const CodegenOptions& options) {
  const auto cpu = options.cache == nullptr ? std::nullopt : identity_of(options.cpu);
  if (!cpu) return;
  for (Piece& piece : pieces) {
    piece.key = key_of(piece, *cpu, vector_words_of(options.cpu));
    piece.image = options.cache->find(*piece.key);
    if (piece.image != nullptr && piece.image->functions().size() != piece.units.size()) piece.image = nullptr;
  }
}

// LLVM's library, which lies beside this one.
std::expected<const MachineApi*, std::string> open_machine() {
  void* library = dlopen("libsegue_machine.so", RTLD_NOW | RTLD_LOCAL);
  void* entry = library == nullptr ? nullptr : dlsym(library, "segue_machine_api");
  if (entry == nullptr) return std::unexpected(std::string(dlerror()) + "; install Segue again");
  return &reinterpret_cast<const MachineApi& (*)()>(entry)();
}

std::expected<const MachineApi*, std::string> machine_api() {
  static const auto api = open_machine();
  return api;
}

std::expected<std::shared_ptr<const CodeImage>, std::string> make(const Piece& piece, const CodegenOptions& options) {
  std::vector<const Recipe*> recipes;
  for (const UnitCode& unit : piece.units) recipes.push_back(&unit.recipe);
  const auto machine = machine_api();
  if (!machine) return std::unexpected(machine.error());
  const auto code = (*machine)->compile_recipes(recipes, options.cpu, vector_words_of(options.cpu));
  if (!code) return std::unexpected(code.error());
  const std::vector<std::byte> content = to_content(*code);
  return piece.key ? options.cache->keep(*piece.key, content) : CodeImage::load(content);
}

void make_missing(std::vector<Piece>& pieces, const CodegenOptions& options) {
  std::vector<Piece*> missing;
  for (Piece& piece : pieces) {
    if (piece.image == nullptr) missing.push_back(&piece);
  }
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < missing.size(); i = next++) {
      auto made = make(*missing[i], options);
      if (made) missing[i]->image = std::move(*made);
      else missing[i]->error = made.error();
    }
  };
  std::vector<std::jthread> helpers;
  for (std::size_t i = 1; i < std::min<std::size_t>(options.threads, missing.size()); ++i) helpers.emplace_back(work);
  work();
}

}  // namespace

std::expected<MachineCode, std::string> machine_code(const std::vector<UnitCode>& units, const CodegenOptions& options) {
  std::vector<Piece> pieces = cut(units);
  find_kept(pieces, options);
  make_missing(pieces, options);
  MachineCode code;
  auto images = std::make_shared<std::vector<std::shared_ptr<const CodeImage>>>();
  for (const Piece& piece : pieces) {
    if (piece.image == nullptr) return std::unexpected(piece.error);
    for (const void* function : piece.image->functions())
      code.functions.push_back(reinterpret_cast<CompiledFn>(const_cast<void*>(function)));
    images->push_back(piece.image);
  }
  code.owner = std::move(images);
  return code;
}

}  // namespace segue
