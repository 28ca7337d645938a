// The answers of the service's control plane, good ones and errors. The input:
//
//   byte 0        low four bits: which call; high four bits: times 8 KiB, the size of a long error
//   message bytes 1, 2    the HTTP status, big-endian line 1        x-amzn-ErrorType; none when the
//   line is empty line 2        Retry-After and Date the rest      the body

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "producer/aws/endpoints.h"
#include "producer/service/create_stream.h"
#include "producer/service/describe_stream.h"
#include "producer/service/error_map.h"
#include "producer/service/get_data_endpoint.h"
#include "producer/service/json.h"
#include "producer/service/tag_stream.h"
#include "tests/fuzz/fuzz_check.h"
#include "tests/fuzz/json_reference.h"

namespace {

using kvs::Result;
using kvs::Status;
using kvs::StatusCode;
using kvs::fuzz::Check;
using kvs::service::ApiCall;
using kvs::service::HttpResponse;
using kvs::service::JsonFields;
using kvs::service::JsonMember;
using kvs::service::kMaxResponseBytes;

constexpr std::string_view kStreamName = "front-door";
// The parts of a message have limits of their own (the service's words 512 bytes, an ARN 1024).
constexpr std::size_t kMaxMessage = 2048;
constexpr std::size_t kMaxField = 160;
constexpr std::array<std::string_view, 12> kPaths = {"StreamInfo.StreamName",
                                                     "StreamInfo.StreamARN",
                                                     "StreamInfo.Status",
                                                     "StreamInfo.Version",
                                                     "StreamInfo.DataRetentionInHours",
                                                     "StreamARN",
                                                     "DataEndpoint",
                                                     "Message",
                                                     "message",
                                                     "__type",
                                                     "code",
                                                     ""};

bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

// What holds for every error, whatever the service said.
void CheckError(const Status& status) {
  Check(!status.ok(), "an error has a code");
  Check(kvs::Describe(status.code()).code == status.code(), "the code is in the table");
  Check(status.code() != StatusCode::kInternal, "an answer is no fault of this library");
  Check(IsPrintable(status.message()) && status.message().size() <= kMaxMessage, "message");
  Check(IsPrintable(status.service_error()) && status.service_error().size() <= kMaxField,
        "error type");
  Check(IsPrintable(status.request_id()) && status.request_id().size() <= kMaxField, "request id");
  Check(IsPrintable(status.ToString()), "the whole text");
}

void CheckErrorAnswer(ApiCall call, const HttpResponse& response) {
  const Status status = StatusFromResponse({call, std::string(kStreamName), ""}, response);
  CheckError(status);
  Check(status.http_status() == response.status, "HTTP status");
  Check(status.code() == StatusCode::kCredentialsExpired ||
            status.code() == kvs::service::MapServiceError(response.status, status.service_error()),
        "the code is the table's");
}

// {"outer":<text>} has the same members, one level further in.
void CheckNested(std::string_view text, const JsonFields& fields) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) {
    return;  // allowed at the very beginning only
  }
  const std::string outer = "{\"outer\":" + std::string(text) + "}";
  const Result<JsonFields> nested = JsonFields::Parse(outer, outer.size());
  if (!nested.ok()) {
    Check(nested.status().message() == "it is nested too deeply", "nothing else is wrong with it");
    return;
  }
  for (const std::string_view path : kPaths) {
    const std::string inner = "outer." + std::string(path);
    Check(nested->String(inner) == fields.String(path), "string, one level further in");
    Check(nested->Integer(inner) == fields.Integer(path), "number, one level further in");
  }
}

