#include "emulator/model/local_service.h"

#include <algorithm>
#include <charconv>

#include "emulator/model/control_plane.h"

namespace kvs::emulator {
namespace {

// What a captive portal answers, and no service.
constexpr std::string_view kGarbage = "<html><body>Please sign in</body></html>";

ApiError InvalidArgument(std::string message) {
  return {400, "InvalidArgumentException", std::move(message)};
}

void AddTo(StreamTotals& sum, const StreamTotals& part) {
  sum.fragments_persisted += part.fragments_persisted;
  sum.fragments_received += part.fragments_received;
  sum.fragments_discarded += part.fragments_discarded;
  sum.duplicates += part.duplicates;
  sum.error_acks += part.error_acks;
  sum.sessions += part.sessions;
  sum.bytes += part.bytes;
  sum.frames += part.frames;
}

JsonObject ToJson(const StreamTotals& totals) {
  JsonObject json;
  json.Number("fragments_persisted", totals.fragments_persisted)
      .Number("fragments_received", totals.fragments_received)
      .Number("fragments_discarded", totals.fragments_discarded)
      .Number("duplicates", totals.duplicates)
      .Number("error_acks", totals.error_acks)
      .Number("sessions", totals.sessions)
      .Number("bytes", totals.bytes)
      .Number("frames", totals.frames);
  return json;
}

JsonObject SessionMembers(const PutMediaSession& session) {
  JsonObject json;
  json.Text("stream", session.request().stream).Number("session", session.request().session);
  return json;
}

}  // namespace

std::optional<std::int64_t> ParseSeconds(std::string_view text) {
  constexpr std::int64_t kMaxSeconds = 253402300799;  // the year 9999
  constexpr std::size_t kMilliDigits = 3;
  const std::size_t dot = std::min(text.find('.'), text.size());
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + dot, seconds);
  if (dot == 0 || error != std::errc() || end != text.data() + dot || seconds < 0 ||
      seconds > kMaxSeconds) {
    return std::nullopt;
  }
  std::string decimals(text.substr(std::min(dot + 1, text.size())));
  if (decimals.find_first_not_of("0123456789") != std::string::npos ||
      (dot < text.size() && decimals.empty())) {
    return std::nullopt;
  }
  decimals.resize(kMilliDigits, '0');
  return seconds * 1000 + std::stoi(decimals);
}

LocalService::LocalService(ServiceConfig config, EventSink events)
    : config_(std::move(config)), events_(std::move(events)), registry_(config_.streams) {
  registry_.set_hold_creating(
      [this](const std::string& name, Time now) { return faults_.HoldsCreating(name, now); });
}

LocalService::~LocalService() = default;

void LocalService::LogEvent(std::string_view event, const JsonObject& members, Time now) {
  if (events_) {
    JsonObject json;
    json.Number("time_ms", ToMillis(now)).Text("event", event).Merge(members);
    events_(json.str());
  }
}

LocalService::StreamRecord& LocalService::RecordOf(const std::string& stream) {
  auto it = records_.find(stream);
  if (it == records_.end()) {
    it = records_.emplace(stream, StreamRecord(config_)).first;
  }
  return it->second;
}

// ---- calls

bool LocalService::WithinControlQuota(std::string_view api, const std::string& stream, Time now) {
  if (!config_.control_quotas) {
    return true;
  }
  auto& account =
      control_windows_.try_emplace({std::string(api), ""}, RateWindow(AccountQuotaOf(api)))
          .first->second;
  if (!account.Allow(now)) {
    return false;
  }
  auto& own =
      control_windows_.try_emplace({std::string(api), stream}, RateWindow(StreamQuotaOf(api)))
          .first->second;
  return stream.empty() || own.Allow(now);
}

std::optional<ApiAnswer> LocalService::RefusalBeforeCall(std::string_view api,
                                                         const std::string& stream,
                                                         const CallContext& context, Time now) {
  if (const FaultBook::Entry* entry = faults_.OnCallStatus(api, stream, now)) {
    NoteFault(entry->id, now);
    const Fault& fault = entry->fault;
    return ApiAnswer::Refused({fault.status_code, fault.error_type, fault.message});
  }
  if (const FaultBook::Entry* entry = faults_.OnCallGarbage(api, stream, now)) {
    NoteFault(entry->id, now);
    return ApiAnswer::Ok(std::string(kGarbage));
  }
  if (context.refused) {
    return ApiAnswer::Refused(*context.refused);
  }
  if (!WithinControlQuota(api, stream, now)) {
    OnQuota(stream, "control");
    return ApiAnswer::Refused({400, "ClientLimitExceededException", "Too many calls per second"});
  }
  return std::nullopt;
}

