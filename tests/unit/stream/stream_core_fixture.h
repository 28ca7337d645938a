#ifndef KVS_TESTS_UNIT_STREAM_STREAM_CORE_FIXTURE_H_
#define KVS_TESTS_UNIT_STREAM_STREAM_CORE_FIXTURE_H_

#include "pic/stream/stream_core.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/hex.h"
#include "tests/support/mkv_scan.h"

namespace kvs {

using kvs::test::Hex;
using kvs::test::MkvScan;
using kvs::test::ScannedSession;

inline constexpr std::uint32_t kVideoId = 1;
inline constexpr std::uint32_t kAudioId = 2;

inline Track Video() {
  Track track;
  track.id = kVideoId;
  track.codec_private = Hex("0142c01effe1000c6742c01eda0280f68400000301000468ce3c80");
  return track;
}
inline Track Audio() {
  Track track;
  track.id = kAudioId;
  track.type = TrackType::kAudio;
  track.codec = Codec::kAac;
  track.format = FrameFormat::kRaw;
  track.codec_private = Hex("1190");
  return track;
}

// The core, time that is moved by hand, and a service that answers at once and acknowledges on demand.
class StreamCoreTest : public testing::Test {
 protected:
  void Make(StreamConfig config = {}, std::uint64_t storage = 8 << 20) {
    config.name = "door";
    StreamCore::Options options;
    options.config = config;
    options.pool = std::make_shared<BlockPool>(storage);
    options.seed = 7;
    options.app = "test 1";
    core_ = std::make_unique<StreamCore>(options);
  }

  // One access unit of a single NAL unit with `size` bytes of payload.
  StreamCore::PutOutcome PutVideo(std::int64_t pts_ms, bool key, std::size_t size = 100) {
    std::vector<std::uint8_t> bytes = {0, 0, 0, 0, static_cast<std::uint8_t>(key ? 0x65 : 0x41)};
    bytes.resize(4 + std::max<std::size_t>(size, 1), 0xAB);
    const auto nal = static_cast<std::uint32_t>(bytes.size() - 4);
    for (int i = 0; i < 4; ++i) {
      bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(nal >> (24 - 8 * i));
    }
    return Put(kVideoId, pts_ms, key, bytes);
  }
  StreamCore::PutOutcome PutAudio(std::int64_t pts_ms) {
    return Put(kAudioId, pts_ms, true, std::vector<std::uint8_t>(50, 0xCD));
  }
  StreamCore::PutOutcome Put(std::uint32_t track, std::int64_t pts_ms, bool key,
                             const std::vector<std::uint8_t>& bytes) {
    Frame frame;
    frame.track_id = track;
    frame.pts = MediaTime::FromMillis(kEpochMs + pts_ms);
    frame.key_frame = key;
    frame.data = bytes;
    auto outcome = core_->PutFrame(frame, now_);
    Settle();
    return outcome;
  }
  // `seconds` of video with a key frame each second, 10 frames a second, from `start_ms`.
  void PutSeconds(int seconds, std::int64_t start_ms = 0, std::size_t size = 100) {
    for (int i = 0; i < seconds * 10; ++i) {
      const std::int64_t at = start_ms + i * 100;
      (void)PutVideo(at, at % 1000 == 0, size).status.ok();
    }
  }

