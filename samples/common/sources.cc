#include "samples/common/sources.h"

#include <array>
#include <iostream>
#include <iterator>
#include <memory>
#include <mutex>
#include <string_view>

#include "samples/common/sink.h"

namespace samples {
namespace {

GstElement* Make(GstElement* pipeline, const char* factory, const char* name) {
  GstElement* const element = gst_element_factory_make(factory, name);
  if (element != nullptr) {
    gst_bin_add(GST_BIN(pipeline), element);
  }
  return element;
}

bool Exists(const char* factory) {
  GstElementFactory* const found = gst_element_factory_find(factory);
  if (found != nullptr) {
    gst_object_unref(found);
  }
  return found != nullptr;
}

// A chain in the words of gst-launch-1.0, with one open pad at each end. Null when GStreamer lacks one of its elements; `problem` says
// which.
GstElement* MakeChain(GstElement* pipeline, const char* name, const std::string& text, std::string* problem) {
  GError* error = nullptr;
  GstElement* const chain = gst_parse_bin_from_description(text.c_str(), TRUE, &error);
  if (error != nullptr) {
    *problem = error->message;
    g_clear_error(&error);
    if (chain != nullptr) {
      gst_object_unref(chain);
    }
    return nullptr;
  }
  gst_object_set_name(GST_OBJECT(chain), name);
  gst_bin_add(GST_BIN(pipeline), chain);
  return chain;
}

// The pad of the sink that takes such caps: a template's name, or null.
const char* PadFor(GstElement* sink, const GstCaps* caps) {
  for (const char* name : {"video_%u", "audio_%u"}) {
    GstPadTemplate* const pad = gst_element_class_get_pad_template(GST_ELEMENT_GET_CLASS(sink), name);
    const CapsPtr taken(gst_pad_template_get_caps(pad));
    if (gst_caps_can_intersect(caps, taken.get()) != FALSE) {
      return name;
    }
  }
  return nullptr;
}

// Whether the pipeline's tracks leave room for one more of this kind: one picture, and one sound if there is to be any.
bool Wanted(GstElement* sink, std::string_view pad_template, Tracks tracks) {
  if (pad_template.starts_with("audio") && tracks == Tracks::kVideo) {
    return false;
  }
  const PadPtr taken(gst_element_get_static_pad(sink, pad_template.starts_with("audio") ? "audio_0" : "video_0"));
  return taken == nullptr;
}

bool LinkToSink(GstElement* element, GstElement* sink, const char* pad_template) {
  const bool audio = std::string_view(pad_template).starts_with("audio");
  const PadPtr pad(gst_element_request_pad(
      sink, gst_element_class_get_pad_template(GST_ELEMENT_GET_CLASS(sink), pad_template), audio ? "audio_0" : "video_0",
      nullptr));
  const PadPtr from(gst_element_get_static_pad(element, "src"));
  return pad != nullptr && from != nullptr && gst_pad_link(from.get(), pad.get()) == GST_PAD_LINK_OK;
}

// What a program knows of a source whose tracks are not known yet. Lives as long as the source.
struct Late {
  Late(GstElement* a_pipeline, GstElement* a_sink, Tracks some_tracks) : pipeline(a_pipeline), sink(a_sink), tracks(some_tracks) {}

