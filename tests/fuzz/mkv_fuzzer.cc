// From frames to Matroska and back. The input is a script: tracks, then one operation per byte
// (frames, fragments, acknowledgements, broken connections), each taking what it needs from the
// bytes that follow. It drives the index, the store and the upload sessions as a stream does, pulls
// the sessions' bytes in pieces of any size, and compares what is read back with what was put in,
// element by element.
//
// The reader is the one of the service's model (emulator/model): written from RFC 8794 and RFC 9559
// for kvs-local, it shares no line with pic/mkv, which it is to judge, down to the table of element
// ids.

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "emulator/model/mkv_reader.h"
#include "pic/mkv/mkv_writer.h"
#include "pic/store/fragment_index.h"
#include "pic/store/memory_store.h"
#include "pic/stream/upload_session.h"
#include "tests/fuzz/fuzz_check.h"
#include "tests/fuzz/mkv_record.h"

namespace {

using kvs::FragmentState;
using kvs::Track;
using kvs::TrackMask;
using kvs::TrackSet;
using kvs::UploadSession;
using kvs::fuzz::ByteVector;
using kvs::fuzz::Check;
using kvs::fuzz::PutFragment;
using kvs::fuzz::PutFrame;
using kvs::fuzz::ReadCluster;
using kvs::fuzz::Recorder;

// The bytes of the input, one after the other; zeros when they are used up.
class Script {
 public:
  explicit Script(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  bool empty() const { return bytes_.empty(); }
  std::uint8_t Byte() {
    if (bytes_.empty()) {
      return 0;
    }
    const std::uint8_t byte = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return byte;
  }
  std::uint32_t U16() {
    const std::uint32_t high = Byte();
    return high << 8 | Byte();
  }
  // Sizes around the widths of EBML size fields and the blocks of the store; small ones mostly.
  std::uint32_t Size() {
    constexpr std::array<std::uint32_t, 6> kEdges = {126,   127,   128,
                                                     16383, 16384, kvs::BlockPool::kBlockBytes};
    const std::uint8_t byte = Byte();
    return byte < 250 ? byte + 1U : kEdges[byte - 250U];
  }
  // Printable, so that no reader takes the end for padding.
  std::string Text(std::size_t max_size) {
    std::string text(Byte() % (max_size + 1), 'x');
    for (char& c : text) {
      c = static_cast<char>(' ' + Byte() % 95);
    }
    return text;
  }

 private:
  std::span<const std::uint8_t> bytes_;
};

ByteVector Pattern(std::size_t size, std::uint32_t seed) {
  ByteVector bytes(size);
  for (std::size_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<std::uint8_t>(seed * 31 + i * 7 + (i >> 8));
  }
  return bytes;
}

void CheckReads(kvs::emulator::MkvReader& reader, kvs::emulator::Bytes bytes) {
  const bool accepted = reader.Feed(bytes);
  Check(accepted, reader.error().c_str());
}

// A stream with one session at a time, and the record of what went into it.
class Stream {
 public:
  explicit Stream(Script& script)
      : script_(script),
        store_(std::make_shared<kvs::BlockPool>(std::uint64_t{64} << 20)),
        index_(store_) {
    absolute_ = (script.Byte() & 1) != 0;
    DrawInfo();
    DrawTracks();
  }

  void Run() {
    constexpr std::size_t kMaxOperations = 200;
    for (std::size_t i = 0; i < kMaxOperations && !script_.empty(); ++i) {
      const std::uint8_t operation = script_.Byte();
      Do(operation & 7, operation >> 4);
      if ((operation & 8) != 0) {
        PullOnce();
      }
    }
    Finish();
  }

