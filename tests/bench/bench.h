#ifndef KVS_TESTS_BENCH_BENCH_H_
#define KVS_TESTS_BENCH_BENCH_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

// What a stream does over and over, one piece at a time. The pieces are timed by micro_bench, and their work is counted by
// work_counts: the same code, so that what is timed now and then is watched all the time.
namespace kvs::bench {

// One piece, once. What it needs around it lives as long as this does.
using Run = std::function<void()>;

struct Benchmark {
  std::string name;         // "<What>/<size of its frames in bytes>", as Google Benchmark names arguments
  std::int64_t bytes = 0;   // of payload in one run
  int steady_after = 0;     // runs until it costs the same from there on, e.g. because a buffer has its final size
  std::function<Run()> prepare;
};

// The subjects, each in <subject>_bench.cc.
std::vector<Benchmark> AckBenchmarks();
std::vector<Benchmark> CoreBenchmarks();
std::vector<Benchmark> NalBenchmarks();
std::vector<Benchmark> SessionBenchmarks();
std::vector<Benchmark> Sigv4Benchmarks();
std::vector<Benchmark> StoreBenchmarks();
std::vector<Benchmark> StreamBenchmarks();

struct Subject {
  std::string name;
  std::vector<Benchmark> benchmarks;
};
std::vector<Subject> AllSubjects();

}  // namespace kvs::bench

#endif  // KVS_TESTS_BENCH_BENCH_H_
