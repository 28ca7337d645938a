#include "tests/plugin/element_fixture.h"

#include "tests/plugin/gst_environment.h"

namespace kvs::plugin {
namespace {

[[maybe_unused]] const auto* const kEnvironment = UseGst();

}  // namespace

Feeder::Feeder(GstElement* element, const char* name)
    : element_(element),
      src_(GST_PAD(gst_object_ref_sink(gst_pad_new("src", GST_PAD_SRC)))),
      sink_(gst_element_request_pad_simple(element, name)) {
  EXPECT_NE(sink_, nullptr) << name;
  gst_pad_set_active(src_.get(), TRUE);
  EXPECT_EQ(gst_pad_link(src_.get(), sink_.get()), GST_PAD_LINK_OK);
}

Feeder::~Feeder() {
  gst_pad_set_active(src_.get(), FALSE);
}

void Feeder::Begin(const char* caps, GstClockTime segment_start) {
  Send(gst_event_new_stream_start("test"));
  Caps(caps);
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  segment.start = segment_start;
  segment.time = segment_start;
  Send(gst_event_new_segment(&segment));
}

void Feeder::Caps(const char* text) {
  const CapsPtr caps(gst_caps_from_string(text));
  Send(gst_event_new_caps(caps.get()));
}

GstFlowReturn Feeder::Push(Times times, unsigned flags, std::vector<int> bytes) {
  GstBuffer* const buffer = gst_buffer_new_allocate(nullptr, bytes.size(), nullptr);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<guint8>(bytes[i]);
    gst_buffer_fill(buffer, i, &byte, 1);
  }
  GST_BUFFER_PTS(buffer) = times.pts;
  GST_BUFFER_DTS(buffer) = times.dts;
  GST_BUFFER_DURATION(buffer) = times.duration;
  gst_buffer_set_flags(buffer, static_cast<GstBufferFlags>(flags));
  return gst_pad_push(src_.get(), buffer);
}

guint32 Feeder::Eos() {
  GstEvent* const event = gst_event_new_eos();
  const guint32 seqnum = gst_event_get_seqnum(event);
  EXPECT_TRUE(Send(event));
  return seqnum;
}

void Feeder::Release() {
  gst_element_release_request_pad(element_, sink_.get());
}

void UseFakes(GstElement* element, const std::shared_ptr<FakeWorld>& world) {
  g_object_set(element, "access-key", "AKIDTEST", "secret-key", "SECRETTEST", nullptr);
  Sink::Hooks hooks = Sink::Hooks::OfProcess();
  hooks.create_producer = [world](ProducerConfig config) -> Result<std::shared_ptr<Producer>> {
    if (!world->producer_status.ok()) {
      return world->producer_status;
    }
    world->producers.push_back(std::move(config));
    return std::shared_ptr<Producer>(std::make_shared<FakeProducer>(world));
  };
  SinkOf(element)->set_hooks(std::move(hooks));
}

ElementTest::ElementTest()
    : element_(GST_ELEMENT(gst_object_ref_sink(gst_element_factory_make("kvssink", "sink")))),
      bus_(gst_bus_new()) {
  gst_element_set_bus(element_.get(), bus_);
  UseFakes(element_.get(), world_);
  Sink::Hooks hooks = SinkOf(element_.get())->hooks();
  hooks.wall_now = [this] { return wall_now_; };
  hooks.mono_now = [this] { return mono_now_; };
  SinkOf(element_.get())->set_hooks(std::move(hooks));
}

ElementTest::~ElementTest() {
  if (element_ != nullptr) {
    gst_element_set_bus(element_.get(), nullptr);
    gst_element_set_state(element_.get(), GST_STATE_NULL);
  }
  gst_object_unref(bus_);
}

std::vector<MessagePtr> ElementTest::Take(GstMessageType type) {
  while (GstMessage* const message = gst_bus_pop(bus_)) {
    kept_.emplace_back(message);
  }
  std::vector<MessagePtr> messages;
  for (MessagePtr& message : kept_) {
    if (GST_MESSAGE_TYPE(message.get()) == type) {
      messages.push_back(std::move(message));
    }
  }
  std::erase(kept_, nullptr);
  return messages;
}

std::vector<std::string> ElementTest::TakeElementMessages() {
  std::vector<std::string> names;
  for (const MessagePtr& message : Take(GST_MESSAGE_ELEMENT)) {
    names.emplace_back(gst_structure_get_name(gst_message_get_structure(message.get())));
  }
  return names;
}

std::string TextOf(const MessagePtr& message) {
  GError* error = nullptr;
  if (GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_ERROR) {
    gst_message_parse_error(message.get(), &error, nullptr);
  } else {
    gst_message_parse_warning(message.get(), &error, nullptr);
  }
  std::string text = error->message;
  g_error_free(error);
  return text;
}

std::string DebugOf(const MessagePtr& message) {
  GError* error = nullptr;
  gchar* debug = nullptr;
  if (GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_ERROR) {
    gst_message_parse_error(message.get(), &error, &debug);
  } else {
    gst_message_parse_warning(message.get(), &error, &debug);
  }
  g_error_free(error);
  return TakeString(debug);
}

}  // namespace kvs::plugin