  // Does what the core asks for, and reads what its sessions have to say.
  void Settle() {
    for (bool busy = true; busy;) {
      busy = false;
      for (const StreamCore::Action& action : core_->TakeActions()) {
        busy = true;
        if (const auto* call = std::get_if<StreamCore::MakeCall>(&action)) {
          calls_ += std::string(machine::Name(call->call)) + " ";
          Answer(call->call);
        } else if (const auto* open = std::get_if<StreamCore::OpenSession>(&action)) {
          opened_.push_back(open->session);
          starts_.push_back(open->start);
          if (connect_) {
            core_->OnSessionConnected(open->session, now_);
          }
          Read(open->session);
        } else if (const auto* wake = std::get_if<StreamCore::WakeSession>(&action)) {
          Read(wake->session);
        } else if (const auto* abort = std::get_if<StreamCore::AbortSession>(&action)) {
          aborted_.push_back(abort->session);
        } else if (std::holds_alternative<StreamCore::RefreshCredentials>(action)) {
          ++refreshes_;
        }
      }
      for (StreamEvent& event : core_->TakeEvents()) {
        events_.push_back(std::move(event));
      }
    }
  }
  void Answer(machine::Call call) {
    if (!answer_calls_) {
      return;
    }
    if (call == machine::Call::kDescribe) {
      core_->OnDescribed(machine::ServiceState::kActive, now_);
    } else {
      core_->OnCallDone(now_);
    }
  }
  void Read(std::uint64_t session) {
    std::vector<std::uint8_t> buffer(777);  // odd, so that heads and payloads are cut
    while (session != mute_) {
      const auto pulled = core_->Pull(session, buffer, now_);
      auto& bytes = sent_[session];
      bytes.insert(bytes.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(pulled.bytes));
      if (pulled.status == UploadSession::PullStatus::kEnd && !end_answers_) {
        return;
      }
      if (pulled.status == UploadSession::PullStatus::kEnd) {
        core_->OnSessionEnded(session, Status(), {}, now_);
        return;
      }
      if (pulled.status != UploadSession::PullStatus::kMore) {
        return;
      }
    }
  }
  void Ack(std::uint64_t session, const std::string& type, std::int64_t ms, const std::string& more = "") {
    const std::string text = "{\"EventType\":\"" + type + "\",\"FragmentTimecode\":" + std::to_string(kEpochMs + ms) +
                             ",\"FragmentNumber\":\"1\"" + more + "}\n";
    core_->OnAckBytes(session, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, now_);
    Settle();
  }
  void Break(std::uint64_t session) {
    core_->OnSessionEnded(session, Status(StatusCode::kConnectionLost, "reset"), {}, now_);
    Settle();
  }
  void Pass(Duration duration) {
    const MonoTime until = now_.mono + duration;
    while (core_->deadline() && *core_->deadline() <= until) {
      const Duration step = std::max(*core_->deadline() - now_.mono, Duration());
      now_ = {now_.mono + step, now_.wall + step};
      core_->OnTimer(now_);
      Settle();
    }
    now_ = {until, now_.wall + (until - now_.mono)};
  }
  ScannedSession Sent(std::uint64_t session) { return MkvScan::Read(sent_[session]); }
  std::vector<std::int64_t> ClusterTimes(std::uint64_t session) {
    std::vector<std::int64_t> times;
    for (const auto& cluster : Sent(session).clusters) {
      times.push_back(cluster.timecode - kEpochMs);
    }
    return times;
  }
  template <typename Event>
  std::vector<Event> Told() const {
    std::vector<Event> found;
    for (const StreamEvent& event : events_) {
      if (const auto* one = std::get_if<Event>(&event)) {
        found.push_back(*one);
      }
    }
    return found;
  }

  static constexpr std::int64_t kEpochMs = 1'700'000'000'000;
  Now now_{MonoTime::FromSeconds(1000), WallTime::FromSeconds(1'700'000'000)};
  std::unique_ptr<StreamCore> core_;
  bool answer_calls_ = true;
  bool connect_ = true;
  bool end_answers_ = true;
  std::uint64_t mute_ = 0;  // a session that nothing is read from
  std::string calls_;
  int refreshes_ = 0;
  std::vector<std::uint64_t> opened_;
  std::vector<WallTime> starts_;
  std::vector<std::uint64_t> aborted_;
  std::map<std::uint64_t, std::vector<std::uint8_t>> sent_;
  std::vector<StreamEvent> events_;
};

using Times = std::vector<std::int64_t>;

}  // namespace kvs

#endif  // KVS_TESTS_UNIT_STREAM_STREAM_CORE_FIXTURE_H_
