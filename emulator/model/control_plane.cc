#include "emulator/model/control_plane.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include <nlohmann/json.hpp>

namespace kvs::emulator {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 11> kApis = {
    "createStream", "describeStream",      "listStreams",     "deleteStream",
    "updateStream", "tagStream",           "untagStream",     "listTagsForStream",
    "putMedia",     "updateDataRetention", "getDataEndpoint",
};

constexpr std::array<std::string_view, 8> kEndpointApis = {
    "PUT_MEDIA",
    "GET_MEDIA",
    "LIST_FRAGMENTS",
    "GET_MEDIA_FOR_FRAGMENT_LIST",
    "GET_HLS_STREAMING_SESSION_URL",
    "GET_DASH_STREAMING_SESSION_URL",
    "GET_CLIP",
    "GET_IMAGES",
};

constexpr std::int64_t kMaxListResults = 10000;

// The first member of a request that has another type than the API wants; empty when all are right.
std::string WrongMember(const Json& json) {
  const auto is_text = [](const Json& value) { return value.is_string(); };
  for (const auto& [key, value] : json.items()) {
    bool right = true;
    if (value.is_null()) {
      continue;
    } else if (key == "Tags" || key == "StreamNameCondition") {
      right = value.is_object() && std::all_of(value.begin(), value.end(), is_text);
    } else if (key == "TagKeyList") {
      right = value.is_array() && std::all_of(value.begin(), value.end(), is_text);
    } else if (key == "DataRetentionInHours" || key == "DataRetentionChangeInHours" ||
               key == "MaxResults") {
      right = value.is_number_integer();
    } else if (key.starts_with("Stream") || key.ends_with("Name") || key == "MediaType" ||
               key == "KmsKeyId" || key == "CurrentVersion" || key == "Operation" ||
               key == "NextToken") {
      right = value.is_string() || key == "StreamStorageConfiguration";
    }
    if (!right) {
      return key;
    }
  }
  return "";
}

// The members of a request whose types are right; what is absent or null reads as empty.
class Request {
 public:
  explicit Request(Json json) : json_(std::move(json)) {}

  std::string Text(const char* member) const { return Value(member, std::string()); }
  std::map<std::string, std::string> TextMap(const char* member) const {
    return Value(member, std::map<std::string, std::string>());
  }
  std::vector<std::string> TextList(const char* member) const {
    return Value(member, std::vector<std::string>());
  }
  std::optional<std::int64_t> Integer(const char* member) const {
    return Has(member) ? std::optional(Value(member, std::int64_t{0})) : std::nullopt;
  }
  StreamRef Ref() const { return {Text("StreamName"), Text("StreamARN")}; }

 private:
  bool Has(const char* member) const {
    const auto it = json_.find(member);
    return it != json_.end() && !it->is_null();
  }
  template <typename T>
  T Value(const char* member, T absent) const {
    return Has(member) ? json_[member].get<T>() : absent;
  }

  Json json_;
};

std::string Encode(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json ToJson(const StreamInfo& stream) {
  constexpr double kMillisPerSecond = 1000.0;
  Json json = {
      {"StreamName", stream.name},
      {"StreamARN", stream.arn},
      {"KmsKeyId", stream.kms_key_id},
      {"Version", stream.version},
      {"Status", std::string(StreamStatusName(stream.status))},
      {"CreationTime", static_cast<double>(ToMillis(stream.created)) / kMillisPerSecond},
      {"DataRetentionInHours", stream.retention_hours},
  };
  json["DeviceName"] = stream.device_name.empty() ? Json() : Json(stream.device_name);
  json["MediaType"] = stream.media_type.empty() ? Json() : Json(stream.media_type);
  return json;
}

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string EncodeToken(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    bits = bits << 8 | static_cast<std::uint8_t>(c);
    for (count += 8; count >= 6; count -= 6) {
      out += kBase64[(bits >> (count - 6)) & 0x3F];
    }
  }
  if (count > 0) {
    out += kBase64[(bits << (6 - count)) & 0x3F];
  }
  out.append((4 - out.size() % 4) % 4, '=');
  return out;
}

std::optional<std::string> DecodeToken(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  while (text.ends_with('=')) {
    text.remove_suffix(1);
  }
  for (const char c : text) {
    const std::size_t digit = kBase64.find(c);
    if (digit == std::string_view::npos) {
      return std::nullopt;
    }
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>((bits >> count) & 0xFF);
    }
  }
  return out;
}