 private:
  void DrawInfo() {
    info_.uid[15] = 1;
    info_.uid[0] = script_.Byte();
    info_.timecode_scale_ns = 1 + script_.U16() * std::uint64_t{15'000};
    info_.title = script_.Text(126);
    info_.app = script_.Text(126);
  }

  void DrawTracks() {
    TrackSet set;
    const std::size_t count = 1 + script_.Byte() % kvs::kMaxTracks;
    for (std::size_t i = 0; i < count; ++i) {
      Track track;
      // Different, and up to the highest number that fits one byte.
      track.id = static_cast<std::uint32_t>(1 + i * 42 + script_.Byte() % 42);
      const std::uint8_t kind = script_.Byte();
      track.type = (kind & 1) != 0 ? kvs::TrackType::kAudio : kvs::TrackType::kVideo;
      // A codec of which the reader knows nothing: what is inside of CodecPrivate is not the
      // subject here.
      track.codec = kvs::Codec::kOther;
      track.codec_id = "X_" + script_.Text(30);
      track.name = script_.Text(32);
      if ((kind & 2) != 0) {
        track.width = 1 + script_.U16() % 65535;
        track.height = 1 + script_.U16() % 65535;
      }
      if ((kind & 4) != 0) {
        track.sample_rate = 1 + script_.U16();
        track.channels = 1 + script_.Byte() % 255U;
        track.bit_depth = script_.Byte();
      }
      if ((kind & 8) != 0) {
        track.codec_private = Pattern(script_.Size(), kind);
      }
      set.tracks.push_back(std::move(track));
      set.versions.push_back(1);
    }
    tracks_ = std::make_shared<TrackSet>(std::move(set));
  }

  void Do(int operation, std::uint32_t argument) {
    switch (operation) {
      case 0:
        CloseFragment((argument & 1) != 0);
        break;
      case 1:
        CloseFragment((argument & 1) != 0);
        Put(argument >> 1);
        break;
      case 5:
        Acknowledge(1 + argument);
        break;
      case 6:
        if (session_ && (argument & 1) != 0) {
          session_->EndAfterCurrent();
        } else if (session_) {
          EndSession(/*broken=*/true, (argument & 2) != 0);
        }
        break;
      case 7:
        live_ = argument & 7;
        if ((argument & 8) != 0) {
          ChangeTrack(argument);
        }
        break;
      default:
        Put(argument);
        break;
    }
  }

  // Adds a frame to the open fragment, or to a new one.
  void Put(std::uint32_t argument) {
    constexpr std::size_t kMaxBytes = std::size_t{256} * 1024;
    const std::uint32_t size = script_.Size();
    if (bytes_put_ + size > kMaxBytes) {
      return;
    }
    bytes_put_ += size;
    PutFrame frame;
    frame.track = static_cast<std::uint8_t>(argument % tracks_->tracks.size());
    const std::uint8_t flags = script_.Byte();
    frame.flags = {(flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0};
    if (index_.open_fragment() == nullptr) {
      const std::int64_t timecode =
          std::max<std::int64_t>(index_.floor(), kEarliest) + script_.U16();
      index_.Open(timecode, tracks_);
      fragments_.push_back({timecode, tracks_, 0, {}, false});
    } else {
      // With reordered frames a time may lie below that of the fragment.
      frame.relative_timecode =
          static_cast<std::int16_t>(script_.U16() % (INT16_MAX + kEarliest + 1) - kEarliest);
    }
    frame.payload = Pattern(size, static_cast<std::uint32_t>(bytes_put_));
    const kvs::Bytes part = frame.payload;
    const auto ref = store_.Put({&part, 1}, size);
    Check(ref.ok(), "the store has room");
    PutFragment& fragment = fragments_.back();
    index_.Append({*ref, fragment.timecode + frame.relative_timecode, frame.track,
                   frame.flags.key_frame, frame.flags.discardable, frame.flags.invisible});
    fragment.mask |= TrackMask{1} << frame.track;
    fragment.frames.push_back(std::move(frame));
  }

  void CloseFragment(bool end_tag) {
    if (index_.open_fragment() != nullptr) {
      index_.Close(end_tag);
      fragments_.back().end_tag = end_tag;
    }
  }

  // From the next fragment on, a track has other codec private data: a header of its own is needed.
  void ChangeTrack(std::uint32_t argument) {
    auto changed = std::make_shared<TrackSet>(*tracks_);
    const std::size_t which = argument % changed->tracks.size();
    changed->tracks[which].codec_private = Pattern(script_.Size(), argument);
    ++changed->versions[which];
    tracks_ = std::move(changed);
  }

  void Acknowledge(std::uint32_t count) {
    for (std::uint64_t number = index_.begin(); count > 0 && number < index_.end(); ++number) {
      if (index_.Has(number) && index_.fragment(number).state == FragmentState::kSent) {
        index_.Finish(number, FragmentState::kPersisted);
        --count;
      }
    }
  }

  void PullOnce() {
    constexpr std::array<std::size_t, 6> kLong = {500, 1000, 4096, 16384, 65536, 100'000};
    const std::uint8_t draw = script_.Byte();
    Pull(draw < 250 ? draw + std::size_t{1} : kLong[draw - std::size_t{250}], live_);
  }

  UploadSession::PullStatus Pull(std::size_t size, TrackMask live) {
    if (!session_) {
      BeginSession();
    }
    // No larger than announced, for the address sanitizer.
    const auto memory = std::make_unique_for_overwrite<std::uint8_t[]>(size);
    const std::span<std::uint8_t> bytes(memory.get(), size);
    const UploadSession::Pulled pulled = session_->Pull(bytes, live);
    Check(pulled.bytes <= size, "no more than there is room for");
    Check((pulled.status == UploadSession::PullStatus::kMore) == (pulled.bytes == size),
          "more only when the buffer is full");
    CheckReads(*reader_, bytes.first(pulled.bytes));
    sent_bytes_ += pulled.bytes;
    if (pulled.status == UploadSession::PullStatus::kMismatch) {
      EndSession(/*broken=*/true, /*lost=*/(size & 1) != 0);
    } else if (pulled.status == UploadSession::PullStatus::kEnd) {
      EndSession(/*broken=*/false, /*lost=*/false);
    }
    return pulled.status;
  }

  void BeginSession() {
    const std::uint64_t first = index_.FirstQueued().value_or(index_.end());
    UploadSession::Options options;
    options.segment = info_;
    if (!absolute_ && index_.Has(first)) {
      options.timecode_base = index_.fragment(first).earliest;
    }
    session_ = std::make_unique<UploadSession>(++last_session_, std::move(options), index_, first);
    recorder_ = std::make_unique<Recorder>();
    reader_ = std::make_unique<kvs::emulator::MkvReader>(*recorder_);
    sent_bytes_ = 0;
  }

  // `broken`: it may end anywhere. `lost`: what was sent and not acknowledged is sent again.
  void EndSession(bool broken, bool lost) {
    Check(broken || sent_bytes_ == 0 || reader_->Finish(), "the document is whole");
    CheckSession(/*tail_sent=*/session_->tail_sent() && !broken);
    for (std::uint64_t number = index_.begin(); number < index_.end(); ++number) {
      if (!index_.Has(number) || index_.fragment(number).Done() ||
          index_.fragment(number).session != session_->id()) {
        continue;
      }
      if (index_.fragment(number).state == FragmentState::kSent && !lost) {
        index_.Finish(number, FragmentState::kPersisted);
      } else {
        index_.fragment(number).state = FragmentState::kQueued;
      }
    }
    session_.reset();
  }

  void CheckSession(bool tail_sent) const {
    const std::vector<ReadCluster>& clusters = recorder_->clusters();
    Check(recorder_->first_tags().empty(), "no tags before the first cluster");
    if (!recorder_->header()) {
      Check(clusters.empty(), "no cluster without a header");
      return;
    }
    kvs::fuzz::CheckInfo(*recorder_->header(), info_);
    auto fragment = fragments_.begin();
    for (std::size_t i = 0; i < clusters.size(); ++i) {
      const ReadCluster& cluster = clusters[i];
      const bool last = i + 1 == clusters.size();
      if (!cluster.timecode) {
        Check(last && cluster.blocks.empty(), "only what was cut off has no time");
        return;
      }
      const auto timecode =
          static_cast<std::int64_t>(*cluster.timecode) + session_->timecode_base();
      // In order, and each only once: the search goes on where the last one ended.
      while (fragment != fragments_.end() && fragment->timecode != timecode) {
        ++fragment;
      }
      Check(fragment != fragments_.end(), "every cluster is a fragment, in order");
      CheckCluster(cluster, *fragment, last, tail_sent);
      ++fragment;
    }
  }

  void CheckCluster(const ReadCluster& cluster, const PutFragment& fragment, bool last,
                    bool tail_sent) const {
    // A cluster is known to be whole when something follows it.
    const bool whole = !last || !cluster.tags.empty();
    Check(whole ? cluster.blocks.size() == fragment.frames.size()
                : cluster.blocks.size() <= fragment.frames.size(),
          "number of blocks");
    for (std::size_t i = 0; i < cluster.blocks.size(); ++i) {
      kvs::fuzz::CheckBlock(cluster.blocks[i], fragment, fragment.frames[i]);
      Check(cluster.blocks[i].whole || (last && i + 1 == cluster.blocks.size()),
            "only the last block is cut off");
    }
    for (const kvs::emulator::MkvTag& tag : cluster.tags) {
      Check(tag.name == "AWS_KINESISVIDEO_END_OF_FRAGMENT" && tag.value.empty(),
            "the tag ends the fragment");
    }
    Check(cluster.tags.size() <= 1, "it is ended once");
    Check(cluster.tags.size() == 1 || !((fragment.end_tag && !last) || (last && tail_sent)),
          "it is ended");
    if (!whole) {
      return;
    }
    // The header names the tracks that the fragment has frames of, all of them and no other.
    const std::vector<kvs::emulator::MkvTrack>& declared = recorder_->header()->tracks;
    std::size_t next = 0;
    for (std::size_t i = 0; i < fragment.tracks->tracks.size(); ++i) {
      if ((fragment.mask >> i & 1) != 0) {
        Check(next < declared.size(), "every track with frames is declared");
        kvs::fuzz::CheckTrack(declared[next++], fragment.tracks->tracks[i]);
      }
    }
    Check(next == declared.size(), "every declared track has frames");
  }

  // No more frames, and a service that stores what it gets: everything gets there, in few sessions.
  void Finish() {
    CloseFragment(false);
    const std::size_t most = 8 + 4 * fragments_.size();
    for (std::size_t turn = 0; session_ || index_.FirstQueued(); ++turn) {
      Check(turn < most, "the queue is emptied");
      while (session_ == nullptr || !session_->tail_sent()) {
        const UploadSession::PullStatus status = Pull(kvs::BlockPool::kBlockBytes, live_);
        if (status == UploadSession::PullStatus::kWait) {
          session_->EndAfterCurrent();
        } else if (!session_) {
          break;
        }
      }
      if (session_) {
        Acknowledge(UINT32_MAX);
        UploadSession::PullStatus status = UploadSession::PullStatus::kMore;
        while (status == UploadSession::PullStatus::kMore) {
          status = Pull(kvs::BlockPool::kBlockBytes, live_);
        }
        Check(status == UploadSession::PullStatus::kEnd,
              "the body ends when everything is acknowledged");
      }
    }
    Check(index_.empty() && store_.bytes() == 0, "nothing is left");
  }

  // Reordered frames may lie this much before their fragment.
  static constexpr std::int64_t kEarliest = 100;

  Script& script_;
  bool absolute_ = false;
  kvs::mkv::SegmentInfo info_;
  std::shared_ptr<const TrackSet> tracks_;
  TrackMask live_ = 0;
  kvs::MemoryStore store_;
  kvs::FragmentIndex index_;
  std::vector<PutFragment> fragments_;
  std::size_t bytes_put_ = 0;

  std::uint64_t last_session_ = 0;
  std::unique_ptr<UploadSession> session_;  // null: none
  std::unique_ptr<Recorder> recorder_;
  std::unique_ptr<kvs::emulator::MkvReader> reader_;
  std::size_t sent_bytes_ = 0;
};

// Tags of any name and value, which no session sends so far, in pieces of `step` bytes.
void CheckTags(Script& script) {
  std::vector<std::pair<std::string, std::string>> put;
  for (std::size_t count = script.Byte() % 4; count > 0; --count) {
    std::string name = "n" + script.Text(127);
    put.emplace_back(std::move(name), script.Text(256));
  }
  std::vector<kvs::mkv::SimpleTag> tags;
  for (const auto& [name, value] : put) {
    tags.push_back({name, value});
  }
  Track track;
  track.codec_id = "X_FUZZ";
  const kvs::mkv::NumberedTrack numbered{1, &track};
  kvs::mkv::SegmentInfo info;
  info.uid[0] = 1;
  ByteVector document = kvs::mkv::Header(info, {&numbered, 1});
  Check(document.size() == HeaderSize(info, {&numbered, 1}), "predicted size of the header");
  const ByteVector element = kvs::mkv::Tags(tags);
  Check(element.size() == TagsSize(tags), "predicted size of the tags");
  document.insert(document.end(), element.begin(), element.end());

  const std::size_t step = 1 + script.Byte() % 64;
  Recorder recorder;
  kvs::emulator::MkvReader reader(recorder);
  for (std::size_t at = 0; at < document.size(); at += step) {
    CheckReads(reader, std::span(document).subspan(at, std::min(step, document.size() - at)));
  }
  Check(reader.Finish(), "the document is whole");
  Check(recorder.first_tags().size() == put.size(), "number of tags");
  for (std::size_t i = 0; i < put.size(); ++i) {
    Check(recorder.first_tags()[i].name == put[i].first &&
              recorder.first_tags()[i].value == put[i].second,
          "a tag");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  Script script(std::span(data, size).subspan(1));
  if (data[0] == 'T') {
    CheckTags(script);
  } else {
    Stream(script).Run();
  }
  return 0;
}