  GstElement* const pipeline;
  GstElement* const sink;
  const Tracks tracks;
  std::mutex starting;
};

Late* Attach(GstElement* source, GstElement* pipeline, GstElement* sink, Tracks tracks) {
  auto* const late = std::make_unique<Late>(pipeline, sink, tracks).release();
  g_object_set_data_full(G_OBJECT(source), "samples-late", late,
                         [](gpointer data) { const std::unique_ptr<Late> owner(static_cast<Late*>(data)); });
  gst_element_set_locked_state(sink, TRUE);
  return late;
}

// The tracks are known: the sink may open its stream. A network camera has a thread for each track; when this returns the sink takes
// frames, whichever of them came first. (One that it refuses ends the track for good.)
void StartSink(Late* late) {
  const std::lock_guard lock(late->starting);
  if (gst_element_set_locked_state(late->sink, FALSE) != FALSE) {
    gst_element_sync_state_with_parent(late->sink);
  }
}

// e.g. "audio/mpeg, mpegversion 1", which is MP3.
std::string ShortName(const GstCaps* caps) {
  const GstStructure* const structure = gst_caps_get_structure(caps, 0);
  std::string name = gst_structure_get_name(structure);
  int version = 0;
  if (gst_structure_get_int(structure, "mpegversion", &version) != FALSE) {
    name += ", mpegversion " + std::to_string(version);
  }
  return name;
}

bool IsTrue(const GstStructure* structure, const char* field) {
  gboolean value = FALSE;
  return gst_structure_get_boolean(structure, field, &value) != FALSE && value != FALSE;
}

// Whether parsebin has to do more with a track: not when it is parsed, nor when its container keeps whole frames and their parameters
// apart, as MP4 and Matroska do. It would change the frames of the latter, and look for decoders, which need not be installed.
gboolean NeedsParsing(GstElement* /*parser*/, GstPad* /*pad*/, GstCaps* caps, gpointer /*unused*/) {
  const GstStructure* const structure = gst_caps_get_structure(caps, 0);
  const bool whole = g_strcmp0(gst_structure_get_string(structure, "alignment"), "au") == 0 &&
                     gst_structure_has_field(structure, "codec_data") != FALSE;
  return IsTrue(structure, "parsed") || IsTrue(structure, "framed") || whole ? FALSE : TRUE;
}

// The first frame of a file: parsebin has shown all of its pads by now.
GstPadProbeReturn StartFile(GstPad* pad, GstPadProbeInfo* /*info*/, gpointer data) {
  auto* const late = static_cast<Late*>(data);
  if (late->sink->numsinkpads > 0) {
    StartSink(late);
  } else {
    const ElementPtr parser(gst_pad_get_parent_element(pad));
    GST_ELEMENT_ERROR(parser.get(), STREAM, WRONG_TYPE, ("there is no track that kvssink takes in this file"), (nullptr));
  }
  return GST_PAD_PROBE_REMOVE;
}

void AddFileTrack(GstElement* /*parser*/, GstPad* pad, gpointer data) {
  const auto* const late = static_cast<const Late*>(data);
  gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, &StartFile, data, nullptr);
  CapsPtr caps(gst_pad_get_current_caps(pad));
  if (caps == nullptr) {
    caps.reset(gst_pad_query_caps(pad, nullptr));
  }
  const char* const pad_template = PadFor(late->sink, caps.get());
  if (pad_template == nullptr) {
    std::cout << "a track of " << ShortName(caps.get()) << " is left out: kvssink does not take it\n" << std::flush;
    return;
  }
  if (!Wanted(late->sink, pad_template, late->tracks)) {
    return;
  }
  GstElement* const queue = Make(late->pipeline, "queue", nullptr);
  const PadPtr into(gst_element_get_static_pad(queue, "sink"));
  gst_pad_link(pad, into.get());
  LinkToSink(queue, late->sink, pad_template);
  gst_element_sync_state_with_parent(queue);
}

// What a camera may say in its session description, and what makes frames of it.
struct Payload {
  const char* encoding;
  const char* chain;
  const char* pad_template;
};
constexpr std::array<Payload, 5> kPayloads = {{
    {"H264", "rtph264depay ! h264parse", "video_%u"},
    {"H265", "rtph265depay ! h265parse", "video_%u"},
    {"MPEG4-GENERIC", "rtpmp4gdepay ! aacparse", "audio_%u"},
    {"PCMA", "rtppcmadepay", "audio_%u"},
    {"PCMU", "rtppcmudepay", "audio_%u"},
}};

// Before anything flows: which streams of the camera are asked for, and where they go.
gboolean SelectRtspStream(GstElement* source, guint /*number*/, GstCaps* caps, gpointer data) {
  const auto* const late = static_cast<const Late*>(data);
  const GstStructure* const structure = gst_caps_get_structure(caps, 0);
  const char* const media = gst_structure_get_string(structure, "media");
  const char* const encoding = gst_structure_get_string(structure, "encoding-name");
  for (const Payload& payload : kPayloads) {
    if (media == nullptr || encoding == nullptr || g_ascii_strcasecmp(encoding, payload.encoding) != 0 ||
        !Wanted(late->sink, payload.pad_template, late->tracks)) {
      continue;
    }
    std::string problem;
    GstElement* const chain = MakeChain(late->pipeline, media, payload.chain, &problem);
    if (chain == nullptr) {
      GST_ELEMENT_ERROR(source, CORE, MISSING_PLUGIN, ("%s", problem.c_str()), (nullptr));
      return FALSE;
    }
    LinkToSink(chain, late->sink, payload.pad_template);
    gst_element_sync_state_with_parent(chain);
    return TRUE;
  }
  return FALSE;
}

void LinkRtspStream(GstElement* /*source*/, GstPad* pad, gpointer data) {
  auto* const late = static_cast<Late*>(data);
  const CapsPtr caps(gst_pad_query_caps(pad, nullptr));
  const char* const media = gst_structure_get_string(gst_caps_get_structure(caps.get(), 0), "media");
  const ElementPtr chain(media != nullptr ? gst_bin_get_by_name(GST_BIN(late->pipeline), media) : nullptr);
  if (chain != nullptr) {
    const PadPtr into(gst_element_get_static_pad(chain.get(), "sink"));
    gst_pad_link(pad, into.get());
    StartSink(late);
  }
}

// Encoders in the order in which they are tried. {k}: kilobits per second, {d}: frames from one key frame to the next.
struct Encoder {
  const char* factory;
  const char* chain;
};
constexpr std::array<Encoder, 3> kEncoders = {{
    {"vtenc_h264_hw", "vtenc_h264_hw allow-frame-reordering=false realtime=true max-keyframe-interval={d} bitrate={k}"},
    {"omxh264enc", "omxh264enc control-rate=1 target-bitrate={k}000 periodicity-idr={d} inline-header=false"},
    {"x264enc", "x264enc bframes=0 tune=zerolatency key-int-max={d} bitrate={k}"},
}};

// Where pictures come from, in the order in which they are looked for, and the property that names the device.
struct Camera {
  const char* factory;
  const char* device_property;
};
constexpr std::array<Camera, 3> kCameras = {{
    {"v4l2src", "device"},
    {"ksvideosrc", "device-path"},
    {"autovideosrc", nullptr},
}};

// As kvssink of Amazon's SDK needs it, too: without start codes. As an element, since a chain cannot end with bare caps.
constexpr char kAvc[] = " ! capsfilter caps=\"video/x-h264,stream-format=avc,alignment=au\"";

// Preset sizes and rates, in the order in which they are tried.
constexpr std::array<std::array<int, 2>, 3> kSizes = {{{640, 480}, {1280, 720}, {1920, 1080}}};
constexpr std::array<int, 3> kRates = {30, 25, 20};

void Replace(std::string& text, std::string_view what, int number) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
    text.replace(at, what.size(), std::to_string(number));
  }
}