Hold LocalService::HoldOf(std::string_view api, const std::string& stream, Time now) {
  const FaultBook::Entry* entry = faults_.OnCallDelay(api, stream, now);
  if (entry == nullptr) {
    return {};
  }
  NoteFault(entry->id, now);
  return {entry->fault.delay.value_or(Duration::zero()), !entry->fault.delay};
}

void LocalService::NoteCall(std::string_view api, const std::string& stream,
                            const ApiAnswer& answer, const CallContext& context, Time now) {
  auto& count = api_counts_[std::string(api)];
  ++count.calls;
  count.errors += answer.status == 200 ? 0U : 1U;
  LogEvent("api",
           JsonObject()
               .Text("api", api)
               .Text("stream", stream)
               .Number("status", answer.status)
               .Text("error", answer.error_type)
               .Text("request_id", context.request_id)
               .Number("connection", context.connection),
           now);
}

CallResult LocalService::Call(std::string_view api, std::string_view body,
                              std::string_view endpoint, const CallContext& context, Time now) {
  now_ = now;
  const std::string stream = StreamOfBody(body);
  CallResult result;
  result.hold = HoldOf(api, stream, now);
  ControlOutcome outcome;
  if (auto refusal = RefusalBeforeCall(api, stream, context, now)) {
    outcome.answer = std::move(*refusal);
  } else {
    const FaultBook::Entry* elsewhere =
        api == "getDataEndpoint" ? faults_.OnGetEndpoint(stream, now) : nullptr;
    if (elsewhere != nullptr) {
      NoteFault(elsewhere->id, now);
      endpoint = elsewhere->fault.url;
    }
    outcome = CallControlPlane(registry_, api, body, endpoint, now);
  }
  NoteCall(api, stream, outcome.answer, context, now);
  if (!outcome.change.empty()) {
    LogEvent("stream", JsonObject().Text("stream", stream).Text("change", outcome.change), now);
  }
  if (outcome.change == "deleted") {
    EndSessionsOf(stream, now);
  } else if (outcome.change == "created") {
    // A new stream of an old name begins empty.
    StreamRecord& record = RecordOf(stream);
    record.fragments.clear();
    record.number_of_producer_time.clear();
  }
  result.answer = std::move(outcome.answer);
  return result;
}

CallResult LocalService::CallElsewhere(std::string_view api, const CallContext& context, Time now,
                                       const std::function<ApiAnswer()>& answer) {
  now_ = now;
  CallResult result;
  result.hold = HoldOf(api, "", now);
  std::optional<ApiAnswer> refusal = RefusalBeforeCall(api, "", context, now);
  result.answer = refusal ? *std::move(refusal) : answer();
  NoteCall(api, "", result.answer, context, now);
  return result;
}

std::variant<SessionRequest, ApiError> LocalService::CheckPutMedia(const PutMediaHeaders& headers,
                                                                   Time now) {
  const auto found = registry_.Describe({headers.stream_name, headers.stream_arn}, now);
  if (const auto* error = std::get_if<ApiError>(&found)) {
    return *error;
  }
  const StreamInfo& stream = std::get<StreamInfo>(found);
  if (headers.timecode_type != "ABSOLUTE" && headers.timecode_type != "RELATIVE") {
    return InvalidArgument("x-amzn-fragment-timecode-type must be ABSOLUTE or RELATIVE");
  }
  const auto start_ms = headers.producer_start.empty() ? std::optional(ToMillis(now))
                                                       : ParseSeconds(headers.producer_start);
  if (!start_ms) {
    return InvalidArgument("x-amzn-producer-start-timestamp is not a number of seconds");
  }
  SessionRequest request;
  request.stream = stream.name;
  request.stream_active =
      stream.status == StreamStatus::kActive || stream.status == StreamStatus::kUpdating;
  request.persists = stream.retention_hours > 0;
  request.timecodes = {headers.timecode_type == "ABSOLUTE", *start_ms};
  request.acks_wanted = headers.acknowledgment != "0" && headers.acknowledgment != "false";
  StreamRecord& record = RecordOf(stream.name);
  if (!record.put_media.Allow(now)) {
    OnQuota(stream.name, "put_media_tps");
    return ApiError{400, "ClientLimitExceededException", "Too many putMedia calls per second"};
  }
  if (config_.max_sessions != 0 && record.open_sessions >= config_.max_sessions) {
    OnQuota(stream.name, "sessions");
    return ApiError{400, "ConnectionLimitExceededException", "Too many connections"};
  }
  return request;
}

