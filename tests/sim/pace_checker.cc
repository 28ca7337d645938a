#include "tests/sim/pace_checker.h"

namespace kvs::sim {

std::string PaceChecker::OnSession(MonoTime now) {
  while (!sessions_.empty() && now - sessions_.front() >= kSecond) {
    sessions_.pop_front();
  }
  sessions_.push_back(now);
  return sessions_.size() > kSessionsPerSecond
             ? "I7: " + std::to_string(sessions_.size()) + " sessions within a second"
             : "";
}

std::string PaceChecker::OnAttempt(MonoTime now, MonoTime progress) {
  ++attempts_;
  if (trouble_ && progress >= *trouble_) {
    trouble_.reset();
    retries_ = 0;
  }
  if (!trouble_ || !failing_ || now - *trouble_ <= kGrace) {
    return "";
  }
  ++retries_;
  const std::int64_t allowed = (now - *trouble_ - kGrace).seconds() + kSlack;
  return retries_ > allowed ? "I7: " + std::to_string(retries_) + " attempts in an outage of " +
                                  std::to_string((now - *trouble_).seconds()) + " s"
                            : "";
}

void PaceChecker::OnFailure(MonoTime now) {
  failing_ = true;
  if (!trouble_) {
    trouble_ = now;
  }
}

}  // namespace kvs::sim