// From raw pictures of one size to H.264 as kvssink takes it.
std::string EncoderChain(const CameraWish& wish, std::string* problem) {
  for (const Encoder& encoder : kEncoders) {
    if (Exists(encoder.factory)) {
      std::string chain = std::string("videoconvert ! ") + encoder.chain +
                          " ! video/x-h264,profile=baseline ! h264parse";
      Replace(chain, "{d}", wish.key_frame_distance);
      Replace(chain, "{k}", wish.kilobits_per_second);
      return chain;
    }
  }
  *problem = "GStreamer has no encoder of H.264: neither vtenc_h264_hw, omxh264enc nor x264enc";
  return "";
}

std::string SizeAndRate(int width, int height, int rate) {
  return "width=" + std::to_string(width) + ",height=" + std::to_string(height) + ",framerate=" + std::to_string(rate) + "/1";
}

// The first of what is wished that the camera has, H.264 before raw pictures: caps, or nothing.
std::string ChooseCaps(const GstCaps* offered, const CameraWish& wish) {
  for (const auto& size : kSizes) {
    for (const int preset_rate : kRates) {
      const std::string rest = SizeAndRate(wish.width != 0 ? wish.width : size[0], wish.height != 0 ? wish.height : size[1],
                                           wish.frames_per_second != 0 ? wish.frames_per_second : preset_rate);
      for (const char* kind : {"video/x-h264,", "video/x-raw,"}) {
        const CapsPtr caps(gst_caps_from_string((kind + rest).c_str()));
        if (gst_caps_can_intersect(offered, caps.get()) != FALSE) {
          return kind + rest;
        }
      }
    }
  }
  return "";
}

