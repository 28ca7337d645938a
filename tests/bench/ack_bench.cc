// Acknowledgements of the service, as they come and in the smallest pieces.
#include <memory>
#include <string>
#include <string_view>

#include "pic/ack/ack_parser.h"
#include "tests/bench/bench.h"
#include "tests/bench/keep.h"

namespace kvs::bench {
namespace {

constexpr std::string_view kLine =
    "{\"EventType\":\"PERSISTED\",\"FragmentTimecode\":1700000000000,\"FragmentNumber\":"
    "\"91343852333181432392682062607743220000000000001\"}\n";

struct Reader {
  ack::AckParser parser;
  std::vector<FragmentAck> acks;
};

Benchmark ParseAck(std::string name, std::size_t piece) {
  return {std::move(name), static_cast<std::int64_t>(kLine.size()), 2, [piece] {
            return [reader = std::make_shared<Reader>(), piece] {
              reader->acks.clear();
              for (std::size_t at = 0; at < kLine.size(); at += piece) {
                reader->parser.Feed(kLine.substr(at, piece), reader->acks);
              }
              Keep(reader->acks.data());
            };
          }};
}

}  // namespace

std::vector<Benchmark> AckBenchmarks() {
  std::vector<Benchmark> all;
  all.push_back(ParseAck("ParseAck", kLine.size()));
  all.push_back(ParseAck("ParseAckByteByByte", 1));
  return all;
}

}  // namespace kvs::bench
