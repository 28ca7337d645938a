#ifndef KVS_PIC_STREAM_STREAM_METER_H_
#define KVS_PIC_STREAM_STREAM_METER_H_

#include <optional>

#include "kvs/metrics.h"
#include "kvs/time.h"

namespace kvs {

// The rates and latencies of StreamMetrics. Counters that are a plain "one more" are counted where it happens.
class StreamMeter {
 public:
  // A new value counts for a twentieth of an average, so that it follows in about twenty values.
  static constexpr double kWeight = 0.05;
  // The transfer rate is looked at no more often than this: a single write says nothing.
  static constexpr Duration kTransferSample = Duration::Millis(200);

  void OnStart(MonoTime now) { started_ = started_.value_or(now); }
  // `pts`: of the first video track's frames; none for others.
  void OnPut(std::optional<MediaTime> pts, MonoTime now);
  void OnSent(std::size_t bytes, MonoTime now);
  void OnSessionEnded(Duration length);
  static void Note(LatencyMetrics& latency, Duration took);

  void Fill(StreamMetrics& metrics, MonoTime now) const;

 private:
  static double Follow(double average, double value) { return average == 0 ? value : average + kWeight * (value - average); }

  std::optional<MonoTime> started_;
  std::optional<MonoTime> last_put_;
  std::optional<MediaTime> latest_pts_;
  double put_interval_ = 0;  // seconds
  double pts_interval_ = 0;
  int frames_since_latest_ = 0;
  std::optional<MonoTime> sample_began_;
  std::uint64_t sample_bytes_ = 0;
  double transfer_rate_ = 0;
  std::uint64_t sessions_ended_ = 0;
  Duration sessions_length_;
};

}  // namespace kvs

#endif  // KVS_PIC_STREAM_STREAM_METER_H_