// What the camera offers; it has to be opened for that. Null when that fails, and `problem` says why.
CapsPtr OfferedCaps(GstElement* camera, std::string* problem) {
  const BusPtr bus(gst_bus_new());
  gst_element_set_bus(camera, bus.get());
  CapsPtr caps;
  if (gst_element_set_state(camera, GST_STATE_READY) == GST_STATE_CHANGE_FAILURE) {
    *problem = "it cannot be opened";
    if (const MessagePtr message{gst_bus_pop_filtered(bus.get(), GST_MESSAGE_ERROR)}) {
      GError* error = nullptr;
      gst_message_parse_error(message.get(), &error, nullptr);
      *problem = error->message;
      g_error_free(error);
    }
  } else {
    const PadPtr pad(gst_element_get_static_pad(camera, "src"));
    caps.reset(gst_pad_query_caps(pad.get(), nullptr));
  }
  gst_element_set_state(camera, GST_STATE_NULL);
  gst_element_set_bus(camera, nullptr);
  return caps;
}

// Links source ! chain ! sink.
std::string LinkChain(GstElement* pipeline, GstElement* source, const std::string& text, GstElement* sink, const char* pad_template) {
  std::string problem;
  GstElement* const chain = MakeChain(pipeline, nullptr, text, &problem);
  if (chain != nullptr && (gst_element_link(source, chain) == FALSE || !LinkToSink(chain, sink, pad_template))) {
    problem = std::string(GST_OBJECT_NAME(source)) + " cannot be linked with \"" + text + "\"";
  }
  return problem;
}

}  // namespace

GstElement* AddParsedFile(GstElement* pipeline, const std::string& path) {
  GstElement* const file = Make(pipeline, "filesrc", "file");
  GstElement* const parser = Make(pipeline, "parsebin", "parser");
  if (file == nullptr || parser == nullptr) {
    return nullptr;
  }
  g_object_set(file, "location", path.c_str(), nullptr);
  gst_element_link(file, parser);
  g_signal_connect(parser, "autoplug-continue", G_CALLBACK(&NeedsParsing), nullptr);
  return parser;
}

std::string AddFile(GstElement* pipeline, GstElement* sink, const std::string& path, Tracks tracks) {
  GstElement* const parser = AddParsedFile(pipeline, path);
  if (parser == nullptr) {
    return "GStreamer lacks filesrc or parsebin";
  }
  Late* const late = Attach(parser, pipeline, sink, tracks);
  g_signal_connect(parser, "pad-added", G_CALLBACK(&AddFileTrack), late);
  return "";
}

