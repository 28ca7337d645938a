#include "tests/sim/wire_tap.h"

#include <optional>
#include <string>

namespace kvs::sim {

void WireTap::Feed(emulator::Bytes bytes) {
  if (!bytes.empty() && !reader_.Feed(bytes)) {
    ledger_.Fail("I2: session " + std::to_string(session_) +
                 " sends what is no Matroska: " + reader_.error());
  }
}

bool WireTap::OnHeader(emulator::MkvHeader /*header*/) {
  return true;
}

bool WireTap::OnTags(std::vector<emulator::MkvTag> /*tags*/, emulator::Bytes /*element*/) {
  return true;
}

bool WireTap::OnClusterTimecode(std::uint64_t ticks) {
  ledger_.OnCluster(session_, ticks);
  return true;
}

bool WireTap::OnClusterBytes(emulator::Bytes /*bytes*/) {
  return true;
}

bool WireTap::OnBlock(const emulator::BlockHead& head) {
  track_ = head.track;
  payload_.clear();
  return true;
}

bool WireTap::OnBlockPayload(emulator::Bytes bytes) {
  payload_.insert(payload_.end(), bytes.begin(), bytes.end());
  return true;
}

bool WireTap::OnBlockEnd(bool /*key*/) {
  const bool known = track_ >= 1 && track_ <= options_.tracks.size();
  const bool video = known && options_.tracks[track_ - 1].video();
  const std::optional<FrameName> name = known ? NameOf(video, payload_) : std::nullopt;
  if (!name || name->track + 1u != track_) {
    ledger_.Fail("I2: session " + std::to_string(session_) + " sends a frame of track " +
                 std::to_string(track_) + " that is not as it was put");
    return true;
  }
  ledger_.OnWireFrame(session_, *name);
  return true;
}

}  // namespace kvs::sim
