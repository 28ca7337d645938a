#include "producer/compat/event_relay.h"

#include "producer/compat/convert.h"
#include "producer/compat/status_map.h"

namespace kvs::compat {
namespace {

// Calls what the program gave, if it gave something.
template <typename Function, typename... Arguments>
void Call(Function function, Arguments... arguments) {
  if (function != nullptr) {
    function(arguments...);
  }
}

}  // namespace

void EventRelay::OnStreamEvent(const StreamEvent& event) {
  {
    const MutexLock lock(mutex_);
    if (detached_) {
      return;
    }
    running_ = true;
    caller_ = std::this_thread::get_id();
  }
  std::visit([this](const auto& one) { Tell(one); }, event);
  {
    const MutexLock lock(mutex_);
    running_ = false;
    closed_ = closed_ || std::holds_alternative<Stopped>(event);
  }
  changed_.notify_all();
}

void EventRelay::Detach() {
  {
    const MutexLock lock(mutex_);
    detached_ = true;
    while (running_ && !OnCallbackThread()) {
      changed_.wait(mutex_);
    }
  }
  changed_.notify_all();
}

void EventRelay::AwaitClosed() {
  const MutexLock lock(mutex_);
  while (!closed_ && !detached_ && !OnCallbackThread()) {
    changed_.wait(mutex_);
  }
}

void EventRelay::Tell(const StreamReady& /*event*/) {
  const ClientCallbacks& to = options_.callbacks;
  Call(to.streamReadyFn, to.customData, options_.stream);
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
  Call(to.streamConnectionStaleFn, to.customData, options_.stream, ToUnits(event.silence));
}

void EventRelay::Tell(const FragmentAcked& event) {
  if (event.ack.type == AckType::kIdle || event.ack.type == AckType::kUnknown) {
    return;
  }
  const ClientCallbacks& to = options_.callbacks;
  ::FragmentAck ack = ToFragmentAck(event.ack);
  Call(to.fragmentAckReceivedFn, to.customData, options_.stream, UPLOAD_HANDLE{event.session}, &ack);
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
  Call(to.droppedFrameReportFn, to.customData, options_.stream, ToUnits(event.pts));
  if (event.begins_fragment) {
    Call(to.droppedFragmentReportFn, to.customData, options_.stream, ToUnits(event.pts));
  }
}

void EventRelay::Tell(const Pressure& event) {
  if (!event.on) {
    return;
  }
  const ClientCallbacks& to = options_.callbacks;
  switch (event.kind) {
    case PressureKind::kStore:
      Call(to.storageOverflowPressureFn, to.customData, UINT64{options_.store_left()});
      break;
    case PressureKind::kWindow:
      Call(to.bufferDurationOverflowPressureFn, to.customData, options_.stream,
           ToUnits(options_.buffer_duration - event.stored_duration));
      break;
    case PressureKind::kLatency:
      Call(to.streamLatencyPressureFn, to.customData, options_.stream, ToUnits(event.unsent_duration));
      break;
  }
}

void EventRelay::Tell(const StreamFailed& event) {
  TellError(INVALID_UPLOAD_HANDLE_VALUE, INVALID_TIMESTAMP_VALUE, FailureStatusOf(event.status));
}

void EventRelay::Tell(const Stopped& /*event*/) {
  const ClientCallbacks& to = options_.callbacks;
  Call(to.streamClosedFn, to.customData, options_.stream, upload_.load());
}

void EventRelay::TellError(UPLOAD_HANDLE upload, UINT64 timecode, STATUS status) {
  const ClientCallbacks& to = options_.callbacks;
  Call(to.streamErrorReportFn, to.customData, options_.stream, upload, timecode, status);
}

}  // namespace kvs::compat