std::string AddRtsp(GstElement* pipeline, GstElement* sink, const std::string& url, Tracks tracks) {
  GstElement* const source = Make(pipeline, "rtspsrc", "source");
  if (source == nullptr) {
    return "GStreamer has no rtspsrc";
  }
  g_object_set(source, "location", url.c_str(), "short-header", TRUE, nullptr);
  Late* const late = Attach(source, pipeline, sink, tracks);
  g_signal_connect(source, "select-stream", G_CALLBACK(&SelectRtspStream), late);
  g_signal_connect(source, "pad-added", G_CALLBACK(&LinkRtspStream), late);
  return "";
}

std::string AddCamera(GstElement* pipeline, GstElement* sink, const CameraWish& wish) {
  const Camera* camera = nullptr;
  for (const Camera& each : kCameras) {
    camera = camera == nullptr && Exists(each.factory) ? &each : camera;
  }
  if (camera == nullptr) {
    return "GStreamer has no source for cameras: neither v4l2src, ksvideosrc nor autovideosrc";
  }
  GstElement* const source = Make(pipeline, camera->factory, "source");
  if (!wish.device.empty() && camera->device_property != nullptr) {
    g_object_set(source, camera->device_property, wish.device.c_str(), nullptr);
  }
  const std::string name = wish.device.empty() ? "the camera of this computer" : "the camera " + wish.device;
  std::string problem;
  const CapsPtr offered = OfferedCaps(source, &problem);
  if (offered == nullptr) {
    return name + ": " + problem;
  }
  const std::string chosen = ChooseCaps(offered.get(), wish);
  if (chosen.empty()) {
    return name + " has no picture of the size and rate asked for, neither raw nor as H.264; v4l2-ctl --list-formats-ext says what it has";
  }
  if (g_object_class_find_property(G_OBJECT_GET_CLASS(source), "do-timestamp") != nullptr) {
    g_object_set(source, "do-timestamp", TRUE, nullptr);
  }
  const bool encoded = chosen.starts_with("video/x-h264");
  const std::string rest = encoded ? "h264parse" : EncoderChain(wish, &problem);
  if (problem.empty()) {
    problem = LinkChain(pipeline, source, "capsfilter caps=\"" + chosen + "\" ! " + rest + kAvc + " ! queue", sink, "video_%u");
  }
  if (problem.empty()) {
    std::cout << name << ": " << chosen << "\n" << std::flush;
  }
  return problem;
}

std::string AddMicrophone(GstElement* pipeline, GstElement* sink, const std::string& device) {
  const char* const factory = Exists("alsasrc") ? "alsasrc" : "autoaudiosrc";
  GstElement* const source = Make(pipeline, factory, "microphone");
  if (source == nullptr) {
    return "GStreamer has no source for microphones: neither alsasrc nor autoaudiosrc";
  }
  if (!device.empty() && g_object_class_find_property(G_OBJECT_GET_CLASS(source), "device") != nullptr) {
    g_object_set(source, "device", device.c_str(), nullptr);
  }
  const std::string encoder = Exists("avenc_aac") ? "avenc_aac" : "voaacenc";
  return LinkChain(pipeline, source, "audioconvert ! audioresample ! " + encoder + " ! aacparse ! queue", sink, "audio_%u");
}

std::string AddTestPicture(GstElement* pipeline, GstElement* sink, const CameraWish& wish) {
  GstElement* const source = Make(pipeline, "videotestsrc", "source");
  if (source == nullptr) {
    return "GStreamer has no videotestsrc";
  }
  g_object_set(source, "is-live", TRUE, nullptr);
  gst_util_set_object_arg(G_OBJECT(source), "pattern", "ball");
  std::string problem;
  const std::string chain = EncoderChain(wish, &problem);
  if (problem.empty()) {
    const std::string caps = "video/x-raw," + SizeAndRate(wish.width, wish.height, wish.frames_per_second);
    problem = LinkChain(pipeline, source, "capsfilter caps=\"" + caps + "\" ! " + chain + kAvc, sink, "video_%u");
  }
  return problem;
}

}  // namespace samples
