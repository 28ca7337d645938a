#ifndef KVS_PLUGIN_EPISODES_H_
#define KVS_PLUGIN_EPISODES_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kvs/metrics.h"
#include "kvs/status.h"
#include "kvs/stream_events.h"
#include "kvs/time.h"

// What keeps the bus quiet: an episode of trouble, however long, is a handful of messages, and none
// of its numbers is lost. Pure, and not synchronised.
namespace kvs::plugin {

// Lost frames, by reason. An episode begins with a loss, and is over when nothing was lost for
// kQuietTime.
class LossEpisodes {
 public:
  // Longer than the library's interval between reports of one episode (10 s).
  static constexpr Duration kQuietTime = Duration::Seconds(30);

  struct Ended {
    FramesLost total;
    // More was lost than the first report said.
    bool more_than_told = false;
  };

  // True when an episode begins: the loss is to be told.
  bool Add(const FramesLost& lost, MonoTime now);
  // The episodes that are over at `now`; with `all`, every one.
  std::vector<Ended> TakeEnded(MonoTime now, bool all = false);
  // Whether TakeEnded may have something some time.
  bool any() const;

 private:
  struct Episode {
    FramesLost total;
    std::uint64_t told = 0;
    MonoTime last;
  };
  std::array<std::optional<Episode>, kLossReasons> episodes_;  // by LossReason
};

// An outage of a stream that has worked: worth a warning when it lasts.
class OutageWatch {
 public:
  static constexpr Duration kPatience = Duration::Seconds(10);

  void OnDisconnected(const Status& reason, MonoTime now);
  // There is a connection, which may be hung up again: it is quiet, and not over.
  void OnConnected() { connected_ = true; }
  // Something arrived, so that it is over; unless no connection was made since: then it is of the one that ended.
  void OnArrived() {
    if (connected_) {
      *this = {};
    }
  }

  // Whether there was a disconnection and nothing has arrived since.
  bool began() const { return since_.has_value(); }
  // Whether TakeDue may have something some time.
  bool pending() const { return since_.has_value() && !connected_ && !told_; }
  struct Due {
    Status reason;
    Duration lasted;
  };
  // What to warn of at `now`, once per outage.
  std::optional<Due> TakeDue(MonoTime now);

 private:
  std::optional<MonoTime> since_;
  Status reason_;
  bool connected_ = false;
  bool told_ = false;
};

// How much more media is held before anything is given up, at the pace of what is held: by
// `buffer_duration` and by the memory of the producer, whichever ends first.
Duration RoomLeft(const StreamMetrics& stream, const ProducerMetrics& producer,
                  Duration buffer_duration);

// Whether the event says that media has arrived at the service.
bool SaysArrived(const StreamEvent& event);

// Which of a stream's events about connections are told. In an outage each reason is told once, also
// where reasons take turns, and a service that accepts connections and hangs up is believed once:
// the next `Connected` waits until something has arrived. What was told last is always true.
class ConnectionStory {
 public:
  // `acks`: the service acknowledges what arrives. Without, every connection is believed.
  explicit ConnectionStory(bool acks) : acks_(acks) {}

  // Whether to tell the event. `stale`: of Disconnected, whether the connection was given up for
  // silence.
  bool Tells(const StreamEvent& event, bool stale = false);
  // A Connected that was held back, to be told before the event that Tells was asked about last.
  std::optional<Connected> TakeHeldBack() { return std::exchange(due_, std::nullopt); }

 private:
  const bool acks_;
  bool told_down_ = false;
  // Connections of this outage that were told, of which nothing has arrived.
  int believed_ = 0;
  std::vector<std::pair<StatusCode, bool>> reasons_;  // that were told in this outage
  std::optional<Connected> held_;
  std::optional<Connected> due_;
};

// What is remembered of one stream while its events are told: also of one that was stopped and goes
// on behind.
struct StreamStory {
  explicit StreamStory(bool acks) : connections(acks) {}

  ConnectionStory connections;
  bool ack_messages = false;
  // The ack that says that a fragment is safe: RECEIVED where nothing is kept.
  AckType last_ack = AckType::kPersisted;
  std::string last_fragment;  // the number of the last one that is safe
  std::uint64_t stale_connections = 0;
};

}  // namespace kvs::plugin

#endif  // KVS_PLUGIN_EPISODES_H_