PutMediaResult LocalService::OpenPutMedia(const PutMediaHeaders& headers,
                                          const CallContext& context, Time now) {
  constexpr std::string_view kApi = "putMedia";
  now_ = now;
  const std::string stream = headers.stream_name.empty()
                                 ? StreamRegistry::NameOfArn(headers.stream_arn)
                                 : headers.stream_name;
  PutMediaResult result;
  result.hold = HoldOf(kApi, stream, now);
  if (auto refusal = RefusalBeforeCall(kApi, stream, context, now)) {
    result.refusal = std::move(*refusal);
  } else {
    auto checked = CheckPutMedia(headers, now);
    if (const auto* error = std::get_if<ApiError>(&checked)) {
      result.refusal = ApiAnswer::Refused(*error);
    } else {
      NoteCall(kApi, stream, ApiAnswer::Ok(""), context, now);
      result.session = StartSession(std::get<SessionRequest>(std::move(checked)), context, now);
      return result;
    }
  }
  NoteCall(kApi, stream, result.refusal, context, now);
  return result;
}

std::unique_ptr<PutMediaSession> LocalService::StartSession(SessionRequest request,
                                                            const CallContext& context, Time now) {
  StreamRecord& record = RecordOf(request.stream);
  request.session = ++last_session_;
  request.stream_session = ++record.totals.sessions;
  ++record.open_sessions;
  const std::vector<int> fault_ids = faults_.OnSession(request.stream);
  SessionHost& host = *this;
  auto session = std::make_unique<PutMediaSession>(host, config_.session, std::move(request));
  const SessionRequest& begun = session->request();
  sessions_[begun.session] = session.get();
  open_.insert(begun.session);
  LogEvent("session_begin",
           SessionMembers(*session)
               .Number("stream_session", begun.stream_session)
               .Number("connection", context.connection)
               .Text("timecode_type", begun.timecodes.absolute ? "ABSOLUTE" : "RELATIVE")
               .Number("start_ms", begun.timecodes.start_ms),
           now);
  for (const int id : fault_ids) {
    session->AddFault(id, faults_.Find(id)->fault, now);
  }
  session->Start(now);
  return session;
}

void LocalService::EndSessionsOf(const std::string& stream, Time now) {
  for (const auto& [number, session] : sessions_) {
    if (session->request().stream == stream) {
      session->StreamDeleted(now);
    }
  }
}

// ---- faults

int LocalService::AddFault(Fault fault, Time now) {
  now_ = now;
  const int id = faults_.Add(std::move(fault), now);
  const Fault& added = faults_.Find(id)->fault;
  if (added.IsForSessions() && added.open_sessions) {
    for (const std::uint64_t number : open_) {
      PutMediaSession* session = sessions_.at(number);
      if (added.MatchesStream(session->request().stream)) {
        session->AddFault(id, added, now);
      }
    }
  }
  return id;
}

bool LocalService::RemoveFault(int id) {
  const bool removed = faults_.Remove(id);
  for (const auto& [number, session] : sessions_) {
    session->Wake();
  }
  return removed;
}

void LocalService::ClearFaults() {
  faults_.Clear();
  for (const auto& [number, session] : sessions_) {
    session->Wake();
  }
}

void LocalService::NoteFault(int id, Time now) {
  const FaultBook::Entry* entry = faults_.Find(id);
  ++faults_triggered_;
  if (entry != nullptr) {
    LogEvent("fault", JsonObject().Number("id", id).Text("spec", entry->fault.spec), now);
  }
}

// ---- what sessions report

std::string LocalService::NewFragmentNumber(Time now) {
  now_ = std::max(now_, now);
  return MakeFragmentNumber(now, ++last_fragment_);
}

RateWindow* LocalService::FragmentRateOf(const std::string& stream) {
  return config_.fragment_rate == 0 ? nullptr : &RecordOf(stream).fragments_per_second;
}

bool LocalService::FaultActive(int fault, Time now) const {
  return faults_.Active(fault, now);
}

Time LocalService::FaultChange(int fault, Time now) const {
  return faults_.NextChange(fault, now);
}

bool LocalService::CountFaultFragment(int fault) {
  return faults_.CountFragment(fault);
}

void LocalService::OnFaultActed(int fault, const PutMediaSession& session) {
  faults_.Acted(fault);
  ++faults_triggered_;
  const FaultBook::Entry* entry = faults_.Find(fault);
  LogEvent("fault",
           JsonObject()
               .Number("id", fault)
               .Text("spec", entry == nullptr ? "" : entry->fault.spec)
               .Merge(SessionMembers(session)),
           session.now());
}

void LocalService::OnFrame(const PutMediaSession& session, const FrameInfo& frame) {
  LogEvent("frame",
           SessionMembers(session)
               .Number("track", frame.track)
               .Number("frame_ns", frame.time_ns)
               .Number("size", frame.size)
               .Number("time_us", ToMicros(session.now())),
           session.now());
}

