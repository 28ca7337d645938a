#include "tests/bench/bench.h"

namespace kvs::bench {

std::vector<Subject> AllSubjects() {
  return {{"ack", AckBenchmarks()},         {"core", CoreBenchmarks()},   {"nal", NalBenchmarks()},
          {"session", SessionBenchmarks()}, {"sigv4", Sigv4Benchmarks()}, {"store", StoreBenchmarks()},
          {"stream", StreamBenchmarks()}};
}

}  // namespace kvs::bench
