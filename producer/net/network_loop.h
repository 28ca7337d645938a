#ifndef KVS_PRODUCER_NET_NETWORK_LOOP_H_
#define KVS_PRODUCER_NET_NETWORK_LOOP_H_

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "kvs/credentials.h"
#include "pic/base/clock.h"
#include "producer/net/busy_meter.h"
#include "producer/net/curl_transport.h"
#include "producer/net/mailbox.h"
#include "producer/net/timer_queue.h"

namespace kvs::net {

// What the network thread does, one round at a time; there is no thread in here.
// Thread: network thread only, except Post, Gather, Wake and busy.
class NetworkLoop : public NetworkServices {
 public:
  explicit NetworkLoop(const Clock& clock) : clock_(clock) {}

  // NetworkServices
  WallTime wall_now() const override { return clock_.Wall(); }
  MonoTime mono_now() const override { return clock_.Mono(); }
  void Post(std::function<void()> task) override;
  // Of these, a burst is done in one go: what comes for each frame. One that comes alone does not wait.
  void Gather(std::shared_ptr<Task> task);
  void Gather(std::function<void()> task);
  void After(Duration delay, std::function<void()> task) override;
  Transport* transport() override { return &transport_; }

  Now now() const { return {clock_.Mono(), clock_.Wall()}; }
  TimerQueue& timers() { return timers_; }

  // Tasks, timers, transfers; then waits for more, at most `max_wait`.
  void RunOnce(Duration max_wait);
  // Ends the wait, or the next one when it does not wait now.
  void Wake() { transport_.Wake(); }
  // Which part of its time the loop has something to do, of late: 0..1.
  double busy() const { return busy_.Share(clock_.Mono()); }

 private:
  // All of a round but the wait. Returns how long that may be.
  Duration Work(Duration max_wait);

  const Clock& clock_;  // outlives the loop
  Mailbox mailbox_;     // synchronises itself
  std::vector<std::shared_ptr<Task>> tasks_;  // being done
  CurlTransport transport_;
  TimerQueue timers_;
  std::optional<MonoTime> gathered_at_;  // when the mailbox is looked at again, after there was something in it
  Duration worked_;                      // since the mailbox was looked at
  MonoTime next_look_;
  BusyMeter busy_;  // synchronises itself
};

}  // namespace kvs::net

#endif  // KVS_PRODUCER_NET_NETWORK_LOOP_H_
