#ifndef KVS_TESTS_SIM_WIRE_TAP_H_
#define KVS_TESTS_SIM_WIRE_TAP_H_

#include <cstdint>
#include <vector>

#include "emulator/model/mkv_reader.h"
#include "tests/sim/ledger.h"

namespace kvs::sim {

// Reads along what one session sends, with the model's reader, and tells the ledger: what leaves
// the core counts, whether or not it arrives.
class WireTap : private emulator::MkvSink {
 public:
  WireTap(std::uint64_t session, const SimOptions& options, Ledger& ledger)
      : session_(session), options_(options), ledger_(ledger) {}

  void Feed(emulator::Bytes bytes);

 private:
  bool OnHeader(emulator::MkvHeader header) override;
  bool OnTags(std::vector<emulator::MkvTag> tags, emulator::Bytes element) override;
  bool OnClusterBegin() override { return true; }
  bool OnClusterTimecode(std::uint64_t ticks) override;
  bool OnClusterBytes(emulator::Bytes bytes) override;
  bool OnBlock(const emulator::BlockHead& head) override;
  bool OnBlockPayload(emulator::Bytes bytes) override;
  bool OnBlockEnd(bool key) override;

  const std::uint64_t session_;
  const SimOptions& options_;
  Ledger& ledger_;
  emulator::MkvReader reader_{*this};
  std::uint64_t track_ = 0;
  std::vector<std::uint8_t> payload_;
};

}  // namespace kvs::sim

#endif  // KVS_TESTS_SIM_WIRE_TAP_H_
