#ifndef KVS_EMULATOR_MODEL_FRAGMENT_ASSEMBLER_H_
#define KVS_EMULATOR_MODEL_FRAGMENT_ASSEMBLER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/model/codec_check.h"
#include "emulator/model/fragment.h"
#include "emulator/model/mkv_reader.h"
#include "emulator/model/time.h"

namespace kvs::emulator {

// What the service allows in the media. Source: developer guide, PutMedia and limits page.
struct MediaLimits {
  Duration min_fragment = std::chrono::seconds(1);   // 0: no limit
  Duration max_fragment = std::chrono::seconds(10);  // 0: no limit
  std::uint64_t max_fragment_bytes = 50ULL << 20;    // 0: no limit
  Duration max_future = std::chrono::hours(24);      // assumed; 0: no limit
  std::size_t max_tracks = 3;
  std::size_t max_tags = 10;
  std::size_t max_tag_name = 128;
  std::size_t max_tag_value = 256;
};

// How cluster timecodes become producer timestamps.
struct TimecodeBase {
  bool absolute = true;
  std::int64_t start_ms = 0;  // x-amzn-producer-start-timestamp, for relative ones
};

// Cuts the bytes of one session into fragments and checks each as the service does.
class FragmentAssembler : private MkvSink {
 public:
  class Listener {
   public:
    virtual ~Listener() = default;
    // A fragment's timecode is known. Sets its number. The answer false stops the assembler.
    virtual bool OnFragmentBegin(Fragment& fragment) = 0;
    // Its last byte has come.
    virtual void OnFrame(const FrameInfo& frame) = 0;
    virtual bool OnFragmentComplete(Fragment fragment) = 0;
    // `fragment` is nullptr when the error belongs to none. The answer true (meaningful only when
    // `can_continue`) goes on with the next cluster.
    virtual bool OnMediaError(int error_id, const std::string& detail, const Fragment* fragment,
                              bool can_continue) = 0;
  };

  // Without `keep_media` the bytes of fragments are counted but not held.
  FragmentAssembler(Listener& listener, MediaLimits limits, TimecodeBase base, bool keep_media)
      : listener_(listener), limits_(limits), base_(base), keep_media_(keep_media) {}

  // Both answer false when the session is over because of an error or the listener.
  bool Feed(Bytes data, Time now);
  // The body ended cleanly: the last fragment is complete.
  bool Finish(Time now);

  // When the bytes stop coming: completes the fragment whose successor has begun, if only with the
  // first byte. It is held back until the successor's timecode tells whether it was long enough.
  void SettleCurrent();

  // The fragment that is begun and not complete; nullptr when there is none.
  const Fragment* current() const { return current_ ? &*current_ : nullptr; }
  void DropCurrent() { current_.reset(); }

 private:
  bool OnHeader(MkvHeader header) override;
  bool OnTags(std::vector<MkvTag> tags, Bytes element) override;
  bool OnClusterBegin() override;
  bool OnClusterTimecode(std::uint64_t ticks) override;
  bool OnClusterBytes(Bytes bytes) override;
  bool OnBlock(const BlockHead& head) override;
  bool OnBlockPayload(Bytes bytes) override;
  bool OnBlockEnd(bool key) override;

  // An error of the fragment at hand (or of the session, when there is none).
  bool Error(int error_id, const std::string& detail, bool can_continue = true);
  bool CompleteCurrent(CompleteBy by);
  bool CloseBefore(std::int64_t next_ns);
  bool CheckNewFragment();
  // Why this tag may not be sent; empty when it may.
  std::string TagProblem(const MkvTag& tag) const;
  // Timecode in nanoseconds; none when it does not fit.
  std::optional<std::int64_t> ToNanos(std::uint64_t ticks) const;
  const MkvTrack* FindTrack(std::uint64_t number) const;

  Listener& listener_;
  const MediaLimits limits_;
  const TimecodeBase base_;
  const bool keep_media_;
  MkvReader reader_{*this};
  Time now_{};

  std::shared_ptr<const MkvHeader> header_;
  std::optional<Fragment> current_;
  NalChainCheck nal_check_;

  // A cluster whose timecode is not known yet.
  bool cluster_begun_ = false;
  Time cluster_time_{};
  std::vector<std::uint8_t> cluster_bytes_;
  std::uint64_t cluster_size_ = 0;

  // Tags for the next fragment.
  std::vector<MkvTag> pending_tags_;
  std::vector<std::uint8_t> pending_tag_elements_;
  std::size_t pending_tag_count_ = 0;
  std::size_t current_tag_count_ = 0;
  std::string pending_tag_problem_;

  // Of the last complete fragment.
  std::optional<std::uint64_t> previous_timecode_;
  std::int64_t previous_last_ns_ = 0;
  std::size_t last_body_size_ = 0;
};

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_MODEL_FRAGMENT_ASSEMBLER_H_
