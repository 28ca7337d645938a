#include "emulator/model/quotas.h"

#include <algorithm>
#include <cmath>

namespace kvs::emulator {
namespace {

constexpr double kNanosPerSecond = 1e9;

}  // namespace

void RateWindow::Forget(Time now) {
  while (!events_.empty() && events_.front() + kWindow <= now) {
    events_.pop_front();
  }
}

bool RateWindow::Allow(Time now) {
  if (limit_ == 0) {
    return true;
  }
  Forget(now);
  if (events_.size() >= limit_) {
    return false;
  }
  events_.push_back(now);
  return true;
}

bool RateWindow::Count(Time now) {
  if (limit_ == 0) {
    return true;
  }
  Forget(now);
  events_.push_back(now);
  return events_.size() <= limit_;
}

Time RateWindow::NextAllowed(Time now) {
  if (limit_ == 0) {
    return now;
  }
  Forget(now);
  return events_.size() < limit_ ? now : events_[events_.size() - limit_] + kWindow;
}

double ByteBudget::Burst() const {
  constexpr double kBurstSeconds = 0.1;
  return std::max(1.0, static_cast<double>(rate_) * kBurstSeconds);
}

void ByteBudget::Fill(Time now) {
  if (now > filled_) {
    const double seconds = static_cast<double>((now - filled_).count()) / kNanosPerSecond;
    available_ = std::min(Burst(), available_ + seconds * static_cast<double>(rate_));
    filled_ = now;
  }
}

std::size_t ByteBudget::Available(Time now) {
  if (rate_ == 0) {
    return SIZE_MAX;
  }
  Fill(now);
  return available_ < 1.0 ? 0 : static_cast<std::size_t>(available_);
}

void ByteBudget::Spend(std::size_t bytes) {
  if (rate_ != 0) {
    available_ -= static_cast<double>(bytes);
  }
}

Time ByteBudget::NextAvailable(Time now) {
  if (Available(now) > 0) {
    return now;
  }
  // Half a burst, so that a slow session is not woken for every byte.
  const double missing = std::max(1.0, Burst() / 2) - available_;
  const double nanos = std::ceil(missing / static_cast<double>(rate_) * kNanosPerSecond);
  return now + Duration(static_cast<std::int64_t>(nanos) + 1);
}

std::size_t StreamQuotaOf(std::string_view api) {
  constexpr std::size_t kPerStream = 5;
  return api == "createStream" || api == "listStreams" || api == "putMedia" ? 0 : kPerStream;
}

std::size_t AccountQuotaOf(std::string_view api) {
  constexpr std::size_t kReads = 300;
  constexpr std::size_t kOthers = 50;
  if (api == "putMedia") {
    return 0;
  }
  return api == "describeStream" || api == "getDataEndpoint" ? kReads : kOthers;
}

}  // namespace kvs::emulator
