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
};

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
  CallbackCredentials(std::string name, std::function<Result<Credentials>()> ask)
      : name_(std::move(name)), ask_(std::make_shared<const std::function<Result<Credentials>()>>(std::move(ask))) {}
  ~CallbackCredentials() override {
    const MutexLock lock(owner_->mutex);
    owner_->gone = true;
  }

  std::string_view name() const override { return name_; }

  void Fetch(NetworkServices& net, CredentialsCallback done) override {
    // Copied into the thread before it starts, so that `done` can still be called when there is none to be had.
    const auto shared_done = std::make_shared<const CredentialsCallback>(std::move(done));
    try {
      std::thread([owner = owner_, ask = ask_, name = name_, &net, shared_done] {
        pthread_setname_np(pthread_self(), "kvs-creds");
        Answer(*owner, net, Checked(name, (*ask)()), owner, shared_done);
      }).detach();
    } catch (const std::system_error& error) {
      (*shared_done)(Status(StatusCode::kInvalidState, name_ + ": no thread can be started: " + error.what()));
    }
  }

 private:
  static void Answer(Owner& owner, NetworkServices& net, Result<Credentials> result, const std::weak_ptr<Owner>& alive,
                     const std::shared_ptr<const CredentialsCallback>& done) {
    const auto answer = std::make_shared<Result<Credentials>>(std::move(result));
    // Posted under the lock: without its owner, `net` may not be there any more.
    const MutexLock lock(owner.mutex);
    if (!owner.gone) {
      net.Post([alive, answer, done] {
        if (IsWanted(alive)) {
          (*done)(std::move(*answer));
        }
      });
    }
  }

  static bool IsWanted(const std::weak_ptr<Owner>& alive) {
    const std::shared_ptr<Owner> owner = alive.lock();
    if (owner == nullptr) {
      return false;
    }
    const MutexLock lock(owner->mutex);
    return !owner->gone;
  }

  const std::string name_;
  const std::shared_ptr<const std::function<Result<Credentials>()>> ask_;
  const std::shared_ptr<Owner> owner_ = std::make_shared<Owner>();
};

}  // namespace

std::unique_ptr<CredentialSource> MakeCallbackCredentials(std::string name, std::function<Result<Credentials>()> ask) {
  return std::make_unique<CallbackCredentials>(std::move(name), std::move(ask));
}

}  // namespace kvs
