// A header, a table of sections, the sections.
#include "runtime/prepared/section_file.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace segue {
namespace {

constexpr std::uint64_t kSectionMagic = 0x31'45'52'50'45'55'47'53;  // `SGUEPRE1`
constexpr std::size_t kAlignment = 64;
constexpr std::size_t kMostSections = 15;

struct Header {
  std::uint64_t magic = kSectionMagic;
  std::uint64_t sections = 0;
  std::array<std::uint64_t, kMostSections * 2> places{};  // offset and size of each
};
static_assert(sizeof(Header) % kAlignment == 0);

std::uint64_t aligned(std::uint64_t size) { return (size + kAlignment - 1) / kAlignment * kAlignment; }

Header header_of(std::span<const ByteSpan> sections) {
  Header header;
  header.sections = sections.size();
  std::uint64_t at = sizeof(Header);
  for (std::size_t i = 0; i < sections.size(); ++i) {
    header.places[2 * i] = at;
    header.places[2 * i + 1] = sections[i].size();
    at += aligned(sections[i].size());
  }
  return header;
}

// The hash of the hashes.
Sha256Digest digest_of(const Header& header, std::span<const ByteSpan> sections) {
  std::vector<Sha256Digest> digests = {sha256(std::as_bytes(std::span(&header, 1)))};
  for (const ByteSpan section : sections) digests.push_back(sha256(section));
  return sha256(std::as_bytes(std::span(digests)));
}

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  [[nodiscard]] int get() const { return value_; }

 private:
  int value_;
};

bool write_all(int descriptor, ByteSpan bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor, bytes.data(), std::min<std::size_t>(bytes.size(), std::size_t{1} << 30));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

bool write_padded(int descriptor, ByteSpan bytes) {
  constexpr std::array<std::byte, kAlignment> kZeros{};
  return write_all(descriptor, bytes) && write_all(descriptor, ByteSpan(kZeros).first(aligned(bytes.size()) - bytes.size()));
}

std::shared_ptr<const void> map(int descriptor, std::size_t size) {
  void* address = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor, 0);
  if (address == MAP_FAILED) return nullptr;
  return {address, [size](const void* mapped) { ::munmap(const_cast<void*>(mapped), size); }};
}

// Empty where the header is not sound.
std::vector<ByteSpan> sections_of(const Header& header, const std::byte* bytes, std::uint64_t size) {
  if (header.magic != kSectionMagic || header.sections > kMostSections) return {};
  std::vector<ByteSpan> sections;
  for (std::size_t i = 0; i < header.sections; ++i) {
    const std::uint64_t at = header.places[2 * i], length = header.places[2 * i + 1];
    if (at % kAlignment != 0 || at > size || length > size - at) return {};
    sections.emplace_back(bytes + at, length);
  }
  return sections;
}

}  // namespace

std::expected<StoredFile, int> write_sections(const std::string& folder, const std::string& name, std::span<const ByteSpan> sections) {
  const Descriptor file(::open((folder + "/" + name).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (file.get() < 0) return std::unexpected(errno);
  const Header header = header_of(sections);
  bool is_written = write_all(file.get(), std::as_bytes(std::span(&header, 1)));
  for (const ByteSpan section : sections) is_written = is_written && write_padded(file.get(), section);
  if (!is_written || ::fdatasync(file.get()) != 0) return std::unexpected(errno);
  const auto stamp = stamp_of(file.get());
  if (!stamp) return std::unexpected(EIO);
  return StoredFile{.name = name, .stamp = *stamp, .digest = digest_of(header, sections)};
}

std::expected<MappedFile, std::string> map_sections(const std::string& folder, const StoredFile& file, bool is_thorough) {
  const Descriptor opened(::open((folder + "/" + file.name).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  const auto stamp = opened.get() < 0 ? std::nullopt : stamp_of(opened.get());
  if (!stamp) return std::unexpected("is missing");
  if (stamp->bytes != file.stamp.bytes || stamp->bytes < sizeof(Header)) return std::unexpected("has changed");
  MappedFile mapped;
  mapped.owner = map(opened.get(), stamp->bytes);
  if (!mapped.owner) return std::unexpected("cannot be mapped into memory");
  const auto* bytes = static_cast<const std::byte*>(mapped.owner.get());
  Header header;
  std::memcpy(&header, bytes, sizeof(Header));
  mapped.sections = sections_of(header, bytes, stamp->bytes);
  if (mapped.sections.empty()) return std::unexpected("has changed");
  const bool is_trusted = *stamp == file.stamp && !is_thorough;
  if (!is_trusted && digest_of(header, mapped.sections) != file.digest) return std::unexpected("has changed");
  return mapped;
}

}  // namespace segue
