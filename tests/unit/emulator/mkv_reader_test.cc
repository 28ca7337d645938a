#include "emulator/model/mkv_reader.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "emulator/model/ebml.h"
#include "tests/unit/emulator/mkv_builder.h"

namespace kvs::emulator {
namespace {

using testing::Buffer;

// Writes down what a reader says, one line each; payload pieces of a block are joined.
class Recorder : public MkvSink {
 public:
  bool OnHeader(MkvHeader header) override {
    header_ = std::move(header);
    return Note("header " + std::to_string(header_.tracks.size()));
  }
  bool OnTags(std::vector<MkvTag> tags, Bytes element) override {
    std::string line = "tags";
    for (const MkvTag& tag : tags) {
      line += " " + tag.name + "=" + tag.value;
    }
    return Note(line + " " + std::to_string(element.size()));
  }
  bool OnClusterBegin() override { return Note("cluster"); }
  bool OnClusterTimecode(std::uint64_t ticks) override {
    return Note("time " + std::to_string(ticks));
  }
  bool OnClusterBytes(Bytes bytes) override {
    cluster_bytes_.insert(cluster_bytes_.end(), bytes.begin(), bytes.end());
    return true;
  }
  bool OnBlock(const BlockHead& head) override {
    payload_.clear();
    block_ = "block " + std::to_string(head.track) + "@" + std::to_string(head.relative_time) +
             (head.discardable ? " discardable" : "") + (head.invisible ? " invisible" : "");
    size_ = head.payload_size;
    return true;
  }
  bool OnBlockPayload(Bytes bytes) override {
    payload_.insert(payload_.end(), bytes.begin(), bytes.end());
    return true;
  }
  bool OnBlockEnd(bool key) override {
    EXPECT_EQ(payload_.size(), size_);
    return Note(block_ + (key ? " key " : " ") + std::to_string(payload_.size()));
  }

  const std::vector<std::string>& lines() const { return lines_; }
  const MkvHeader& header() const { return header_; }
  const Buffer& cluster_bytes() const { return cluster_bytes_; }
  const Buffer& payload() const { return payload_; }
  void StopAfter(std::size_t lines) { stop_after_ = lines; }

 private:
  bool Note(std::string line) {
    lines_.push_back(std::move(line));
    return lines_.size() < stop_after_;
  }

