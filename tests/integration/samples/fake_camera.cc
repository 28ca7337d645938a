// A plugin with a camera and a microphone for machines that have none: v4l2src, which makes a test picture, and alsasrc, which makes a
// tone. FAKE_CAMERA says of which kind the camera is:
//
//   raw    1280x720 at 25 or 20 pictures a second, and nothing else
//   h264   640x480 at 30 pictures a second, encoded already
//
// and anything else that there is none. FAKE_CAMERA_FRAMES: it ends after so many.
#include <cstdlib>
#include <string>

#include <gst/gst.h>

namespace {

constexpr char kRaw[] = "videotestsrc name=picture is-live=true pattern=ball ! capsfilter caps=\"video/x-raw,format=I420,width=1280,height=720,"
                        "framerate={(fraction)25/1,(fraction)20/1}\"";
constexpr char kH264[] = "videotestsrc name=picture is-live=true pattern=ball ! video/x-raw,width=640,height=480,framerate=30/1 ! "
                         "x264enc tune=zerolatency key-int-max=30 ! "
                         "capsfilter caps=video/x-h264,stream-format=byte-stream,alignment=au,width=640,height=480,framerate=30/1";

constexpr char kTone[] = "audiotestsrc is-live=true ! capsfilter caps=\"audio/x-raw,format=S16LE,channels=1,rate=44100\"";

std::string Variable(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : "";
}

struct FakeCamera {
  GstBin parent;
  gchar* device;
};
struct FakeCameraClass {
  GstBinClass parent_class;
};

enum Property { kDevice = 1, kDoTimestamp };

G_DEFINE_TYPE(FakeCamera, fake_camera, GST_TYPE_BIN)

using FakeMicrophone = FakeCamera;
using FakeMicrophoneClass = FakeCameraClass;
G_DEFINE_TYPE(FakeMicrophone, fake_microphone, fake_camera_get_type())

void SetProperty(GObject* object, guint id, const GValue* value, GParamSpec* /*spec*/) {
  auto* const self = reinterpret_cast<FakeCamera*>(object);
  if (id == kDevice) {
    g_free(self->device);
    self->device = g_value_dup_string(value);
  }
}

void GetProperty(GObject* object, guint id, GValue* value, GParamSpec* /*spec*/) {
  if (id == kDevice) {
    g_value_set_string(value, reinterpret_cast<FakeCamera*>(object)->device);
  }
}

void Finalize(GObject* object) {
  g_free(reinterpret_cast<FakeCamera*>(object)->device);
  G_OBJECT_CLASS(fake_camera_parent_class)->finalize(object);
}

// The kind is known by now.
void Constructed(GObject* object) {
  G_OBJECT_CLASS(fake_camera_parent_class)->constructed(object);
  const bool camera = G_OBJECT_TYPE(object) == fake_camera_get_type();
  const char* const text = !camera ? kTone : Variable("FAKE_CAMERA") == "h264" ? kH264 : kRaw;
  GstElement* const chain = gst_parse_bin_from_description(text, TRUE, nullptr);
  if (chain == nullptr) {
    return;
  }
  if (const std::string frames = Variable("FAKE_CAMERA_FRAMES"); camera && !frames.empty()) {
    GstElement* const picture = gst_bin_get_by_name(GST_BIN(chain), "picture");
    g_object_set(picture, "num-buffers", std::atoi(frames.c_str()), nullptr);
    gst_object_unref(picture);
  }
  gst_bin_add(GST_BIN(object), chain);
  GstPad* const pad = gst_element_get_static_pad(chain, "src");
  gst_element_add_pad(GST_ELEMENT(object), gst_ghost_pad_new("src", pad));
  gst_object_unref(pad);
}

GstStateChangeReturn ChangeState(GstElement* element, GstStateChange change) {
  const std::string kind = G_OBJECT_TYPE(element) == fake_microphone_get_type() ? "raw" : Variable("FAKE_CAMERA");
  if (change == GST_STATE_CHANGE_NULL_TO_READY && kind != "raw" && kind != "h264") {
    GST_ELEMENT_ERROR(element, RESOURCE, NOT_FOUND, ("Cannot identify device '%s'.", reinterpret_cast<FakeCamera*>(element)->device),
                      (nullptr));
    return GST_STATE_CHANGE_FAILURE;
  }
  return GST_ELEMENT_CLASS(fake_camera_parent_class)->change_state(element, change);
}

void fake_camera_class_init(FakeCameraClass* klass) {
  GObjectClass* const object = G_OBJECT_CLASS(klass);
  object->set_property = SetProperty;
  object->get_property = GetProperty;
  object->finalize = Finalize;
  object->constructed = Constructed;
  constexpr auto kFlags = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_property(object, kDevice, g_param_spec_string("device", "device", "device", nullptr, kFlags));
  g_object_class_install_property(object, kDoTimestamp,
                                  g_param_spec_boolean("do-timestamp", "do-timestamp", "without effect", FALSE, kFlags));
  GST_ELEMENT_CLASS(klass)->change_state = ChangeState;
  gst_element_class_set_static_metadata(GST_ELEMENT_CLASS(klass), "Fake camera", "Source/Video", "A camera that is none", "tests");
}

void fake_camera_init(FakeCamera* self) { self->device = g_strdup("/dev/video0"); }
void fake_microphone_class_init(FakeMicrophoneClass* /*klass*/) {}
void fake_microphone_init(FakeMicrophone* /*self*/) {}

gboolean Init(GstPlugin* plugin) {
  return gst_element_register(plugin, "v4l2src", GST_RANK_NONE, fake_camera_get_type()) &&
         gst_element_register(plugin, "alsasrc", GST_RANK_NONE, fake_microphone_get_type());
}

}  // namespace

#define PACKAGE "kvsproducer"
GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, fakecamera, "A camera for tests", Init, "1.0", "MIT", "kvsproducer",
                  "Unknown package origin")
