#ifndef KVS_TESTS_SUPPORT_MKV_SCAN_H_
#define KVS_TESTS_SUPPORT_MKV_SCAN_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace kvs::test {

// What a test wants to know of the bytes of a session. Reads any definite or unknown element size; not a validator.
struct ScannedBlock {
  int track = 0;
  std::int64_t timecode = 0;  // absolute: cluster plus block
  bool key_frame = false;
  std::vector<std::uint8_t> payload;
};
struct ScannedCluster {
  std::int64_t timecode = 0;
  std::vector<ScannedBlock> blocks;
  bool end_tag = false;  // followed by the end-of-fragment tag
};
struct ScannedSession {
  int headers = 0;                 // EBML headers
  std::vector<int> tracks;         // TrackNumbers declared
  std::vector<ScannedCluster> clusters;
  bool whole = false;              // ended at an element's end
};

class MkvScan {
 public:
  static ScannedSession Read(std::span<const std::uint8_t> bytes) {
    MkvScan scan(bytes);
    scan.Elements(bytes.size());
    scan.session_.whole = scan.at_ == bytes.size();
    return scan.session_;
  }

 private:
  explicit MkvScan(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  std::optional<std::uint64_t> Vint(bool keep_marker) {
    if (at_ >= bytes_.size() || bytes_[at_] == 0) {
      return std::nullopt;
    }
    int width = 1;
    while ((bytes_[at_] & (0x80 >> (width - 1))) == 0) {
      ++width;
    }
    if (at_ + static_cast<std::size_t>(width) > bytes_.size()) {
      return std::nullopt;
    }
    std::uint64_t value = keep_marker ? bytes_[at_] : bytes_[at_] & ((0x80u >> (width - 1)) - 1);
    bool all_ones = !keep_marker && value == (0x80u >> (width - 1)) - 1;
    for (int i = 1; i < width; ++i) {
      value = value << 8 | bytes_[at_ + static_cast<std::size_t>(i)];
      all_ones = all_ones && bytes_[at_ + static_cast<std::size_t>(i)] == 0xFF;
    }
    at_ += static_cast<std::size_t>(width);
    return all_ones ? UINT64_MAX : value;
  }

  std::uint64_t Uint(std::uint64_t size) {
    std::uint64_t value = 0;
    for (std::uint64_t i = 0; i < size; ++i) {
      value = value << 8 | bytes_[at_ + i];
    }
    return value;
  }

  void Elements(std::size_t end) {
    while (at_ < end) {
      const std::size_t start = at_;
      const auto id = Vint(true);
      const auto size = id ? Vint(false) : std::nullopt;
      if (!size) {
        at_ = start;
        return;
      }
      const bool unknown = *size == UINT64_MAX;
      if (!unknown && *size > end - at_) {
        at_ = start;  // cut off
        return;
      }
      Element(*id, unknown ? end - at_ : *size, unknown);
    }
  }

  void Element(std::uint64_t id, std::uint64_t size, bool unknown) {
    const std::size_t end = at_ + size;
    switch (id) {
      case 0x1A45DFA3:  // EBML
        ++session_.headers;
        break;
      case 0x18538067:  // Segment
        return;         // its children follow
      case 0x1654AE6B:  // Tracks
      case 0xAE:        // TrackEntry
      case 0x1254C367:  // Tags
      case 0x7373:      // Tag
      case 0x67C8:      // SimpleTag
        Elements(end);
        break;
      case 0xD7:  // TrackNumber
        session_.tracks.push_back(static_cast<int>(Uint(size)));
        break;
      case 0x1F43B675:  // Cluster
        session_.clusters.emplace_back();
        if (unknown) {
          return;
        }
        Elements(end);
        break;
      case 0xE7:  // Timecode
        session_.clusters.back().timecode = static_cast<std::int64_t>(Uint(size));
        break;
      case 0xA3:  // SimpleBlock
        Block(end);
        break;
      case 0x45A3:  // TagName
        if (std::string(bytes_.begin() + static_cast<std::ptrdiff_t>(at_),
                        bytes_.begin() + static_cast<std::ptrdiff_t>(end)) == "AWS_KINESISVIDEO_END_OF_FRAGMENT") {
          session_.clusters.back().end_tag = true;
        }
        break;
      default:
        break;
    }
    at_ = end;
  }

  void Block(std::size_t end) {
    ScannedCluster& cluster = session_.clusters.back();
    ScannedBlock block;
    block.track = static_cast<int>(*Vint(false));
    block.timecode = cluster.timecode + static_cast<std::int16_t>(Uint(2));
    block.key_frame = (bytes_[at_ + 2] & 0x80) != 0;
    block.payload.assign(bytes_.begin() + static_cast<std::ptrdiff_t>(at_ + 3),
                         bytes_.begin() + static_cast<std::ptrdiff_t>(end));
    cluster.blocks.push_back(std::move(block));
  }

  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
  ScannedSession session_;
};

}  // namespace kvs::test

#endif  // KVS_TESTS_SUPPORT_MKV_SCAN_H_
