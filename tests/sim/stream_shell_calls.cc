// The calls of the control plane, in the way of producer/remote_stream.
#include <algorithm>
#include <array>
#include <utility>

#include "emulator/model/json_text.h"
#include "tests/sim/stream_shell.h"

namespace kvs::sim {
namespace {

namespace em = kvs::emulator;
using machine::Call;

constexpr Duration kConnectTimeout = Duration::Seconds(5);
constexpr Duration kCallTimeout = Duration::Seconds(10);
constexpr int kHttpOk = 200;

struct ErrorRow {
  std::string_view type;
  StatusCode code;
};
// What the service's errors mean: the rows of producer/service/error_map that occur here.
constexpr std::array kErrors = {
    ErrorRow{"AccessDeniedException", StatusCode::kNotAuthorized},
    ErrorRow{"ClientLimitExceededException", StatusCode::kThrottled},
    ErrorRow{"ConnectionLimitExceededException", StatusCode::kThrottled},
    ErrorRow{"ExpiredTokenException", StatusCode::kCredentialsExpired},
    ErrorRow{"InternalFailure", StatusCode::kServiceFailure},
    ErrorRow{"InvalidArgumentException", StatusCode::kInvalidRequest},
    ErrorRow{"InvalidEndpointException", StatusCode::kInvalidEndpoint},
    ErrorRow{"RequestTimeoutException", StatusCode::kNetworkTimeout},
    ErrorRow{"ResourceInUseException", StatusCode::kResourceInUse},
    ErrorRow{"ResourceNotFoundException", StatusCode::kStreamNotFound},
    ErrorRow{"ServiceUnavailableException", StatusCode::kServiceFailure},
    ErrorRow{"ThrottlingException", StatusCode::kThrottled},
};

std::string_view ApiOf(Call call) {
  switch (call) {
    case Call::kDescribe:
      return "describeStream";
    case Call::kCreate:
      return "createStream";
    case Call::kTag:
      return "tagStream";
    case Call::kGetEndpoint:
      break;
  }
  return "getDataEndpoint";
}

std::string TextMember(std::string_view json, std::string_view name) {
  const std::string key = "\"" + std::string(name) + "\":\"";
  const std::size_t at = json.find(key);
  if (at == std::string_view::npos) {
    return {};
  }
  json.remove_prefix(at + key.size());
  return std::string(json.substr(0, json.find('"')));
}

}  // namespace

Status StreamShell::FromAnswer(int status, const std::string& type) {
  StatusCode code = status >= 500 ? StatusCode::kServiceFailure : StatusCode::kInvalidRequest;
  for (const ErrorRow& row : kErrors) {
    code = row.type == type ? row.code : code;
  }
  return Status(code, "refused").WithService(status, type, "");
}

void StreamShell::SendCall(Call call, std::uint64_t number, int credentials) {
  const MonoTime start = scheduler_.now();
  const Network::Reach reach = network_.reach();
  if (reach != Network::Reach::kFine) {
    const bool refused = reach == Network::Reach::kRefused;
    const Duration after = refused ? network_.OneWay() * 2 : kConnectTimeout;
    scheduler_.At(start + after, [this, number, refused] {
      FailCall(number, {refused ? StatusCode::kConnectFailed : StatusCode::kNetworkTimeout,
                        "no connection"});
    });
    return;
  }
  scheduler_.At(start + network_.OneWay() * 3, [this, call, number, credentials, start] {
    const ServiceEnd::Answer answer = service_.Call(ApiOf(call), BodyOf(call), credentials);
    const MonoTime limit = start + kCallTimeout;
    MonoTime arrives = scheduler_.now() + network_.OneWay() + answer.after.value_or(kCallTimeout);
    arrives = std::max(arrives, network_.down.frozen_until);
    if (std::exchange(lose_answer_, false)) {
      scheduler_.At(std::min(arrives, limit), [this, number] {
        FailCall(number, {StatusCode::kConnectionLost, "the connection broke"});
      });
    } else if (arrives >= limit) {
      scheduler_.At(limit, [this, number] {
        FailCall(number, {StatusCode::kNetworkTimeout, "no answer in time"});
      });
    } else {
      scheduler_.At(arrives, [this, call, number, answer] { FinishCall(call, number, answer); });
    }
  });
}

void StreamShell::FinishCall(Call call, std::uint64_t number, const ServiceEnd::Answer& answer) {
  if (number != call_number_) {
    return;
  }
  if (answer.status != kHttpOk) {
    FailCall(number, FromAnswer(answer.status, answer.error_type));
    return;
  }
  call_waits_ = false;
  pace_.OnSuccess();
  if (call == Call::kDescribe) {
    arn_ = TextMember(answer.body, "StreamARN");
    const std::string state = TextMember(answer.body, "Status");
    core_.OnDescribed(state == "ACTIVE"     ? machine::ServiceState::kActive
                      : state == "DELETING" ? machine::ServiceState::kDeleting
                                            : machine::ServiceState::kChanging,
                      now());
  } else {
    if (call == Call::kCreate) {
      arn_ = TextMember(answer.body, "StreamARN");
      core_.OnStreamCreated(arn_);
    } else if (call == Call::kGetEndpoint) {
      endpoint_ = TextMember(answer.body, "DataEndpoint");
    }
    core_.OnCallDone(now());
  }
  Settle();
}

void StreamShell::FailCall(std::uint64_t number, Status status) {
  if (number != call_number_) {
    return;
  }
  call_waits_ = false;
  trace_.Note(scheduler_.now(), "shell", "the call failed: " + status.ToString());
  pace_.OnFailure(scheduler_.now());
  core_.OnCallFailed(std::move(status), Duration(), now());
  Settle();
}

std::string StreamShell::BodyOf(Call call) const {
  em::JsonObject json;
  switch (call) {
    case Call::kDescribe:
      json.Text("StreamName", options_.config.name);
      break;
    case Call::kCreate:
      json.Text("DeviceName", options_.config.device_name)
          .Text("StreamName", options_.config.name)
          .Text("MediaType", core_.content_type())
          .Number("DataRetentionInHours", options_.config.retention.seconds() / 3600);
      break;
    case Call::kTag: {
      em::JsonObject tags;
      for (const auto& [name, value] : options_.config.tags) {
        tags.Text(name, value);
      }
      json.Text("StreamARN", arn_).Raw("Tags", tags.str());
      break;
    }
    case Call::kGetEndpoint:
      json.Text("StreamName", options_.config.name).Text("APIName", "PUT_MEDIA");
      break;
  }
  return json.str();
}

}  // namespace kvs::sim
