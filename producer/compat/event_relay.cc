#include "producer/compat/event_relay.h"

#include <chrono>
#include <utility>

#include "producer/compat/convert.h"
#include "producer/compat/status_map.h"

namespace kvs::compat {

void EventRelay::OnStreamEvent(const StreamEvent& event) {
  std::visit([this](const auto& one) { Tell(one); }, event);
  if (std::holds_alternative<StreamReady>(event)) {
    Note(ready_);
  } else if (std::holds_alternative<Stopped>(event)) {
    Note(closed_);
  }
}

void EventRelay::Note(std::atomic<bool>& what) {
  {
    const MutexLock lock(mutex_);
    what = true;
  }
  changed_.NotifyAll();
}

void EventRelay::Detach() { Note(detached_); }

bool EventRelay::Await(const std::atomic<bool>& told, Duration timeout) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::nanoseconds(timeout.nanos());
  const MutexLock lock(mutex_);
  while (!told && !detached_ && CallbackGate::MayWait()) {
    if (!changed_.WaitUntil(mutex_, give_up)) {
      return told;
    }
  }
  return true;
}

void EventRelay::Tell(const StreamReady& /*event*/) {
  const ClientCallbacks& to = options_.callbacks;
  Call(to.streamReadyFn, options_.stream);
}

void EventRelay::Tell(const Connected& event) { upload_ = event.session; }

// A connection for media that breaks is mended without a word; calls that fail are not.
void EventRelay::Tell(const Disconnected& event) {
  if (event.calling) {
    TellError(INVALID_UPLOAD_HANDLE_VALUE, INVALID_TIMESTAMP_VALUE, OutageStatusOf(event.reason));
  }
}

void EventRelay::Tell(const ConnectionStale& event) {
  const ClientCallbacks& to = options_.callbacks;
  Call(to.streamConnectionStaleFn, options_.stream, ToUnits(event.silence));
}

void EventRelay::Tell(const FragmentAcked& event) {
  if (event.ack.type == AckType::kIdle || event.ack.type == AckType::kUnknown) {
    return;
  }
  const ClientCallbacks& to = options_.callbacks;
  ::FragmentAck ack = ToFragmentAck(event.ack);
  Call(to.fragmentAckReceivedFn, options_.stream, UPLOAD_HANDLE{event.session}, &ack);
  if (event.ack.type == AckType::kError) {
    TellError(event.session, ack.timestamp, AckStatusOf(event.ack.error_id));
  }
}

// Only what was given up unsent.
void EventRelay::Tell(const FrameLost& event) {
  if (event.reason != LossReason::kPressure && event.reason != LossReason::kTooLarge) {
    return;
  }
  const ClientCallbacks& to = options_.callbacks;
  Call(to.droppedFrameReportFn, options_.stream, ToUnits(event.pts));
  if (event.begins_fragment) {
    Call(to.droppedFragmentReportFn, options_.stream, ToUnits(event.pts));
  }
}

void EventRelay::Tell(const Pressure& event) {
  if (!event.on) {
    return;
  }
  const ClientCallbacks& to = options_.callbacks;
  switch (event.kind) {
    case PressureKind::kStore:
      // Asked for only where the client is sure to be there.
      if (to.storageOverflowPressureFn != nullptr) {
        options_.gate->Pass(detached_, [&] { to.storageOverflowPressureFn(to.customData, options_.store_left()); });
      }
      break;
    case PressureKind::kWindow:
      Call(to.bufferDurationOverflowPressureFn, options_.stream,
           ToUnits(options_.buffer_duration - event.stored_duration));
      break;
    case PressureKind::kLatency:
      Call(to.streamLatencyPressureFn, options_.stream, ToUnits(event.unsent_duration));
      break;
  }
}

void EventRelay::Tell(const StreamFailed& event) {
  TellError(INVALID_UPLOAD_HANDLE_VALUE, INVALID_TIMESTAMP_VALUE, FailureStatusOf(event.status));
}

void EventRelay::Tell(const Stopped& /*event*/) {
  const ClientCallbacks& to = options_.callbacks;
  Call(to.streamClosedFn, options_.stream, upload_.load());
}

void EventRelay::TellDataAvailable(std::string name, const StreamMetrics& metrics) {
  Call(options_.callbacks.streamDataAvailableFn, options_.stream, name.data(), upload_.load(), ToUnits(metrics.unsent_duration),
       UINT64{metrics.unsent_bytes});
}

void EventRelay::TellShutdown(bool reset) { Call(options_.callbacks.streamShutdownFn, options_.stream, BOOL{reset ? TRUE : FALSE}); }

void EventRelay::TellError(UPLOAD_HANDLE upload, UINT64 timecode, STATUS status) {
  const ClientCallbacks& to = options_.callbacks;
  Call(to.streamErrorReportFn, options_.stream, upload, timecode, status);
}

}  // namespace kvs::compat
