// rtsp_server AUDIO_VIDEO_PIPELINE: serves rtsp://127.0.0.1:<port>/cam over whatever transport the client asks for, until it is ended.
// The pipeline has payloaders named pay0, pay1. Prints the address when it listens.
//
// As a camera, it has no duration and never says that it is at its end: when the recording is over it only falls silent. (Goodbye in
// RTCP and a closed connection race with the client's own messages, and now and then one that is of no interest here loses. And where
// the duration is announced, rtpjitterbuffer ends the stream by itself when that time is over, whatever has arrived by then: on a slow
// machine it left frames out, and an EOS that came later was refused.)
#include <iostream>

#include <gst/gst.h>
#include <gst/rtsp-server/rtsp-server.h>

namespace {

GstPadProbeReturn DropEos(GstPad* /*pad*/, GstPadProbeInfo* info, gpointer /*user*/) {
  return GST_EVENT_TYPE(gst_pad_probe_info_get_event(info)) == GST_EVENT_EOS ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

gboolean HasNoStop(GstRTSPMedia* /*media*/, gint64* stop) {
  *stop = -1;
  return TRUE;
}

void NeverEnd(GstRTSPMediaFactory* /*factory*/, GstRTSPMedia* media, gpointer /*user*/) {
  // The class, as there is no other way; the process serves nothing else.
  GST_RTSP_MEDIA_GET_CLASS(media)->query_stop = HasNoStop;
  GstElement* bin = gst_rtsp_media_get_element(media);
  for (const char* name : {"pay0", "pay1"}) {
    if (GstElement* payloader = gst_bin_get_by_name_recurse_up(GST_BIN(bin), name)) {
      GstPad* pad = gst_element_get_static_pad(payloader, "sink");
      gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, DropEos, nullptr, nullptr);
      g_object_unref(pad);
      g_object_unref(payloader);
    }
  }
  g_object_unref(bin);
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  if (argc != 2) {
    std::cerr << "usage: rtsp_server PIPELINE\n";
    return 2;
  }
  GstRTSPServer* server = gst_rtsp_server_new();
  gst_rtsp_server_set_address(server, "127.0.0.1");
  gst_rtsp_server_set_service(server, "0");
  GstRTSPMediaFactory* factory = gst_rtsp_media_factory_new();
  gst_rtsp_media_factory_set_launch(factory, argv[1]);
  g_signal_connect(factory, "media-configure", G_CALLBACK(NeverEnd), nullptr);
  GstRTSPMountPoints* mounts = gst_rtsp_server_get_mount_points(server);
  gst_rtsp_mount_points_add_factory(mounts, "/cam", factory);
  g_object_unref(mounts);
  if (gst_rtsp_server_attach(server, nullptr) == 0) {
    std::cerr << "cannot listen\n";
    return 1;
  }
  std::cout << "rtsp://127.0.0.1:" << gst_rtsp_server_get_bound_port(server) << "/cam" << "\n" << std::flush;
  GMainLoop* loop = g_main_loop_new(nullptr, FALSE);
  g_main_loop_run(loop);
  g_main_loop_unref(loop);
  g_object_unref(server);
  return 0;
}