ControlOutcome Refuse(const ApiError& error) {
  return {ApiAnswer::Refused(error), {}};
}
ControlOutcome Refuse(const std::string& message) {
  return Refuse(ApiError{400, "InvalidArgumentException", message});
}
// The calls that answer nothing have an empty body.
ControlOutcome Done(const std::optional<ApiError>& error, std::string_view change) {
  return error ? Refuse(*error) : ControlOutcome{ApiAnswer::Ok(""), change};
}

ControlOutcome Create(StreamRegistry& registry, const Request& request, Time now) {
  StreamRegistry::NewStream stream;
  stream.name = request.Text("StreamName");
  stream.device_name = request.Text("DeviceName");
  stream.media_type = request.Text("MediaType");
  stream.kms_key_id = request.Text("KmsKeyId");
  stream.retention_hours = request.Integer("DataRetentionInHours");
  stream.tags = request.TextMap("Tags");
  const auto created = registry.Create(stream, now);
  if (const auto* error = std::get_if<ApiError>(&created)) {
    return Refuse(*error);
  }
  return {ApiAnswer::Ok(Encode({{"StreamARN", std::get<std::string>(created)}})), "created"};
}

ControlOutcome Describe(StreamRegistry& registry, const Request& request, Time now) {
  const auto found = registry.Describe(request.Ref(), now);
  if (const auto* error = std::get_if<ApiError>(&found)) {
    return Refuse(*error);
  }
  return {ApiAnswer::Ok(Encode({{"StreamInfo", ToJson(std::get<StreamInfo>(found))}})), {}};
}

ControlOutcome List(StreamRegistry& registry, const Request& request, Time now) {
  const std::int64_t max_results = request.Integer("MaxResults").value_or(kMaxListResults);
  auto condition = request.TextMap("StreamNameCondition");
  const std::string comparison = condition["ComparisonOperator"];
  const std::string prefix = condition["ComparisonValue"];
  const auto after = DecodeToken(request.Text("NextToken"));
  if (max_results < 1 || max_results > kMaxListResults) {
    return Refuse("MaxResults must be 1 to 10000");
  }
  if (!comparison.empty() && comparison != "BEGINS_WITH") {
    return Refuse("ComparisonOperator must be BEGINS_WITH");
  }
  if (!after) {
    return Refuse("NextToken is not valid");
  }
  const auto page = registry.List(static_cast<std::size_t>(max_results), *after, prefix, now);
  Json answer = {{"StreamInfoList", Json::array()}};
  for (const StreamInfo& stream : page.streams) {
    answer["StreamInfoList"].push_back(ToJson(stream));
  }
  if (!page.next.empty()) {
    answer["NextToken"] = EncodeToken(page.next);
  }
  return {ApiAnswer::Ok(Encode(answer)), {}};
}

ControlOutcome ListTags(StreamRegistry& registry, const Request& request, Time now) {
  const auto found = registry.Describe(request.Ref(), now);
  if (const auto* error = std::get_if<ApiError>(&found)) {
    return Refuse(*error);
  }
  const Json tags(std::get<StreamInfo>(found).tags);
  return {ApiAnswer::Ok(Encode({{"Tags", tags.is_null() ? Json::object() : tags}})), {}};
}

