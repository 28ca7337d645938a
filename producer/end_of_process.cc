#include "producer/end_of_process.h"

#include <cstdlib>

#include "kvs/producer.h"
#include "producer/log/log4cplus_file.h"
#include "producer/net/callback_thread.h"
#include "producer/net/network_thread.h"

namespace kvs {
namespace {

// May run several times; what is done stays done.
void Finish() {
  WaitForStoppedStreams();
  net::NetworkThread::EndAll();
  net::CallbackThread::Silence();
  log::CloseFileSinks();
}

}  // namespace

void FinishBeforeLibraries() { std::atexit(Finish); }

}  // namespace kvs
