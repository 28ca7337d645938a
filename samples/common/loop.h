#ifndef KVS_SAMPLES_COMMON_LOOP_H_
#define KVS_SAMPLES_COMMON_LOOP_H_

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "samples/common/gst_ptr.h"

namespace samples {

// The main loop of a program: messages of pipelines, timers and signals come one after the other, on the thread that calls Run.
class Loop {
 public:
  // From now on SIGINT and SIGTERM are events of this loop.
  Loop();
  // They end the process again: whoever presses Ctrl-C once more need not wait for the upload behind.
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void Run() { g_main_loop_run(loop_.get()); }
  void Quit() { g_main_loop_quit(loop_.get()); }

  // Called at the first SIGINT or SIGTERM; the second one ends Run. Without it, the first one does.
  void OnSignal(std::function<void()> stop) { stop_ = std::move(stop); }
  // A signal came.
  [[nodiscard]] bool interrupted() const { return interrupted_; }

  void After(std::chrono::milliseconds delay, std::function<void()> task);
  void Every(std::chrono::milliseconds period, std::function<void()> task);
  // `handler` is called for each message of the pipeline, until Forget.
  static void OnMessage(GstElement* pipeline, std::function<void(GstMessage*)> handler);
  static void Forget(GstElement* pipeline);

 private:
  static gboolean HandleSignal(gpointer loop);

  MainLoopPtr loop_{g_main_loop_new(nullptr, FALSE)};
  std::vector<guint> sources_;
  std::function<void()> stop_;
  bool interrupted_ = false;
};

// How a pipeline ended.
enum class Ending {
  kEnd,          // what it had to do is done
  kInterrupted,  // by a signal
  kFailed,       // an error was printed
};

struct RunOptions {
  // In front of what is printed; empty: nothing.
  std::string name;
  // The pipeline is ended in order after this time. 0: never.
  std::chrono::seconds runtime{0};
  // A signal ends the pipeline in order: what was recorded is uploaded. false: at once, for what cannot be ended in the middle.
  bool live = true;
  // Called again and again while it plays; empty: never.
  std::chrono::milliseconds period{0};
  std::function<void()> on_period;
  // Sees each message before Run does; may be empty.
  std::function<void(GstMessage*)> on_message;
};

// Plays a pipeline to its end, to an error, to a signal or to the end of its time, and takes it to NULL. Prints what it has to say.
Ending Run(GstElement* pipeline, const RunOptions& options);

// Ends what flows in a live pipeline with EOS. False when nothing flows yet, and no EOS will come.
bool EndInOrder(GstElement* pipeline);

// Prints an error or a warning on standard error, and what the user of a camera wants to know on standard output: connected, disconnected
// and why. Nothing of other messages.
void PrintMessage(const std::string& name, GstMessage* message);

}  // namespace samples

#endif  // KVS_SAMPLES_COMMON_LOOP_H_
