// Cases from seeds, and as files that the command reads.
#include <fstream>

#include <fmt/format.h>

#include "stdlib/print_value.h"
#include "tests/differential/case.h"

namespace segue::differential {
namespace {

std::size_t some_accounts(Random& random) {
  if (random.chance(6)) return random.one_of<std::size_t>({4095, 4096, 4097});
  if (random.chance(12)) return random.one_of<std::size_t>({511, 512, 513, 1000});
  return random.one_of<std::size_t>({random.below(4), 5, 20, 40, 63, 64, 65, 100, 127, 129, 300});
}

Setting some_setting(Random& random) {
  return {.cpu = random.one_of({TargetCpu::kHost, TargetCpu::kBaseline, TargetCpu::kAvx2, TargetCpu::kAvx512}),
          .threads = static_cast<unsigned>(1 + random.below(2)),
          .batch_rows = random.one_of<std::size_t>({0, 0, 512, 1024}),
          .is_shared = random.chance(60),
          .population_bytes = random.chance(50) ? std::size_t{1} << 30 : 1};
}

}  // namespace

Case make_case(std::uint64_t seed) {
  Random random(seed);
  Case made;
  made.seed = seed;
  const std::size_t accounts = some_accounts(random);
  made.world = make_world(random, accounts);
  made.rules = write_rules(random, made.world, 1 + random.below(accounts > 1000 ? 6 : 10));
  made.settings.push_back({});
  for (std::size_t i = 0; i < 1 + random.below(3); ++i) made.settings.push_back(some_setting(random));
  made.with_permutation = random.chance(30);
  made.with_files = random.chance(20);
  made.with_explain = random.chance(40);
  made.with_subset = random.chance(30);
  return made;
}

std::vector<std::pair<std::string, std::string>> project_files(const Case& made) {
  std::vector<std::pair<std::string, std::string>> files = {
      {"segue.yaml", project_text(made.world)}, {"schema.yaml", schema_text(made.world)}, {"rules.seg", to_text(made.rules)}};
  for (const WorldTable& table : made.world.tables) files.emplace_back(fmt::format("data/{}.csv", table.name), csv_text(made.world, table));
  files.emplace_back("data/rates.csv", rates_text(made.world));
  return files;
}

void write_project(const Case& made, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder / "data");
  for (const auto& [path, text] : project_files(made)) std::ofstream(folder / path, std::ios::binary) << text;
}

std::string clock_of(const Case& made) { return print_timestamp_utc(made.world.now); }

}  // namespace segue::differential