void LocalService::OnAck(const PutMediaSession& session, const Ack& ack, bool delivered) {
  if (ack.type == AckType::kError) {
    ++RecordOf(session.request().stream).totals.error_acks;
  }
  JsonObject json = SessionMembers(session);
  json.Text("type", AckTypeName(ack.type));
  if (ack.timecode) {
    json.Number("timecode", *ack.timecode);
  }
  if (!ack.fragment_number.empty()) {
    json.Text("number", ack.fragment_number);
  }
  if (ack.type == AckType::kError) {
    json.Number("error_id", ack.error_id).Text("error_code", ack.error_code);
  }
  LogEvent("ack", json.Bool("delivered", delivered), session.now());
}

void LocalService::OnFragmentStored(const PutMediaSession& session, Fragment& fragment) {
  StreamRecord& record = RecordOf(fragment.stream);
  const auto [first, is_new] =
      record.number_of_producer_time.emplace(fragment.producer_time_ms, fragment.number);
  fragment.duplicate = !is_new;
  if (fragment.duplicate) {
    ++record.totals.duplicates;
    LogEvent("duplicate",
             SessionMembers(session)
                 .Number("producer_time_ms", fragment.producer_time_ms)
                 .Text("number", fragment.number)
                 .Text("first_number", first->second),
             session.now());
  }
  ++(fragment.persisted ? record.totals.fragments_persisted : record.totals.fragments_received);
  record.totals.bytes += fragment.body_size;
  record.totals.frames += fragment.frames.size();
  LogEvent("fragment", fragment.Describe(), session.now());
  record.fragments.push_back(fragment.Summary());
}

void LocalService::OnFragmentDiscarded(const PutMediaSession& session, const Fragment& fragment,
                                       std::string_view reason) {
  ++RecordOf(fragment.stream).totals.fragments_discarded;
  LogEvent("discarded",
           SessionMembers(session)
               .Number("timecode", fragment.timecode)
               .Number("bytes", fragment.body_size)
               .Text("reason", reason),
           session.now());
}

void LocalService::OnMediaProblem(const PutMediaSession& session, int error_id,
                                  std::string_view detail) {
  LogEvent("media_problem",
           SessionMembers(session).Number("error_id", error_id).Text("detail", detail),
           session.now());
}

void LocalService::OnQuota(const std::string& stream, std::string_view quota) {
  LogEvent("quota", JsonObject().Text("stream", stream).Text("quota", quota), now_);
}

void LocalService::OnSessionEnd(const PutMediaSession& session) {
  if (open_.erase(session.request().session) == 0) {
    return;
  }
  StreamRecord& record = RecordOf(session.request().stream);
  record.open_sessions -= record.open_sessions > 0 ? 1U : 0U;
  LogEvent("session_end",
           SessionMembers(session)
               .Text("reason", session.end_reason())
               .Number("bytes", session.bytes())
               .Number("fragments", session.fragments_complete()),
           session.now());
}

void LocalService::OnSessionGone(const PutMediaSession& session) {
  OnSessionEnd(session);  // when it was destroyed before its end
  sessions_.erase(session.request().session);
}

// ---- totals

const std::vector<Fragment>& LocalService::FragmentsOf(const std::string& stream) const {
  static const std::vector<Fragment> kNone;
  const auto it = records_.find(stream);
  return it == records_.end() ? kNone : it->second.fragments;
}

StreamTotals LocalService::TotalsOf(const std::string& stream) const {
  const auto it = records_.find(stream);
  return it == records_.end() ? StreamTotals() : it->second.totals;
}

StreamTotals LocalService::Totals() const {
  StreamTotals sum;
  for (const auto& [name, record] : records_) {
    AddTo(sum, record.totals);
  }
  return sum;
}

JsonObject LocalService::Stats(Time now) {
  JsonObject apis;
  for (const auto& [api, count] : api_counts_) {
    apis.Raw(api, JsonObject().Number("calls", count.calls).Number("errors", count.errors).str());
  }
  JsonObject streams;
  for (const auto& [name, record] : records_) {
    const StreamInfo* stream = registry_.Find(name, now);
    JsonObject json;
    json.Text("status", stream == nullptr ? "" : StreamStatusName(stream->status))
        .Merge(ToJson(record.totals))
        .Number("open_sessions", record.open_sessions);
    streams.Raw(name, json.str());
  }
  JsonObject stats = ToJson(Totals());
  stats.Number("open_sessions", open_.size())
      .Number("faults_triggered", faults_triggered_)
      .Raw("api", apis.str())
      .Raw("streams", streams.str());
  return stats;
}

void LocalService::Reset() {
  registry_.Clear();
  faults_.Clear();
  records_.clear();
  control_windows_.clear();
  api_counts_.clear();
  faults_triggered_ = 0;
}

}  // namespace kvs::emulator
