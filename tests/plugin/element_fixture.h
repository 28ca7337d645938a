#ifndef KVS_TESTS_PLUGIN_ELEMENT_FIXTURE_H_
#define KVS_TESTS_PLUGIN_ELEMENT_FIXTURE_H_

#include <memory>
#include <string>
#include <vector>

#include <gst/gst.h>
#include <gtest/gtest.h>

#include "plugin/gst_ptr.h"
#include "plugin/sink.h"
#include "tests/plugin/fake_producer.h"

namespace kvs::plugin {

struct MessageDeleter {
  void operator()(GstMessage* message) const { gst_message_unref(message); }
};
using MessagePtr = std::unique_ptr<GstMessage, MessageDeleter>;

inline constexpr GstClockTime kMsec = GST_MSECOND;
inline constexpr char kAvcCaps[] =
    "video/x-h264, stream-format=avc, alignment=au, width=640, height=480, "
    "codec_data=(buffer)0164001fffe10001";
inline constexpr char kByteStreamCaps[] = "video/x-h264, stream-format=byte-stream, alignment=au";
inline constexpr char kAlawCaps[] = "audio/x-alaw, rate=8000, channels=1";

// A buffer's times and flags, for Feeder::Push.
struct Times {
  GstClockTime pts = GST_CLOCK_TIME_NONE;
  GstClockTime dts = GST_CLOCK_TIME_NONE;
  GstClockTime duration = GST_CLOCK_TIME_NONE;
};

// A source pad that a test pushes with, linked to a pad of the element.
class Feeder {
 public:
  Feeder(GstElement* element, const char* name);
  ~Feeder();
  Feeder(const Feeder&) = delete;
  Feeder& operator=(const Feeder&) = delete;

  // stream-start, caps and a segment that begins at `segment_start`. Whether caps were accepted
  // shows at the next buffer, as GStreamer offers sticky events again and again.
  void Begin(const char* caps, GstClockTime segment_start = 0);
  void Caps(const char* caps);
  bool Send(GstEvent* event) { return gst_pad_push_event(src_.get(), event) != FALSE; }
  GstFlowReturn Push(Times times, unsigned flags = 0, std::vector<int> bytes = {0, 0, 0, 1, 0x65});
  // EOS; returns its seqnum.
  guint32 Eos();
  GstPad* sink() const { return sink_.get(); }
  GstPad* source() const { return src_.get(); }
  GstFlowReturn Push(BufferPtr buffer) { return gst_pad_push(src_.get(), buffer.release()); }
  void Unlink() { gst_pad_unlink(src_.get(), sink_.get()); }
  void Release();

 private:
  GstElement* element_;
  PadPtr src_;
  PadPtr sink_;
};

// A kvssink over a FakeProducer, with a bus and valid keys.
class ElementTest : public ::testing::Test {
 protected:
  ElementTest();
  ~ElementTest() override;

  std::unique_ptr<Feeder> Pad(const char* name) {
    return std::make_unique<Feeder>(element_.get(), name);
  }
  GstStateChangeReturn SetState(GstState state) {
    return gst_element_set_state(element_.get(), state);
  }
  // The stream that was opened last.
  FakeStream& stream() { return *world_->streams.back(); }
  // All messages so far of one type; others are kept for later calls.
  std::vector<MessagePtr> Take(GstMessageType type);
  // The names of the structures of all element messages so far.
  std::vector<std::string> TakeElementMessages();
  void Set(const char* property, const char* value) {
    gst_util_set_object_arg(G_OBJECT(element_.get()), property, value);
  }

  std::shared_ptr<FakeWorld> world_ = std::make_shared<FakeWorld>();
  WallTime wall_now_ = WallTime::FromSeconds(1'700'000'000);
  MonoTime mono_now_ = MonoTime::FromSeconds(5000);
  ElementPtr element_;
  GstBus* bus_;

 private:
  std::vector<MessagePtr> kept_;
};

// Gives a kvssink the fake world and valid keys.
void UseFakes(GstElement* element, const std::shared_ptr<FakeWorld>& world);

// The text and the debug text of an ERROR or WARNING.
std::string TextOf(const MessagePtr& message);
std::string DebugOf(const MessagePtr& message);

}  // namespace kvs::plugin

#endif  // KVS_TESTS_PLUGIN_ELEMENT_FIXTURE_H_
