#include "samples/common/loop.h"

#include <csignal>
#include <iostream>
#include <string_view>
#include <utility>

#include <glib-unix.h>

#include "samples/common/command_line.h"
#include "samples/common/sink.h"

namespace samples {
namespace {

using Task = std::function<void()>;
using Handler = std::function<void(GstMessage*)>;

// GLib keeps a pointer until it calls the second function.
template <typename Function>
gpointer Keep(Function function) {
  return std::make_unique<Function>(std::move(function)).release();
}

template <typename Function>
void Drop(gpointer function) {
  const std::unique_ptr<Function> owner(static_cast<Function*>(function));
}

guint Timer(std::chrono::milliseconds period, GSourceFunc call, Task task) {
  return g_timeout_add_full(G_PRIORITY_DEFAULT, static_cast<guint>(period.count()), call,
                            Keep(std::move(task)), &Drop<Task>);
}

std::string Prefix(const std::string& name) { return name.empty() ? "" : name + ": "; }

// What an element adds for those who look for the cause: the last line, as the ones before it name the source code. kvssink says all in
// its message.
std::string Detail(const gchar* debug) {
  const std::string_view text = debug != nullptr ? debug : "";
  const std::size_t line = text.rfind('\n');
  return line == std::string_view::npos || line + 1 == text.size() || text.find("kvssink") != std::string_view::npos
             ? ""
             : " (" + std::string(text.substr(line + 1)) + ")";
}

const char* Field(const GstStructure* structure, const char* field) {
  const char* const text = gst_structure_get_string(structure, field);
  return text != nullptr ? text : "";
}

}  // namespace

Loop::Loop() {
  for (const int number : {SIGINT, SIGTERM}) {
    sources_.push_back(g_unix_signal_add(number, &Loop::HandleSignal, this));
  }
}

Loop::~Loop() {
  for (const guint source : sources_) {
    // Those that have run out are gone.
    if (g_main_context_find_source_by_id(nullptr, source) != nullptr) {
      g_source_remove(source);
    }
  }
}

gboolean Loop::HandleSignal(gpointer loop) {
  auto* const self = static_cast<Loop*>(loop);
  const bool first = !std::exchange(self->interrupted_, true);
  if (first && self->stop_) {
    self->stop_();
  } else {
    self->Quit();
  }
  return G_SOURCE_CONTINUE;
}

void Loop::After(std::chrono::milliseconds delay, Task task) {
  const auto once = [](gpointer data) -> gboolean {
    (*static_cast<Task*>(data))();
    return G_SOURCE_REMOVE;
  };
  sources_.push_back(Timer(delay, once, std::move(task)));
}

void Loop::Every(std::chrono::milliseconds period, Task task) {
  const auto again = [](gpointer data) -> gboolean {
    (*static_cast<Task*>(data))();
    return G_SOURCE_CONTINUE;
  };
  sources_.push_back(Timer(period, again, std::move(task)));
}

void Loop::OnMessage(GstElement* pipeline, Handler handler) {
  const BusPtr bus(gst_element_get_bus(pipeline));
  gst_bus_add_watch_full(
      bus.get(), G_PRIORITY_DEFAULT,
      [](GstBus* /*bus*/, GstMessage* message, gpointer data) -> gboolean {
        (*static_cast<Handler*>(data))(message);
        return G_SOURCE_CONTINUE;
      },
      Keep(std::move(handler)), &Drop<Handler>);
}

void Loop::Forget(GstElement* pipeline) {
  const BusPtr bus(gst_element_get_bus(pipeline));
  gst_bus_remove_watch(bus.get());
}

bool EndInOrder(GstElement* pipeline) {
  const ElementPtr sink(gst_bin_get_by_name(GST_BIN(pipeline), kSinkName));
  return sink != nullptr && ReadTotals(sink.get()).frames_put > 0 &&
         gst_element_send_event(pipeline, gst_event_new_eos()) != FALSE;
}

void PrintMessage(const std::string& name, GstMessage* message) {
  GError* error = nullptr;
  gchar* debug = nullptr;
  const char* kind = "error: ";
  switch (GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_ERROR:
      gst_message_parse_error(message, &error, &debug);
      break;
    case GST_MESSAGE_WARNING:
      kind = "warning: ";
      gst_message_parse_warning(message, &error, &debug);
      break;
    case GST_MESSAGE_INFO:
      kind = "note: ";
      gst_message_parse_info(message, &error, &debug);
      break;
    case GST_MESSAGE_ELEMENT: {
      const GstStructure* const structure = gst_message_get_structure(message);
      if (gst_structure_has_name(structure, "kvssink-connected") != FALSE) {
        std::cout << Prefix(name) << "connected\n" << std::flush;
      } else if (gst_structure_has_name(structure, "kvssink-disconnected") != FALSE) {
        std::cout << Prefix(name) << "disconnected: " << Redacted(Field(structure, "message")) << "\n" << std::flush;
      }
      return;
    }
    default:
      return;
  }
  const ErrorPtr error_owner(error);
  const TextPtr debug_owner(debug);
  std::cerr << Prefix(name) << kind << Redacted(error->message + Detail(debug)) << "\n";
}

Ending Run(GstElement* pipeline, const RunOptions& options) {
  Loop loop;
  Ending ending = Ending::kEnd;
  const auto end = [&] {
    if (!options.live || !EndInOrder(pipeline)) {
      loop.Quit();
    }
  };
  loop.OnSignal(end);
  Loop::OnMessage(pipeline, [&](GstMessage* message) {
    if (options.on_message) {
      options.on_message(message);
    }
    PrintMessage(options.name, message);
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
      ending = Ending::kFailed;
      loop.Quit();
    } else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS) {
      loop.Quit();
    }
  });
  if (options.runtime > std::chrono::seconds(0)) {
    loop.After(options.runtime, end);
  }
  if (options.on_period) {
    loop.Every(options.period, options.on_period);
  }
  // What is wrong is said on the bus.
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  loop.Run();
  Loop::Forget(pipeline);
  StopPipeline(pipeline);
  return ending == Ending::kEnd && loop.interrupted() ? Ending::kInterrupted : ending;
}

}  // namespace samples
