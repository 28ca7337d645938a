#include "plugin/error_map.h"

#include <array>

#include "plugin/gst_ptr.h"

namespace kvs::plugin {
namespace {

enum class Domain : std::uint8_t { kCore, kLibrary, kResource, kStream };

struct Row {
  StatusCode code;
  Domain domain;
  gint gst_code;
  std::uint32_t sdk_status;
  std::string_view advice;
};

// Codes of Amazon's SDK that programs written for it compare with.
constexpr std::uint32_t kSdkInvalidArg = 0x00000002;
constexpr std::uint32_t kSdkInternal = 0x0000000C;
constexpr std::uint32_t kSdkInvalidOperation = 0x0000000D;
constexpr std::uint32_t kSdkTimedOut = 0x0000000F;
constexpr std::uint32_t kSdkOpenFileFailed = 0x00000009;
constexpr std::uint32_t kSdkNotAuthorized = 0x52000010;
constexpr std::uint32_t kSdkDescribeFailed = 0x52000011;
constexpr std::uint32_t kSdkResourceNotFound = 0x52000017;
constexpr std::uint32_t kSdkStopped = 0x52000052;
constexpr std::uint32_t kSdkIotFailed = 0x15000011;
constexpr std::uint32_t kSdkMetadataCount = 0x52000074;
constexpr std::uint32_t kSdkMetadataName = 0x52000077;

constexpr std::string_view kSettingsAdvice = "Correct the property or variable that is named";
constexpr std::string_view kMediaAdvice =
    "Check the caps in front of kvssink; a parser (h264parse, h265parse, av1parse, aacparse) "
    "usually helps";
constexpr std::string_view kNetworkAdvice =
    "Check the network, the properties endpoint and aws-region and any proxy or firewall on the "
    "way";
constexpr std::string_view kProxyAdvice =
    "Check the property proxy and the variables https_proxy, all_proxy and no_proxy, and that the proxy lets this machine "
    "connect to the service";
constexpr std::string_view kServiceAdvice =
    "This is a fault or a limit of the service; try again later";

constexpr std::array kRows = {
    Row{StatusCode::kInvalidArgument, Domain::kResource, GST_RESOURCE_ERROR_SETTINGS,
        kSdkInvalidArg, kSettingsAdvice},
    Row{StatusCode::kInvalidState, Domain::kCore, GST_CORE_ERROR_STATE_CHANGE, kSdkInvalidOperation,
        "Set the element to NULL and start again"},
    Row{StatusCode::kNotFound, Domain::kResource, GST_RESOURCE_ERROR_NOT_FOUND, kSdkInvalidArg,
        kSettingsAdvice},
    Row{StatusCode::kInternal, Domain::kLibrary, GST_LIBRARY_ERROR_FAILED, kSdkInternal,
        "This is a fault of kvssink; please report it with a log of GST_DEBUG=kvs*:6"},
    Row{StatusCode::kTimedOut, Domain::kResource, GST_RESOURCE_ERROR_WRITE, kSdkTimedOut,
        kNetworkAdvice},
    Row{StatusCode::kTooLarge, Domain::kResource, GST_RESOURCE_ERROR_SETTINGS, kSdkInvalidArg,
        kSettingsAdvice},
    Row{StatusCode::kFileError, Domain::kResource, GST_RESOURCE_ERROR_OPEN_READ, kSdkOpenFileFailed,
        "Check that the file exists and can be read by this process"},
    Row{StatusCode::kInvalidFrame, Domain::kStream, GST_STREAM_ERROR_FORMAT, kSdkInvalidArg,
        kMediaAdvice},
    Row{StatusCode::kInvalidTimestamp, Domain::kStream, GST_STREAM_ERROR_FORMAT, kSdkInvalidArg,
        "Check the timestamps in front of kvssink with identity silent=false"},
    Row{StatusCode::kInvalidNal, Domain::kStream, GST_STREAM_ERROR_FORMAT, kSdkInvalidArg,
        kMediaAdvice},
    Row{StatusCode::kInvalidCodecData, Domain::kStream, GST_STREAM_ERROR_FORMAT, kSdkInvalidArg,
        kMediaAdvice},
    Row{StatusCode::kUnknownTrack, Domain::kStream, GST_STREAM_ERROR_FORMAT, kSdkInvalidArg,
        kMediaAdvice},
    Row{StatusCode::kStoreFull, Domain::kResource, GST_RESOURCE_ERROR_NO_SPACE_LEFT, kSdkInternal,
        "Raise storage-size"},
    Row{StatusCode::kStopped, Domain::kResource, GST_RESOURCE_ERROR_WRITE, kSdkStopped,
        "Set the element to READY or NULL and start again"},
    Row{StatusCode::kUnsupportedMedia, Domain::kStream, GST_STREAM_ERROR_WRONG_TYPE, kSdkInvalidArg,
        kMediaAdvice},
    Row{StatusCode::kInvalidMetadata, Domain::kStream, GST_STREAM_ERROR_FORMAT, kSdkMetadataName,
        "Correct the name or value of the metadata"},
    Row{StatusCode::kMetadataLimit, Domain::kStream, GST_STREAM_ERROR_FAILED, kSdkMetadataCount,
        "Put the rest when the next fragment has begun"},
    Row{StatusCode::kNotAuthorized, Domain::kResource, GST_RESOURCE_ERROR_NOT_AUTHORIZED,
        kSdkNotAuthorized,
        "Check that the credentials are valid and that their policy allows "
        "kinesisvideo:DescribeStream, CreateStream, TagStream, GetDataEndpoint and PutMedia on "
        "this "
        "stream"},
    Row{StatusCode::kStreamNotFound, Domain::kResource, GST_RESOURCE_ERROR_NOT_FOUND,
        kSdkResourceNotFound,
        "Create the stream, set allow-create-stream=true, or correct stream-name and aws-region"},
    Row{StatusCode::kResourceInUse, Domain::kResource, GST_RESOURCE_ERROR_BUSY, kSdkDescribeFailed,
        kServiceAdvice},
    Row{StatusCode::kThrottled, Domain::kResource, GST_RESOURCE_ERROR_BUSY, kSdkDescribeFailed,
        kServiceAdvice},
    Row{StatusCode::kInvalidRequest, Domain::kResource, GST_RESOURCE_ERROR_SETTINGS, kSdkInvalidArg,
        kSettingsAdvice},
    Row{StatusCode::kServiceFailure, Domain::kResource, GST_RESOURCE_ERROR_WRITE,
        kSdkDescribeFailed, kServiceAdvice},
    Row{StatusCode::kInvalidEndpoint, Domain::kResource, GST_RESOURCE_ERROR_OPEN_WRITE,
        kSdkDescribeFailed, kNetworkAdvice},
    Row{StatusCode::kBadResponse, Domain::kResource, GST_RESOURCE_ERROR_WRITE, kSdkDescribeFailed,
        "Check that the endpoint that answered is the one that was meant"},
    Row{StatusCode::kFragmentRejected, Domain::kResource, GST_RESOURCE_ERROR_WRITE, kSdkInternal,
        kMediaAdvice},
    Row{StatusCode::kStreamNotActive, Domain::kResource, GST_RESOURCE_ERROR_BUSY,
        kSdkDescribeFailed, kServiceAdvice},
    Row{StatusCode::kLimitReached, Domain::kResource, GST_RESOURCE_ERROR_NO_SPACE_LEFT,
        kSdkDescribeFailed, "Ask for a higher quota of the account, or delete streams"},
    Row{StatusCode::kSessionExpired, Domain::kResource, GST_RESOURCE_ERROR_WRITE,
        kSdkDescribeFailed, kServiceAdvice},
    Row{StatusCode::kEncryptionKeyRefused, Domain::kResource, GST_RESOURCE_ERROR_NOT_AUTHORIZED,
        kSdkNotAuthorized,
        "Check that the stream's KMS key is enabled and that the credentials may use it"},
    Row{StatusCode::kConnectFailed, Domain::kResource, GST_RESOURCE_ERROR_OPEN_WRITE,
        kSdkDescribeFailed, kNetworkAdvice},
    Row{StatusCode::kNameResolutionFailed, Domain::kResource, GST_RESOURCE_ERROR_OPEN_WRITE,
        kSdkDescribeFailed, kNetworkAdvice},
    Row{StatusCode::kTlsFailed, Domain::kResource, GST_RESOURCE_ERROR_OPEN_WRITE,
        kSdkDescribeFailed,
        "Check the clock of this machine and, for a service with a certificate of its own, "
        "ca-path"},
    Row{StatusCode::kConnectionLost, Domain::kResource, GST_RESOURCE_ERROR_WRITE,
        kSdkDescribeFailed, kNetworkAdvice},
    Row{StatusCode::kNetworkTimeout, Domain::kResource, GST_RESOURCE_ERROR_WRITE, kSdkTimedOut,
        kNetworkAdvice},
    Row{StatusCode::kProxyFailed, Domain::kResource, GST_RESOURCE_ERROR_OPEN_WRITE,
        kSdkDescribeFailed, kProxyAdvice},
    Row{StatusCode::kProxyNotAuthorized, Domain::kResource, GST_RESOURCE_ERROR_NOT_AUTHORIZED,
        kSdkDescribeFailed, "Set proxy-id and proxy-pw, or user and password in the URL of the proxy"},
    Row{StatusCode::kNoCredentials, Domain::kResource, GST_RESOURCE_ERROR_NOT_AUTHORIZED,
        kSdkNotAuthorized,
        "Set access-key and secret-key, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or "
        "credential-path, or iot-certificate, or choose another credential-source"},
    Row{StatusCode::kCredentialsExpired, Domain::kResource, GST_RESOURCE_ERROR_NOT_AUTHORIZED,
        kSdkNotAuthorized, "Renew the credentials"},
    Row{StatusCode::kCredentialsRefused, Domain::kResource, GST_RESOURCE_ERROR_NOT_AUTHORIZED,
        kSdkIotFailed, "Correct what is named here, where the credentials come from: iot-certificate, a profile, a role"},
};

const Row& RowOf(StatusCode code) {
  const Row* internal = &kRows[0];
  for (const Row& row : kRows) {
    if (row.code == code) {
      return row;
    }
    internal = row.code == StatusCode::kInternal ? &row : internal;
  }
  return *internal;
}

bool EndsSentence(std::string_view text) {
  return !text.empty() && (text.back() == '.' || text.back() == '!' || text.back() == '?');
}

}  // namespace

ErrorClass ErrorClassOf(StatusCode code) {
  const Row& row = RowOf(code);
  switch (row.domain) {
    case Domain::kCore:
      return {GST_CORE_ERROR, row.gst_code};
    case Domain::kLibrary:
      return {GST_LIBRARY_ERROR, row.gst_code};
    case Domain::kResource:
      return {GST_RESOURCE_ERROR, row.gst_code};
    case Domain::kStream:
      return {GST_STREAM_ERROR, row.gst_code};
  }
  return {GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_FAILED};
}

std::string_view AdviceFor(StatusCode code) {
  return RowOf(code).advice;
}

std::uint32_t SdkStatusOf(StatusCode code) {
  return code == StatusCode::kOk ? 0 : RowOf(code).sdk_status;
}

std::string ReasonText(const Status& status) {
  std::string text =
      status.message().empty() ? std::string(Describe(status.code()).meaning) : status.message();
  std::string answer;
  if (status.http_status() != 0) {
    answer = "HTTP " + std::to_string(status.http_status());
  }
  if (!status.service_error().empty()) {
    answer += (answer.empty() ? "" : ", ") + status.service_error();
  }
  return answer.empty() ? text : text + " (" + answer + ")";
}

std::string UserText(std::string_view stream, const Status& status) {
  std::string text;
  if (!stream.empty()) {
    text = "Stream \"" + std::string(stream) + "\": ";
  }
  text += ReasonText(status);
  if (!EndsSentence(text)) {
    text += '.';
  }
  const std::string_view advice = AdviceFor(status.code());
  return text + " " + std::string(advice) + ".";
}

const char* LossReasonName(LossReason reason) {
  switch (reason) {
    case LossReason::kPressure:
      return "pressure";
    case LossReason::kRejected:
      return "rejected";
    case LossReason::kStopped:
      return "stopped";
    case LossReason::kNoKeyFrame:
      return "no-key-frame";
    case LossReason::kInvalid:
      return "invalid";
    case LossReason::kTooLarge:
      return "too-large";
  }
  return "unknown";
}

std::string_view LossReasonText(LossReason reason) {
  switch (reason) {
    case LossReason::kPressure:
      return "the buffer was full";
    case LossReason::kRejected:
      return "the service refused their fragment";
    case LossReason::kStopped:
      return "the stream ended before they were persisted";
    case LossReason::kNoKeyFrame:
      return "they came before the first key frame";
    case LossReason::kInvalid:
      return "they could not be parsed";
    case LossReason::kTooLarge:
      return "no fragment that the service takes can hold them";
  }
  return "of an unknown reason";
}

std::string_view LossAdvice(LossReason reason) {
  switch (reason) {
    case LossReason::kPressure:
      return "Check the network, or raise storage-size and buffer-duration";
    case LossReason::kRejected:
    case LossReason::kInvalid:
      return kMediaAdvice;
    case LossReason::kStopped:
      return "Raise stop-stream-timeout";
    case LossReason::kTooLarge:
      return "Lower the bit rate: the service takes at most 50 MB a second";
    case LossReason::kNoKeyFrame:
      break;
  }
  return "Nothing needs to be done";
}

std::string SecondsText(Duration duration) {
  constexpr std::int64_t kMillisPerTenth = 100;
  const std::int64_t tenths = duration.millis() / kMillisPerTenth;
  const std::int64_t magnitude = tenths < 0 ? -tenths : tenths;
  return std::string(tenths < 0 ? "-" : "") + std::to_string(magnitude / 10) + "." +
         std::to_string(magnitude % 10) + " s";
}

std::string SpanText(MediaTime first, MediaTime last) {
  std::string text = SecondsText(last - first);
  GDateTime* const time = g_date_time_new_from_unix_utc(first.seconds());
  if (time != nullptr) {
    text += " from " + TakeString(g_date_time_format(time, "%Y-%m-%d %H:%M:%S UTC"));
    g_date_time_unref(time);
  }
  return text;
}

}  // namespace kvs::plugin
