#include <pthread.h>

#include <memory>
#include <system_error>
#include <thread>
#include <utility>

#include "kvs/credentials.h"
#include "pic/base/mutex.h"

namespace kvs {
namespace {

// Shared with the threads, which outlive the source when they are slow: whether somebody still wants their answers.
struct Owner {
  Mutex mutex;
  bool gone KVS_GUARDED_BY(mutex) = false;
  // Calls that have taken longer than they may, and have not returned.
  int late KVS_GUARDED_BY(mutex) = 0;
};

// One call. Thread: that of its lock.
struct Call {
  bool answered = false;
  bool returned = false;
};

Result<Credentials> Ask(const std::function<Result<Credentials>()>& ask) {
  try {
    return ask();
  } catch (...) {
    return Status(StatusCode::kBadResponse, "it threw an exception");
  }
}

Result<Credentials> Checked(const std::string& name, Result<Credentials> result) {
  Status status = result.status();
  if (status.ok()) {
    status = Validate(*result);
  }
  return status.ok() ? std::move(result)
                     : Result<Credentials>(Status(status.code(), name + ": " + status.message()));
}

class CallbackCredentials final : public CredentialSource {
 public:
  CallbackCredentials(std::string name, std::function<Result<Credentials>()> ask, Duration time_limit)
      : name_(std::move(name)),
        ask_(std::make_shared<const std::function<Result<Credentials>()>>(std::move(ask))),
        time_limit_(time_limit) {}
  ~CallbackCredentials() override {
    const MutexLock lock(owner_->mutex);
    owner_->gone = true;
  }

  std::string_view name() const override { return name_; }

  void Fetch(NetworkServices& net, CredentialsCallback done) override {
    const auto call = std::make_shared<Call>();
    const std::weak_ptr<Owner> alive = owner_;
    // Copied into the thread before it starts, so that `done` can still be called when there is none to be had.
    const auto shared_done = std::make_shared<const CredentialsCallback>(std::move(done));
    if (IsStuck()) {
      net.Post([alive, name = name_, call, shared_done] {
        if (TakeTurn(alive, *call)) {
          (*shared_done)(TooSlow(name));
        }
      });
      return;
    }
    try {
      std::thread([owner = owner_, ask = ask_, name = name_, &net, call, shared_done] {
        pthread_setname_np(pthread_self(), "kvs-creds");
        Answer(*owner, net, Checked(name, Ask(*ask)), owner, call, shared_done);
      }).detach();
    } catch (const std::system_error& error) {
      (*shared_done)(Status(StatusCode::kInvalidState, name_ + ": no thread can be started: " + error.what()));
      return;
    }
    // The thread keeps `done` for as long as it can be late; here it would keep a stream that has ended.
    net.After(time_limit_, [alive, name = name_, call, weak_done = std::weak_ptr<const CredentialsCallback>(shared_done)] {
      const auto late_done = weak_done.lock();
      if (late_done != nullptr && IsLate(alive, *call)) {
        (*late_done)(TooSlow(name));
      }
    });
  }

 private:
  bool IsStuck() const {
    const MutexLock lock(owner_->mutex);
    return owner_->late > 0;
  }

  static void Answer(Owner& owner, NetworkServices& net, Result<Credentials> result, const std::weak_ptr<Owner>& alive,
                     const std::shared_ptr<Call>& call, const std::shared_ptr<const CredentialsCallback>& done) {
    const auto answer = std::make_shared<Result<Credentials>>(std::move(result));
    // Posted under the lock: without its owner, `net` may not be there any more.
    const MutexLock lock(owner.mutex);
    call->returned = true;
    if (call->answered) {
      --owner.late;
    } else if (!owner.gone) {
      net.Post([alive, answer, call, done] {
        if (TakeTurn(alive, *call)) {
          (*done)(std::move(*answer));
        }
      });
    }
  }

  static Status TooSlow(const std::string& name) {
    return {StatusCode::kNetworkTimeout, name + ": it has not returned in time"};
  }

  // Whether this is the answer of the call: nobody is gone, and none was given.
  static bool TakeTurn(const std::weak_ptr<Owner>& alive, Call& call) {
    const std::shared_ptr<Owner> owner = alive.lock();
    if (owner == nullptr) {
      return false;
    }
    const MutexLock lock(owner->mutex);
    return !owner->gone && !std::exchange(call.answered, true);
  }

  // The same when time is up, which is no answer where one is on its way.
  static bool IsLate(const std::weak_ptr<Owner>& alive, Call& call) {
    const std::shared_ptr<Owner> owner = alive.lock();
    if (owner == nullptr) {
      return false;
    }
    const MutexLock lock(owner->mutex);
    if (owner->gone || call.returned) {
      return false;
    }
    call.answered = true;
    ++owner->late;
    return true;
  }

  const std::string name_;
  const std::shared_ptr<const std::function<Result<Credentials>()>> ask_;
  const Duration time_limit_;
  const std::shared_ptr<Owner> owner_ = std::make_shared<Owner>();
};

}  // namespace

std::unique_ptr<CredentialSource> MakeCallbackCredentials(std::string name, std::function<Result<Credentials>()> ask,
                                                          Duration time_limit) {
  return std::make_unique<CallbackCredentials>(std::move(name), std::move(ask), time_limit);
}

}  // namespace kvs
