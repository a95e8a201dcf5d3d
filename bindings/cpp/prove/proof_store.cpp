// One entry of the object cache a shard: a list of keys, days and proofs. Proofs that were not used for longest go when a shard is full.
#include "bindings/cpp/prove/proof_store.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "bindings/cpp/prove/proof_bytes.h"

namespace segue {
namespace {

constexpr std::size_t kMostShardBytes = std::size_t{2} << 20;
constexpr std::int64_t kDaysBetweenMarks = 3;  // a proof that is used is not rewritten each day for that

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }

Sha256Digest digest_of(std::string_view text) { return sha256(bytes_of(text)); }

CodeKey shard_key(std::size_t shard) { return digest_of(fmt::format("segue proofs 1, shard {}", shard)); }

std::int64_t today_in_days() {
  return std::chrono::duration_cast<std::chrono::days>(std::chrono::system_clock::now().time_since_epoch()).count();
}

constexpr std::size_t kEntryHead = sizeof(Sha256Digest) + sizeof(std::int64_t) + sizeof(std::uint32_t);

}  // namespace

ProofStore::ProofStore(const std::optional<std::filesystem::path>& folder) {
  const auto path = folder ? folder : default_cache_folder();
  if (path && !path->empty()) folder_.emplace(*path);
}

ProofStore::Shard& ProofStore::shard_of(const Sha256Digest& key) {
  const std::size_t number = key[0] % kShards;
  Shard& shard = shards_[number];
  if (!shard.is_read) read_into(number, shard.entries);
  shard.is_read = true;
  return shard;
}

// What the shard's file holds joins `entries`, whose own stay.
void ProofStore::read_into(std::size_t shard, Entries& entries) const {
  if (!folder_) return;
  const auto content = folder_->find(shard_key(shard));
  if (!content) return;
  std::string_view rest(reinterpret_cast<const char*>(content->data()), content->size());
  while (rest.size() >= kEntryHead) {
    Sha256Digest key;
    Entry entry;
    std::uint32_t size = 0;
    std::memcpy(key.data(), rest.data(), key.size());
    std::memcpy(&entry.used, rest.data() + key.size(), sizeof entry.used);
    std::memcpy(&size, rest.data() + key.size() + sizeof entry.used, sizeof size);
    rest.remove_prefix(kEntryHead);
    if (size > rest.size()) return;
    entry.proof = rest.substr(0, size);
    rest.remove_prefix(size);
    entries.try_emplace(key, std::move(entry));
  }
}

std::optional<Proof> ProofStore::find(const CheckedProgram& program, const Claim& claim, const std::string& key) {
  const Sha256Digest digest = digest_of(key);
  Shard& shard = shard_of(digest);
  const auto found = shard.entries.find(digest);
  if (found == shard.entries.end()) return std::nullopt;
  const std::int64_t today = today_in_days();
  if (found->second.used + kDaysBetweenMarks <= today) {
    found->second.used = today;
    shard.is_changed = true;
  }
  return proof_from_bytes(program, claim, found->second.proof);
}

void ProofStore::add(const CheckedProgram& program, const Claim& claim, const std::string& key, const Proof& proof) {
  if (!folder_) return;
  const Sha256Digest digest = digest_of(key);
  Shard& shard = shard_of(digest);
  shard.entries[digest] = {today_in_days(), proof_bytes(program, claim, proof)};
  shard.is_changed = true;
}

void ProofStore::write(std::size_t number) {
  Shard& shard = shards_[number];
  read_into(number, shard.entries);
  std::vector<Entries::const_iterator> order;
  for (auto it = shard.entries.cbegin(); it != shard.entries.cend(); ++it) order.push_back(it);
  std::ranges::stable_sort(order, std::ranges::greater{}, [](const auto& it) { return it->second.used; });
  std::string content;
  for (const auto& it : order) {
    const auto& [key, entry] = *it;
    if (content.size() + kEntryHead + entry.proof.size() > kMostShardBytes) break;
    const auto size = static_cast<std::uint32_t>(entry.proof.size());
    content.append(reinterpret_cast<const char*>(key.data()), key.size());
    content.append(reinterpret_cast<const char*>(&entry.used), sizeof entry.used);
    content.append(reinterpret_cast<const char*>(&size), sizeof size);
    content += entry.proof;
  }
  folder_->keep(shard_key(number), bytes_of(content));
  shard.is_changed = false;
}

void ProofStore::save() {
  for (std::size_t shard = 0; folder_ && shard < kShards; ++shard) {
    if (shards_[shard].is_changed) write(shard);
  }
}

}  // namespace segue
