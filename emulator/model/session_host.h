#ifndef KVS_EMULATOR_MODEL_SESSION_HOST_H_
#define KVS_EMULATOR_MODEL_SESSION_HOST_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/model/ack.h"
#include "emulator/model/fragment.h"
#include "emulator/model/quotas.h"
#include "emulator/model/time.h"

namespace kvs::emulator {

class PutMediaSession;

// What a PutMedia session needs of the service around it. LocalService is the real one.
class SessionHost {
 public:
  virtual ~SessionHost() = default;

  virtual std::string NewFragmentNumber(Time now) = 0;
  // Fragments per second, shared by the sessions of a stream; nullptr when there is no limit.
  virtual RateWindow* FragmentRateOf(const std::string& stream) = 0;

  // Faults which the session was given; see FaultBook.
  virtual bool FaultActive(int fault, Time now) const = 0;
  virtual Time FaultChange(int fault, Time now) const = 0;
  virtual bool CountFaultFragment(int fault) = 0;
  virtual void OnFaultActed(int fault, const PutMediaSession& session) = 0;

  // What happened, for the log, the counters and the list of stored fragments.
  // Only with SessionConfig::tell_frames.
  virtual void OnFrame(const PutMediaSession& session, const FrameInfo& frame) = 0;
  virtual void OnAck(const PutMediaSession& session, const Ack& ack, bool delivered) = 0;
  // Just before it is handed out; sets `fragment.duplicate`.
  virtual void OnFragmentStored(const PutMediaSession& session, Fragment& fragment) = 0;
  // A fragment was begun and will not be stored.
  virtual void OnFragmentDiscarded(const PutMediaSession& session, const Fragment& fragment,
                                   std::string_view reason) = 0;
  virtual void OnMediaProblem(const PutMediaSession& session, int error_id,
                              std::string_view detail) = 0;
  virtual void OnQuota(const std::string& stream, std::string_view quota) = 0;
  virtual void OnSessionEnd(const PutMediaSession& session) = 0;
  // The session object goes away.
  virtual void OnSessionGone(const PutMediaSession& session) = 0;
};

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_MODEL_SESSION_HOST_H_