// Another reader takes the same texts, but for what is beyond a limit, and finds the same in them.
void CheckAgainstReference(std::string_view text, const Result<JsonFields>& fields) {
  const auto reference = kvs::fuzz::JsonReference::Read(text);
  if (!reference) {
    return;
  }
  if (!fields.ok()) {
    Check(!reference->is_json() || fields.status().message() != "it is not JSON", "what others take is JSON");
    return;
  }
  Check(reference->is_json(), "what others do not take is not JSON");
  for (const auto& [path, value] : reference->fields()) {
    if (const auto* string = std::get_if<std::string>(&value)) {
      Check(fields->String(path) == *string, "a string as others read it");
    } else {
      Check(fields->Integer(path) == std::get<std::int64_t>(value), "a number as others read it");
    }
  }
}

void CheckFields(std::string_view text) {
  const Result<JsonFields> fields = JsonFields::Parse(text, kMaxResponseBytes);
  CheckAgainstReference(text, fields);
  if (!fields.ok()) {
    Check(fields.status().code() == StatusCode::kBadResponse, "what is not JSON is a bad answer");
    CheckError(fields.status());
    return;
  }
  Check(!JsonFields::Parse(text, text.size() - 1).ok(), "the limit is kept");
  for (const std::string_view path : kPaths) {
    const auto string = fields->String(path);
    const auto number = fields->Integer(path);
    Check(!string || !number, "a member has one type");
    Check(!string || string->size() <= text.size(), "nothing grows");
    if (string) {
      const auto written = WriteJson(std::array{JsonMember{"name", *string}});
      Check(written.ok(), "text that was read is UTF-8");
      const auto again = JsonFields::Parse(*written, written->size());
      Check(again.ok() && again->String("name") == string, "text that is written is read back");
    }
    if (number) {
      const auto written = WriteJson(std::array{JsonMember{"name", *number}});
      const auto again = JsonFields::Parse(*written, written->size());
      Check(again.ok() && again->Integer("name") == number, "a number is read back");
    }
  }
  CheckNested(text, *fields);
}

// Any text that WriteJson takes comes back as it was, also as the name of a member.
void CheckText(std::string_view text) {
  const std::pair<std::string, std::string> tag{text, text};
  const auto written =
      WriteJson(std::array{JsonMember{"Value", text}, JsonMember{"Tags", std::span(&tag, 1)}});
  if (!written.ok()) {
    Check(written.status().code() == StatusCode::kInvalidArgument, "only what is not UTF-8");
    return;
  }
  const auto again = JsonFields::Parse(*written, written->size());
  Check(again.ok() && again->String("Value") == text, "a value comes back");
  Check(again->String("Tags." + std::string(text)) == text, "a name comes back");
}

void CheckDescribe(const HttpResponse& response) {
  const auto stream = ParseDescribeStreamResponse(response, kStreamName);
  if (!stream.ok()) {
    CheckError(stream.status());
    return;
  }
  Check(kvs::service::ValidateStreamArn(stream->stream_arn).ok(), "ARN");
  Check(kvs::service::ValidateRetention(stream->retention).ok(), "retention");
  const auto info = WriteJson(std::array{
      JsonMember{"StreamName", stream->stream_name}, JsonMember{"StreamARN", stream->stream_arn},
      JsonMember{"DeviceName", stream->device_name}, JsonMember{"MediaType", stream->media_type},
      JsonMember{"KmsKeyId", stream->kms_key_id}, JsonMember{"Version", stream->version},
      JsonMember{"Status", StreamStateName(stream->state)},
      JsonMember{"DataRetentionInHours", stream->retention.seconds() / 3600}});
  Check(info.ok(), "what was read is UTF-8");
  const HttpResponse encoded{200, {}, "{\"StreamInfo\":" + *info + "}"};
  if (encoded.body.size() > kMaxResponseBytes) {
    return;
  }
  const auto again = ParseDescribeStreamResponse(encoded, kStreamName);
  Check(again.ok() && again->stream_name == stream->stream_name &&
            again->stream_arn == stream->stream_arn && again->device_name == stream->device_name &&
            again->media_type == stream->media_type && again->kms_key_id == stream->kms_key_id &&
            again->version == stream->version && again->state == stream->state &&
            again->retention == stream->retention,
        "a description that is written again says the same");
}

