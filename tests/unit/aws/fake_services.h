#ifndef KVS_TESTS_UNIT_AWS_FAKE_SERVICES_H_
#define KVS_TESTS_UNIT_AWS_FAKE_SERVICES_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kvs/credentials.h"

namespace kvs {

// Two clocks that the test moves, one by one; no network but what it is given.
class FakeServices final : public NetworkServices {
 public:
  WallTime wall_now() const override { return wall; }
  MonoTime mono_now() const override { return mono; }
  void Post(std::function<void()> task) override { task(); }
  void After(Duration delay, std::function<void()> task) override { planned.emplace_back(mono + delay, std::move(task)); }
  net::Transport* transport() override { return network; }

  // Runs what was planned for this moment or before it.
  void RunPlanned() {
    for (auto& [at, task] : std::exchange(planned, {})) {
      if (at <= mono) {
        task();
      } else {
        planned.emplace_back(at, std::move(task));
      }
    }
  }

  void Advance(Duration duration) {
    wall = wall + duration;
    mono = mono + duration;
  }

  WallTime wall = WallTime::FromSeconds(1'700'000'000);
  MonoTime mono = MonoTime::FromSeconds(5'000);
  net::Transport* network = nullptr;
  std::vector<std::pair<MonoTime, std::function<void()>>> planned;
};

// Answers when the test says so: `pending` holds the questions.
class FakeSource final : public CredentialSource {
 public:
  std::string_view name() const override { return "fake source"; }
  void Fetch(NetworkServices&, CredentialsCallback done) override {
    ++fetches;
    if (on_fetch) {
      on_fetch(std::move(done));
    } else {
      pending.push_back(std::move(done));
    }
  }
  void Invalidate(std::string_view) override { ++invalidations; }

  // Answers the oldest question.
  void Answer(Result<Credentials> result) {
    CredentialsCallback done = std::move(pending.front());
    pending.erase(pending.begin());
    done(std::move(result));
  }

  std::function<void(CredentialsCallback)> on_fetch;
  std::vector<CredentialsCallback> pending;
  int fetches = 0;
  int invalidations = 0;
};

inline Credentials MakeTestCredentials(std::string access_key,
                                       std::optional<WallTime> expiration = std::nullopt) {
  Credentials credentials;
  credentials.access_key_id = std::move(access_key);
  credentials.secret_access_key = Secret("made-up-secret");
  credentials.expiration = expiration;
  return credentials;
}

// What one Fetch was answered with: nothing yet, or the access key, or the code of the error.
struct Answer {
  std::optional<Result<Credentials>> result;

  CredentialsCallback Callback() {
    return [this](Result<Credentials> r) { result.emplace(std::move(r)); };
  }
  bool has() const { return result.has_value(); }
  std::string key() const { return has() && result->ok() ? (*result)->access_key_id : "(none)"; }
  StatusCode code() const { return has() ? result->status().code() : StatusCode::kInternal; }
  std::string message() const { return has() ? result->status().message() : "(none)"; }
};

}  // namespace kvs

#endif  // KVS_TESTS_UNIT_AWS_FAKE_SERVICES_H_
