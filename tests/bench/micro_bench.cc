// The pieces of bench.h by the clock. Those that only copy are the floor: what a ratio within one run is made with.
#include <benchmark/benchmark.h>

#include "tests/bench/bench.h"

namespace {

void Time(const kvs::bench::Benchmark& one, benchmark::State& state) {
  const kvs::bench::Run run = one.prepare();
  for (auto _ : state) {
    run();
  }
  if (one.bytes > 0) {
    state.SetBytesProcessed(state.iterations() * one.bytes);
  }
}

}  // namespace

int main(int argc, char** argv) {
  for (const kvs::bench::Subject& subject : kvs::bench::AllSubjects()) {
    for (const kvs::bench::Benchmark& one : subject.benchmarks) {
      benchmark::RegisterBenchmark(one.name.c_str(), [one](benchmark::State& state) { Time(one, state); });
    }
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
    return 2;
  }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