void CheckCreate(const HttpResponse& response) {
  const auto arn = ParseCreateStreamResponse(response, kStreamName);
  if (!arn.ok()) {
    CheckError(arn.status());
    return;
  }
  const auto body = WriteJson(std::array{JsonMember{"StreamARN", *arn}});
  const auto again = kvs::service::ParseCreateStreamResponse({200, {}, *body}, kStreamName);
  Check(again.ok() && *again == *arn, "an ARN that is written again is the same");
}

void CheckEndpoint(const HttpResponse& response) {
  const auto endpoint = ParseGetDataEndpointResponse(response, kStreamName);
  if (!endpoint.ok()) {
    CheckError(endpoint.status());
    return;
  }
  Check(IsPrintable(*endpoint) && !endpoint->ends_with('/'), "endpoint");
  Check(endpoint->starts_with("https://") || endpoint->starts_with("http://"), "scheme");
  const auto body = WriteJson(std::array{JsonMember{"DataEndpoint", *endpoint}});
  const auto again = kvs::service::ParseGetDataEndpointResponse({200, {}, *body}, kStreamName);
  Check(again.ok() && *again == *endpoint, "an endpoint that is written again is the same");
}

void CheckAnswer(ApiCall call, const HttpResponse& response) {
  switch (call) {
    case ApiCall::kDescribeStream:
      return CheckDescribe(response);
    case ApiCall::kCreateStream:
      return CheckCreate(response);
    case ApiCall::kGetDataEndpoint:
      return CheckEndpoint(response);
    case ApiCall::kTagStream: {
      const Status status = ParseTagStreamResponse(response, kStreamName);
      Check(status.ok() == (response.status == kvs::service::kHttpOk), "only the status counts");
      return;
    }
    case ApiCall::kPutMedia:
      return;  // an answer of 200 is acknowledgements: see ack_parser_fuzzer
  }
}

void CheckHeaders(const HttpResponse& response) {
  const kvs::WallTime now = kvs::WallTime() + kvs::Duration::Hours(24 * 365 * 55);
  const auto wait = RetryAfter(response, now);
  Check(!wait || (*wait >= kvs::Duration() && *wait <= kvs::Duration::Minutes(5)), "Retry-After");
  const auto skew = ClockSkew(response, now);
  Check(!skew || skew->nanos() % 1'000'000'000 == 0, "whole seconds");
}

std::string_view TakeLine(std::string_view& rest) {
  const std::string_view line = rest.substr(0, rest.find('\n'));
  rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kHead = 3;
  constexpr std::size_t kStep = std::size_t{8} * 1024;
  if (size < kHead) {
    return 0;
  }
  const auto call = static_cast<ApiCall>((data[0] & 0xF) % 5);
  const std::size_t long_size = (data[0] >> 4) * kStep;
  std::string_view rest(reinterpret_cast<const char*>(data) + kHead, size - kHead);
  HttpResponse response;
  response.status = data[1] << 8 | data[2];
  const std::string type(TakeLine(rest));
  if (!type.empty()) {
    response.headers.push_back({"x-amzn-ErrorType", type});
    response.headers.push_back({"x-amzn-RequestId", type});
  }
  const std::string time(TakeLine(rest));
  response.headers.push_back({"Retry-After", time});
  response.headers.push_back({"Date", time});
  response.body = rest;

  CheckHeaders(response);
  CheckFields(response.body);
  CheckText(rest);
  CheckErrorAnswer(call, response);
  CheckAnswer(call, response);
  response.status = kvs::service::kHttpOk;
  CheckAnswer(call, response);
  if (long_size > 0 && !rest.empty()) {
    std::string words;
    while (words.size() < long_size) {
      words += rest;
    }
    if (const auto body = WriteJson(std::array{JsonMember{"Message", words}}); body.ok()) {
      response.status = data[1] << 8 | data[2];
      response.body = *body;
      CheckErrorAnswer(call, response);
    }
  }
  return 0;
}