  std::vector<std::string> lines_;
  MkvHeader header_;
  Buffer cluster_bytes_;
  Buffer payload_;
  std::string block_;
  std::uint64_t size_ = 0;
  std::size_t stop_after_ = SIZE_MAX;
};

// Bytes that Amazon's packager wrote: header, one cluster, one H.264 key frame, then more frames,
// the next cluster, and the three kinds of tags.
Buffer Golden() {
  return testing::FromHex(R"(
1a45dfa3a34286810142f7810142f2810442f381084282886d6174726f736b614287810242858102
18538067ff
1549a966406f 73a4900102030405060708090a0b0c0d0e0f10 2ad7b18800000000000f4240
  7ba9914b696e6573697320566964656f2053444b
  4d809b4b696e6573697320566964656f2053444b20312e312e3020636964
  57419b4b696e6573697320566964656f2053444b20312e312e3020636964
1654ae6b100000aa
 ae1000005f d78101 73c5880000000000000001 838101
  536e8f6b76735f766964656f5f747261636b 868f565f4d504547342f49534f2f415643
  e010000008b0820280ba8201e0
  63a29b0142c01effe1000c6742c01eda0280f68400000301000468ce3c80
 ae10000041 d78102 73c5880000000000000002 838102
  536e8f6b76735f617564696f5f747261636b 8685415f414143
  e11000000db58840e77000000000009f8102 63a2821190
1f43b675ff e7880000000000f42400 a78100
a3 0100000000000008 81 0000 80 deadbeef
a3010000000000000881002800deadbeef
a3010000000000000882002901deadbeef
1254c36701000000000000487373010000000000003e67c8010000000000003445a301000000000000204157535f4b494e45534953564944454f5f454e445f4f465f465241474d454e5444870100000000000000
1254c367010000000000002e7373010000000000002467c8010000000000001a45a301000000000000034b45594487010000000000000356414c
1254c36701000000000000457373010000000000003b67c8010000000000003145a3010000000000001d4157535f4b494e45534953564944454f5f4e4f54494649434154494f4e44870100000000000000
1f43b675ffe7880000000000f42bd0a78100a3010000000000000881000080deadbeef
)");
}

const std::vector<std::string> kGoldenLines = {
    "header 2",
    "cluster",
    "time 16000000",
    "block 1@0 key 4",
    "block 1@40 4",
    "block 2@41 discardable 4",
    "tags AWS_KINESISVIDEO_END_OF_FRAGMENT= 84",
    "tags KEY=VAL 58",
    "tags AWS_KINESISVIDEO_NOTIFICATION= 81",
    "cluster",
    "time 16002000",
    "block 1@0 key 4",
};

TEST(MkvReaderTest, ReadsTheGoldenVectors) {
  Recorder recorder;
  MkvReader reader(recorder);
  ASSERT_TRUE(reader.Feed(Golden())) << reader.error();
  EXPECT_TRUE(reader.Finish()) << reader.error();
  EXPECT_EQ(recorder.lines(), kGoldenLines);
  EXPECT_EQ(reader.position(), Golden().size());
  const MkvHeader& header = recorder.header();
  EXPECT_EQ(header.doc_type, "matroska");
  EXPECT_EQ(header.timecode_scale_ns, 1'000'000U);
  EXPECT_EQ(header.title, "Kinesis Video SDK");
  EXPECT_EQ(header.muxing_app, "Kinesis Video SDK 1.1.0 cid");
  ASSERT_EQ(header.tracks.size(), 2U);
  EXPECT_EQ(header.tracks[0].name, "kvs_video_track");
  EXPECT_EQ(header.tracks[0].codec_id, "V_MPEG4/ISO/AVC");
  EXPECT_EQ(header.tracks[0].pixel_width, 640U);
  EXPECT_EQ(header.tracks[0].pixel_height, 480U);
  EXPECT_EQ(header.tracks[0].codec_private.size(), 27U);
  EXPECT_EQ(header.tracks[0].frame_form, FrameForm::kAvc);
  EXPECT_EQ(header.tracks[1].type, 2U);
  EXPECT_EQ(header.tracks[1].sampling_frequency, 48000.0);
  EXPECT_EQ(header.tracks[1].channels, 2U);
  EXPECT_EQ(header.ebml_element.size(), 40U);
  EXPECT_EQ(
      header.ebml_element.size() + 5 + header.info_element.size() + header.tracks_element.size(),
      340U);
}

TEST(MkvReaderTest, ReadsTheSameAtEveryCut) {
  const Buffer golden = Golden();
  for (const std::size_t step : {1U, 2U, 3U, 5U, 7U, 11U, 64U}) {
    Recorder recorder;
    MkvReader reader(recorder);
    for (std::size_t at = 0; at < golden.size(); at += step) {
      const std::size_t count = std::min<std::size_t>(step, golden.size() - at);
      ASSERT_TRUE(reader.Feed(Bytes(golden).subspan(at, count))) << reader.error();
    }
    EXPECT_TRUE(reader.Finish());
    EXPECT_EQ(recorder.lines(), kGoldenLines) << "step " << step;
  }
}

TEST(MkvReaderTest, PassesTheClusterPayloadUnchanged) {
  const Buffer body =
      testing::Join(testing::Ebml(0xE7, testing::Number(5, 8), 1), testing::Video(0, true),
                    testing::Ebml(0xEC, Buffer(9)), testing::Video(40));
  const Buffer document = testing::Join(testing::VideoHeader(), testing::UnknownSize(0x1F43B675),
                                        body, testing::Tag("a", "b"));
  for (const std::size_t step : {1U, 4U, 4096U}) {
    Recorder recorder;
    MkvReader reader(recorder);
    for (std::size_t at = 0; at < document.size(); at += step) {
      const std::size_t count = std::min<std::size_t>(step, document.size() - at);
      ASSERT_TRUE(reader.Feed(Bytes(document).subspan(at, count))) << reader.error();
    }
    EXPECT_EQ(recorder.cluster_bytes(), body);
  }
}

TEST(MkvReaderTest, EveryTruncationIsNeverAnErrorBeforeTheEndOfTheDocument) {
  const Buffer golden = Golden();
  for (std::size_t size = 0; size < golden.size(); ++size) {
    Recorder recorder;
    MkvReader reader(recorder);
    ASSERT_TRUE(reader.Feed(Bytes(golden).first(size))) << size << ": " << reader.error();
    reader.Finish();  // true between elements, false within one; must not crash
  }
}

TEST(MkvReaderTest, EndWithinAnElementIsAnError) {
  const Buffer golden = Golden();
  Recorder recorder;
  MkvReader reader(recorder);
  ASSERT_TRUE(reader.Feed(Bytes(golden).first(golden.size() - 1)));
  EXPECT_FALSE(reader.Finish());
  EXPECT_FALSE(reader.error().empty());
}

TEST(MkvReaderTest, AcceptsKnownSizesOfSegmentAndCluster) {
  const Buffer cluster = testing::Ebml(
      0x1F43B675,
      testing::Join(testing::Ebml(0xE7, {9}, 1), testing::Video(0, true), testing::Video(40)), 4);
  const Buffer document = testing::Join(
      testing::EbmlHeader(),
      testing::Ebml(0x18538067,
                    testing::Join(testing::Info(), testing::Tracks(testing::VideoTrack()), cluster,
                                  testing::Tag("a", "b"), cluster,
                                  testing::Ebml(0x1C53BB6B, Buffer(30, 1), 2))));
  Recorder recorder;
  MkvReader reader(recorder);
  ASSERT_TRUE(reader.Feed(document)) << reader.error();
  EXPECT_TRUE(reader.Finish());
  EXPECT_EQ(recorder.lines().size(), 10U);
  // Whatever follows the segment is wrong.
  EXPECT_FALSE(reader.Feed(Buffer{0xEC, 0x81, 0x00}));
}

TEST(MkvReaderTest, AnUnknownSizedClusterEndsWithItsSegment) {
  const Buffer segment = testing::Join(testing::Info(), testing::Tracks(testing::VideoTrack()),
                                       testing::ClusterHead(3), testing::Video(0, true));
  const Buffer document = testing::Join(testing::EbmlHeader(), testing::Ebml(0x18538067, segment));
  Recorder recorder;
  MkvReader reader(recorder);
  ASSERT_TRUE(reader.Feed(document)) << reader.error();
  EXPECT_TRUE(reader.Finish()) << reader.error();
  EXPECT_FALSE(reader.Feed(testing::Video(40)));
}

TEST(MkvReaderTest, AcceptsEveryWidthOfSizes) {
  for (std::size_t width = 1; width <= 8; ++width) {
    const Buffer document = testing::Join(
        testing::VideoHeader(), testing::ClusterHead(1),
        testing::Ebml(0xA3, testing::BlockBody(1, 0, testing::kKey, Buffer(20)), width));
    Recorder recorder;
    MkvReader reader(recorder);
    ASSERT_TRUE(reader.Feed(document)) << width << ": " << reader.error();
    EXPECT_EQ(recorder.lines().back(), "block 1@0 key 20");
  }
}

TEST(MkvReaderTest, ReadsBlockGroups) {
  const Buffer block = testing::Ebml(0xA1, testing::BlockBody(1, -3, 0, Buffer(6)), 1);
  const Buffer key = testing::Ebml(0xA0, testing::Join(block, testing::Ebml(0x9B, {40}, 1)));
  const Buffer inter = testing::Ebml(0xA0, testing::Join(testing::Ebml(0xFB, {0xD8}, 1), block));
  const Buffer document =
      testing::Join(testing::VideoHeader(), testing::ClusterHead(100), key, inter);
  for (const std::size_t step : {1U, 4096U}) {
    Recorder recorder;
    MkvReader reader(recorder);
    for (std::size_t at = 0; at < document.size(); at += step) {
      const std::size_t count = std::min<std::size_t>(step, document.size() - at);
      ASSERT_TRUE(reader.Feed(Bytes(document).subspan(at, count))) << reader.error();
    }
    ASSERT_EQ(recorder.lines().size(), 5U);
    EXPECT_EQ(recorder.lines()[3], "block 1@-3 key 6");
    EXPECT_EQ(recorder.lines()[4], "block 1@-3 6");
  }
}

TEST(MkvReaderTest, StopsWhenTheSinkWantsNoMore) {
  Recorder recorder;
  recorder.StopAfter(3);
  MkvReader reader(recorder);
  EXPECT_FALSE(reader.Feed(Golden()));
  EXPECT_TRUE(reader.error().empty());
  EXPECT_FALSE(reader.Feed(Golden()));
  EXPECT_EQ(recorder.lines().size(), 3U);
}

struct BadDocument {
  const char* what;
  Buffer bytes;
};

std::vector<BadDocument> BadDocuments() {
  using namespace testing;  // NOLINT(google-build-using-namespace): a table of bytes
  const Buffer header = VideoHeader();
  const Buffer begun = Join(header, ClusterHead(0));
  const Buffer no_tracks = Join(EbmlHeader(), UnknownSize(0x18538067), Info());
  return {
      {"text", Text("GET / HTTP/1.1\r\n")},
      {"no EBML header", Join(UnknownSize(0x18538067), Info())},
      {"cluster before tracks", Join(no_tracks, ClusterHead(0))},
      {"tags before tracks", Join(no_tracks, Tag("a", "b"))},
      {"cluster where the segment should be", Join(EbmlHeader(), ClusterHead(0))},
      {"second EBML header", Join(begun, Video(0, true), EbmlHeader())},
      {"second segment", Join(begun, Video(0, true), UnknownSize(0x18538067))},
      {"second info", Join(header, Info())},
      {"second tracks in mid-stream", Join(begun, Video(0, true), Tracks(VideoTrack()))},
      {"block in the segment", Join(header, Video(0, true))},
      {"block after tags", Join(begun, Video(0, true), Tag("a", "b"), Video(40))},
      {"block before the timecode", Join(header, UnknownSize(0x1F43B675), Video(0, true))},
      {"second timecode", Join(begun, Ebml(0xE7, {1}, 1))},
      {"unknown element in the cluster", Join(begun, Ebml(0xA6, {1}, 1))},
      {"encrypted block", Join(begun, Ebml(0xAF, Buffer(9), 1))},
      {"unknown element in the segment", Join(header, Ebml(0x1234567A, {1}, 1))},
      {"xiph lacing", Join(begun, SimpleBlock(1, 0, 0x82, Nal()))},
      {"fixed lacing", Join(begun, SimpleBlock(1, 0, 0x84, Nal()))},
      {"EBML lacing", Join(begun, SimpleBlock(1, 0, 0x86, Nal()))},
      {"block without a frame", Join(begun, SimpleBlock(1, 0, 0x80, {}))},
      {"block shorter than its head", Join(begun, Ebml(0xA3, {0x81, 0x00}))},
      {"block of unknown size", Join(begun, UnknownSize(0xA3))},
      {"no element id", Join(begun, Buffer{0x00})},
      {"reserved element id", Join(begun, Buffer{0xFF, 0x81})},
      {"no element size", Join(begun, Buffer{0xA3, 0x00})},
      {"child longer than the cluster",
       Join(header, Ebml(0x1F43B675, Join(Ebml(0xE7, {1}, 1), Buffer{0xA3, 0x8A, 0x81}), 1),
            Buffer(20))},
      {"head across the end of the cluster",
       Join(header, Ebml(0x1F43B675, Join(Ebml(0xE7, {1}, 1), Buffer{0xA3}), 1), Buffer{0x8A},
            BlockBody(1, 0, kKey, Buffer(6)))},
      {"tags inside of a cluster of known size",
       Join(header, Ebml(0x1F43B675, Join(Ebml(0xE7, {1}, 1), Tag("a", "b"))))},
      {"group without a block", Join(begun, Ebml(0xA0, Ebml(0x9B, {1}, 1)))},
      {"group with two blocks",
       Join(begun, Ebml(0xA0, Join(Ebml(0xA1, BlockBody(1, 0, 0, Nal())),
                                   Ebml(0xA1, BlockBody(1, 0, 0, Nal())))))},
      {"huge info", Join(EbmlHeader(), UnknownSize(0x18538067), Buffer{0x15, 0x49, 0xA9, 0x66},
                         Number(0x0100000001000000ULL, 8))},
      {"bad tags", Join(header, Ebml(0x1254C367, Buffer{0x73, 0x73, 0x8F, 0x00}, 1))},
      {"tags of something else", Join(header, Ebml(0x1254C367, Ebml(0xA3, Nal(), 1), 1))},
  };
}

TEST(MkvReaderTest, RefusesWhatIsNotMatroska) {
  for (const BadDocument& bad : BadDocuments()) {
    Recorder recorder;
    MkvReader reader(recorder);
    EXPECT_FALSE(reader.Feed(bad.bytes)) << bad.what;
    EXPECT_FALSE(reader.error().empty()) << bad.what;
    // The same one byte at a time.
    Recorder slow_recorder;
    MkvReader slow(slow_recorder);
    bool good = true;
    for (const std::uint8_t byte : bad.bytes) {
      good = good && slow.Feed(Bytes(&byte, 1));
    }
    EXPECT_FALSE(good) << bad.what;
    EXPECT_EQ(slow_recorder.lines(), recorder.lines()) << bad.what;
  }
}

struct BadTrack {
  const char* what;
  Buffer entry;
};

TEST(MkvReaderTest, RefusesBadTracks) {
  using testing::Ebml;
  using testing::Join;
  using testing::Text;
  using testing::TrackEntry;
  const Buffer ids = Join(Ebml(0xD7, {1}, 1), Ebml(0x73C5, {1}, 1), Ebml(0x83, {1}, 1));
  const std::vector<BadTrack> bad = {
      {"track number 0", TrackEntry(0, 1, "V_VP8", {})},
      {"track type 9", TrackEntry(1, 9, "V_VP8", {})},
      {"no codec id", Ebml(0xAE, ids)},
      {"two tracks of one number",
       Join(TrackEntry(1, 1, "V_VP8", {}), TrackEntry(1, 1, "V_VP8", {}))},
      {"H.264 without codec private data", TrackEntry(1, 1, "V_MPEG4/ISO/AVC", {})},
      {"H.264 with Annex-B parameter sets",
       TrackEntry(1, 1, "V_MPEG4/ISO/AVC",
                  testing::FromHex("000000016742c01eda0280f68400000300010000000168ce3c80"))},
      {"AAC without codec private data", TrackEntry(1, 2, "A_AAC", {})},
      {"AAC with a bad configuration", TrackEntry(1, 2, "A_AAC", {0x00, 0x00})},
      {"unknown element", Ebml(0xAE, Join(ids, Ebml(0x86, Text("V_VP8")), Ebml(0xA3, {1})))},
      {"video of no width",
       Ebml(0xAE, Join(ids, Ebml(0x86, Text("V_VP8")), Ebml(0xE0, Ebml(0xB0, {0}, 1))))},
      {"content encodings",
       Ebml(0xAE, Join(ids, Ebml(0x86, Text("V_VP8")), Ebml(0x6D80, Buffer(4))))},
      {"no tracks at all", {}},
  };
  for (const BadTrack& track : bad) {
    Recorder recorder;
    MkvReader reader(recorder);
    EXPECT_FALSE(reader.Feed(testing::Header(track.entry))) << track.what;
    EXPECT_TRUE(recorder.lines().empty()) << track.what;
  }
}

TEST(MkvReaderTest, ReadsOtherTimecodeScales) {
  const Buffer document =
      testing::Join(testing::EbmlHeader(), testing::UnknownSize(0x18538067), testing::Info(100'000),
                    testing::Tracks(testing::VideoTrack()));
  Recorder recorder;
  MkvReader reader(recorder);
  ASSERT_TRUE(reader.Feed(document));
  EXPECT_EQ(recorder.header().timecode_scale_ns, 100'000U);
}

TEST(EbmlTest, ReadsHeadsOfEveryWidth) {
  ElementHead head;
  ASSERT_EQ(ReadElementHead(Buffer{0xA3, 0x85}, &head), EbmlRead::kOk);
  EXPECT_EQ(head.id, 0xA3U);
  EXPECT_EQ(head.size, 5U);
  EXPECT_EQ(head.length, 2U);
  const Buffer longest = testing::FromHex("1f43b675 0100000000000102");
  ASSERT_EQ(ReadElementHead(longest, &head), EbmlRead::kOk);
  EXPECT_EQ(head.id, id::kCluster);
  EXPECT_EQ(head.size, 0x102U);
  EXPECT_EQ(head.length, kMaxElementHead);
  for (std::size_t size = 0; size < longest.size(); ++size) {
    EXPECT_EQ(ReadElementHead(Bytes(longest).first(size), &head), EbmlRead::kNeedMore);
  }
  for (std::size_t width = 1; width <= 8; ++width) {
    const std::uint64_t ones = (std::uint64_t{1} << (7 * width)) - 1;
    const Buffer unknown =
        testing::Join(Buffer{0xA3}, testing::Number(ones | std::uint64_t{1} << (7 * width), width));
    ASSERT_EQ(ReadElementHead(unknown, &head), EbmlRead::kOk);
    EXPECT_TRUE(head.unknown_size) << width;
  }
}

TEST(EbmlTest, WritesWhatItReads) {
  for (std::size_t width = 2; width <= 8; ++width) {
    Buffer out;
    AppendElementHead(out, id::kTags, 300, width);
    ElementHead head;
    ASSERT_EQ(ReadElementHead(out, &head), EbmlRead::kOk);
    EXPECT_EQ(head.id, id::kTags);
    EXPECT_EQ(head.size, 300U);
    EXPECT_EQ(head.length, out.size());
  }
}

TEST(EbmlTest, ReadsNumbersAndTexts) {
  std::uint64_t number = 0;
  EXPECT_TRUE(ReadUnsigned(Buffer{}, &number));
  EXPECT_EQ(number, 0U);
  EXPECT_TRUE(ReadUnsigned(Buffer{1, 2}, &number));
  EXPECT_EQ(number, 0x102U);
  EXPECT_FALSE(ReadUnsigned(Buffer(9), &number));
  double real = 0;
  EXPECT_TRUE(ReadFloat(testing::FromHex("40e7700000000000"), &real));
  EXPECT_EQ(real, 48000.0);
  EXPECT_TRUE(ReadFloat(testing::FromHex("473b8000"), &real));
  EXPECT_EQ(real, 48000.0);
  EXPECT_FALSE(ReadFloat(Buffer(5), &real));
  EXPECT_EQ(ReadText(Buffer{'a', 'b', 0, 0}), "ab");
}

}  // namespace
}  // namespace kvs::emulator