ControlOutcome ChangeRetention(StreamRegistry& registry, const Request& request, Time now) {
  const std::string operation = request.Text("Operation");
  const std::optional<std::int64_t> hours = request.Integer("DataRetentionChangeInHours");
  if (operation != "INCREASE_DATA_RETENTION" && operation != "DECREASE_DATA_RETENTION") {
    return Refuse("Operation must be INCREASE_DATA_RETENTION or DECREASE_DATA_RETENTION");
  }
  if (!hours || *hours < 1) {
    return Refuse("DataRetentionChangeInHours must be at least 1");
  }
  const std::int64_t change = operation == "INCREASE_DATA_RETENTION" ? *hours : -*hours;
  return Done(registry.ChangeRetention(request.Ref(), request.Text("CurrentVersion"), change, now),
              "retention");
}

ControlOutcome GetEndpoint(StreamRegistry& registry, const Request& request,
                           std::string_view endpoint, Time now) {
  const std::string api = request.Text("APIName");
  if (std::find(kEndpointApis.begin(), kEndpointApis.end(), api) == kEndpointApis.end()) {
    return Refuse("APIName is missing or not valid");
  }
  const auto found = registry.Describe(request.Ref(), now);
  if (const auto* error = std::get_if<ApiError>(&found)) {
    return Refuse(*error);
  }
  return {ApiAnswer::Ok(Encode({{"DataEndpoint", std::string(endpoint)}})), {}};
}

ControlOutcome Dispatch(StreamRegistry& registry, std::string_view api, const Request& request,
                        std::string_view endpoint, Time now) {
  const std::string version = request.Text("CurrentVersion");
  if (api == "createStream") {
    return Create(registry, request, now);
  } else if (api == "describeStream") {
    return Describe(registry, request, now);
  } else if (api == "listStreams") {
    return List(registry, request, now);
  } else if (api == "listTagsForStream") {
    return ListTags(registry, request, now);
  } else if (api == "getDataEndpoint") {
    return GetEndpoint(registry, request, endpoint, now);
  } else if (api == "updateDataRetention") {
    return ChangeRetention(registry, request, now);
  } else if (api == "deleteStream") {
    if (request.Text("StreamARN").empty()) {
      return Refuse("StreamARN is missing");
    }
    return Done(registry.Delete(request.Ref(), version, now), "deleted");
  } else if (api == "updateStream") {
    if (version.empty()) {
      return Refuse("CurrentVersion is missing");
    }
    return Done(registry.Update(request.Ref(), version, request.Text("DeviceName"),
                                request.Text("MediaType"), now),
                "updated");
  } else if (api == "tagStream") {
    return Done(registry.Tag(request.Ref(), request.TextMap("Tags"), now), "tagged");
  } else if (api == "untagStream") {
    return Done(registry.Untag(request.Ref(), request.TextList("TagKeyList"), now), "untagged");
  }
  return Refuse(ApiError{404, "UnknownOperationException", "No such operation"});
}

}  // namespace

std::string_view ApiOfPath(std::string_view path) {
  if (!path.starts_with('/')) {
    return "";
  }
  const auto it = std::find(kApis.begin(), kApis.end(), path.substr(1));
  return it == kApis.end() ? std::string_view() : *it;
}

std::string StreamOfBody(std::string_view body) {
  const Json json = Json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !WrongMember(json).empty()) {
    return "";
  }
  const StreamRef ref = Request(json).Ref();
  return ref.name.empty() ? StreamRegistry::NameOfArn(ref.arn) : ref.name;
}

std::string JsonMember(std::string_view body, std::string_view name) {
  const Json json = Json::parse(body, nullptr, /*allow_exceptions=*/false);
  const auto member = json.is_object() ? json.find(name) : json.end();
  return member != json.end() && member->is_string() ? member->get<std::string>() : "";
}

ControlOutcome CallControlPlane(StreamRegistry& registry, std::string_view api,
                                std::string_view body, std::string_view endpoint, Time now) {
  Json json =
      body.empty() ? Json::object() : Json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) {
    return Refuse(ApiError{400, "SerializationException", "The body is not a JSON object"});
  }
  const std::string wrong = WrongMember(json);
  if (!wrong.empty()) {
    return Refuse(
        ApiError{400, "SerializationException", "The member " + wrong + " has the wrong type"});
  }
  return Dispatch(registry, api, Request(std::move(json)), endpoint, now);
}

}  // namespace kvs::emulator
