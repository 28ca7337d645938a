// Runs the stream core against the model of the service in virtual time. See docs/simulation.md.
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "tests/sim/world.h"

namespace {

using kvs::Duration;

struct Arguments {
  std::optional<std::uint64_t> seed;
  std::uint64_t runs = 1;
  std::int64_t hours = 0;  // of a camera day; 0: a storm drawn from the seed
  bool trace = false;
  bool frames = false;
  bool quiet = false;
  bool until_caught = false;
};

struct Sums {
  std::uint64_t runs = 0;
  std::uint64_t steps = 0;
  std::uint64_t frames = 0;
  std::uint64_t lost = 0;
  std::uint64_t again = 0;
  std::uint64_t sessions = 0;
  std::uint64_t failed = 0;
  std::uint64_t faults = 0;
  Duration time;
};

// For the handler of SIGABRT: a broken invariant inside the core ends the process.
volatile std::sig_atomic_t g_running = 0;
volatile std::sig_atomic_t g_abort_is_success = 0;
char g_replay[64];
std::size_t g_replay_length = 0;

void OnAbort(int /*signal*/) {
  if (g_running != 0) {
    (void)!write(STDERR_FILENO, g_replay, g_replay_length);
  }
  if (g_abort_is_success != 0) {
    _exit(0);
  }
}

void Usage() {
  std::cout << "kvs_sim [--seed N] [--runs N] [--hours H] [--trace] [--frames] [--quiet] [--until-caught]\n"
               "  --seed N   the first seed; without it a random one, which is printed\n"
               "  --runs N   as many seeds, one after the other (1)\n"
               "  --hours H  a camera in ordinary life for H hours instead of a storm\n"
               "  --trace    a line for everything that happens\n"
               "  --frames   with --trace: lines about single frames as well\n"
               "  --quiet    only failures and the sums\n"
               "  --until-caught  ends with the first seed that fails, and that is success: for cores with a planted defect\n";
}

bool ToNumber(std::string_view text, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

std::optional<Arguments> Parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--trace") {
      arguments.trace = true;
    } else if (name == "--frames") {
      arguments.frames = true;
    } else if (name == "--until-caught") {
      arguments.until_caught = arguments.quiet = true;
    } else if (name == "--quiet") {
      arguments.quiet = true;
    } else {
      std::uint64_t number = 0;
      if (i + 1 == argc || !ToNumber(argv[++i], number)) {
        return std::nullopt;
      }
      if (name == "--seed") {
        arguments.seed = number;
      } else if (name == "--runs") {
        arguments.runs = number;
      } else if (name == "--hours") {
        arguments.hours = static_cast<std::int64_t>(number);
      } else {
        return std::nullopt;
      }
    }
  }
  return arguments;
}

std::string Replay(std::uint64_t seed, const Arguments& arguments) {
  return "kvs_sim --seed " + std::to_string(seed) +
         (arguments.hours > 0 ? " --hours " + std::to_string(arguments.hours) : "") + " --trace";
}

bool RunSeed(std::uint64_t seed, const Arguments& arguments, Sums& sums) {
  const std::string replay = "aborted; replay: " + Replay(seed, arguments) + "\n";
  g_replay_length = replay.copy(g_replay, sizeof g_replay);
  g_running = 1;
  kvs::sim::World world(arguments.hours > 0
                            ? kvs::sim::CameraDay(seed, Duration::Hours(arguments.hours))
                            : kvs::sim::DrawOptions(seed),
                        arguments.trace ? &std::cout : nullptr, arguments.frames);
  world.Run();
  g_running = 0;
  const kvs::StreamMetrics metrics = world.stream().metrics();
  std::uint64_t faults = 0;
  for (std::size_t i = 0; i < kvs::sim::kFaultKinds; ++i) {
    faults += world.storm().acts(static_cast<kvs::sim::FaultKind>(i));
  }
  ++sums.runs;
  sums.steps += world.scheduler().steps();
  sums.frames += world.ledger().accepted();
  sums.lost += world.ledger().lost();
  sums.again += world.ledger().stored_again();
  sums.sessions += metrics.sessions_opened;
  sums.faults += faults;
  sums.time += world.scheduler().now() - kvs::sim::Scheduler::kStart;
  const bool good = world.failure().empty();
  sums.failed += good ? 0 : 1;
  if (!good || !arguments.quiet) {
    std::cout << (good ? "ok     " : "FAILED ") << seed << ": " << world.ledger().accepted()
              << " frames, " << world.ledger().lost() << " lost, " << world.ledger().stored_again()
              << " stored again, " << metrics.sessions_opened << " sessions, " << faults
              << " faults, hash " << std::hex << world.trace().hash() << std::dec << "; "
              << Describe(world.options()) << '\n';
  }
  if (!good) {
    std::cout << "  " << world.failure() << "\n  replay: " << Replay(seed, arguments) << "\n"
              << std::flush;
  }
  return good;
}

}  // namespace

int main(int argc, char** argv) {
  const std::optional<Arguments> arguments = Parse(argc, argv);
  if (!arguments) {
    Usage();
    return 2;
  }
  std::signal(SIGABRT, &OnAbort);
  const std::uint64_t first = arguments->seed ? *arguments->seed : std::random_device()();
  Sums sums;
  g_abort_is_success = arguments->until_caught ? 1 : 0;
  for (std::uint64_t i = 0; i < arguments->runs; ++i) {
    if (!RunSeed(first + i, *arguments, sums) && arguments->until_caught) {
      std::cout << "caught after " << sums.runs << " seeds\n";
      return 0;
    }
  }
  std::cout << sums.runs << " runs from seed " << first << ": " << sums.time.seconds() / 60
            << " minutes, " << sums.steps << " steps, " << sums.frames << " frames, " << sums.lost
            << " lost and reported, " << sums.again << " stored again, " << sums.sessions
            << " sessions, " << sums.faults << " faults; " << sums.failed << " failed\n";
  return sums.failed == 0 && !arguments->until_caught ? 0 : 1;
}
