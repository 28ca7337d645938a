// Runs one piece of bench.h a fixed number of times, for work.py to count what it does.
//
//   work_counts                 "<subject> <name>" of each piece
//   work_counts NAME RUNS       until it is steady, then RUNS times; prints "<allocations> <copied bytes>" of those
//
// Callgrind writes what it has counted so far each time kvs_bench_lap is entered, so that the runs between two laps stand alone.
#include <charconv>
#include <iostream>
#include <string_view>
#include <system_error>

#include "tests/bench/bench.h"
#include "tests/bench/work/counting.h"

extern "C" __attribute__((noinline)) void kvs_bench_lap() { asm volatile("" : : : "memory"); }

namespace {

using kvs::bench::Benchmark;
using kvs::bench::Counts;

void Count(const Benchmark& one, int runs) {
  const kvs::bench::Run run = one.prepare();
  for (int i = 0; i < one.steady_after; ++i) {
    run();
  }
  kvs_bench_lap();
  const Counts before = kvs::bench::CountsSoFar();
  for (int i = 0; i < runs; ++i) {
    run();
  }
  const Counts after = kvs::bench::CountsSoFar();
  kvs_bench_lap();
  std::cout << after.allocations - before.allocations << ' ' << after.copied_bytes - before.copied_bytes << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view name = argc == 3 ? argv[1] : "";
  const std::string_view text = argc == 3 ? argv[2] : "1";
  int runs = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), runs).ec != std::errc() || runs <= 0 || argc == 2) {
    std::cerr << "usage: work_counts [NAME RUNS]\n";
    return 2;
  }
  for (const kvs::bench::Subject& subject : kvs::bench::AllSubjects()) {
    for (const Benchmark& one : subject.benchmarks) {
      if (name.empty()) {
        std::cout << subject.name << ' ' << one.name << '\n';
      } else if (one.name == name) {
        Count(one, runs);
        return 0;
      }
    }
  }
  return name.empty() ? 0 : 2;
}
