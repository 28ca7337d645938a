#ifndef KVS_EMULATOR_MODEL_STREAM_REGISTRY_H_
#define KVS_EMULATOR_MODEL_STREAM_REGISTRY_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/model/api_answer.h"
#include "emulator/model/time.h"

namespace kvs::emulator {

enum class StreamStatus : std::uint8_t { kCreating, kActive, kUpdating, kDeleting };

// "CREATING", "ACTIVE", "UPDATING", "DELETING".
std::string_view StreamStatusName(StreamStatus status);

struct StreamInfo {
  std::string name;
  std::string arn;
  std::string device_name;
  std::string media_type;
  std::string kms_key_id;
  std::string version;
  Time created;
  std::int64_t retention_hours = 0;
  StreamStatus status = StreamStatus::kCreating;
  Time status_until;  // when CREATING, UPDATING, DELETING ends
  std::map<std::string, std::string> tags;
};

// A stream is named by its name or by its ARN; exactly one is given.
struct StreamRef {
  std::string name;
  std::string arn;
};

// The streams of one account in one region, with the documented rules of the control plane.
// Source: developer guide, API reference of CreateStream .. UpdateDataRetention.
class StreamRegistry {
 public:
  struct Config {
    std::string region = "us-west-2";
    std::string account = "123456789012";
    std::int64_t default_retention_hours = 0;
    Duration create_delay{};
    Duration update_delay{};
    Duration delete_delay{};
  };
  struct NewStream {
    std::string name;
    std::string device_name;
    std::string media_type;
    std::string kms_key_id;
    std::optional<std::int64_t> retention_hours;
    std::map<std::string, std::string> tags;
  };
  struct Page {
    std::vector<StreamInfo> streams;
    std::string next;  // name of the last stream when there are more, else empty
  };

  explicit StreamRegistry(Config config) : config_(std::move(config)) {}

  // While this answers true a stream stays CREATING.
  void set_hold_creating(std::function<bool(const std::string& name, Time now)> hold) {
    hold_creating_ = std::move(hold);
  }

  // The ARN of the new stream.
  OrError<std::string> Create(const NewStream& request, Time now);
  OrError<StreamInfo> Describe(const StreamRef& ref, Time now);
  Page List(std::size_t max_results, const std::string& after, const std::string& prefix, Time now);
  // The remaining calls answer nothing but an error. An empty `version` is not checked.
  std::optional<ApiError> Delete(const StreamRef& ref, const std::string& version, Time now);
  std::optional<ApiError> Update(const StreamRef& ref, const std::string& version,
                                 const std::string& device_name, const std::string& media_type,
                                 Time now);
  std::optional<ApiError> Tag(const StreamRef& ref, const std::map<std::string, std::string>& tags,
                              Time now);
  std::optional<ApiError> Untag(const StreamRef& ref, const std::vector<std::string>& keys,
                                Time now);
  // Adds `change_hours` (may be negative).
  std::optional<ApiError> ChangeRetention(const StreamRef& ref, const std::string& version,
                                          std::int64_t change_hours, Time now);

  // nullptr when there is no such stream (any more). Invalidated by every other call.
  const StreamInfo* Find(const std::string& name, Time now);
  // The stream's name inside an ARN of a stream; empty when it is not one.
  static std::string NameOfArn(std::string_view arn);
  std::vector<StreamInfo> All(Time now);
  // Ends CREATING or UPDATING at once.
  void Activate(const std::string& name);
  void Clear() { streams_.clear(); }

 private:
  OrError<StreamInfo*> Lookup(const StreamRef& ref, Time now);
  // As Lookup; the stream must be ACTIVE and of this version.
  OrError<StreamInfo*> LookupForChange(const StreamRef& ref, const std::string& version, Time now);
  void Refresh(Time now);
  void BumpVersion(StreamInfo& stream);
  void BeginUpdate(StreamInfo& stream, Time now);

  Config config_;
  std::function<bool(const std::string&, Time)> hold_creating_;
  std::map<std::string, StreamInfo> streams_;
  std::uint64_t versions_ = 0;
};

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_MODEL_STREAM_REGISTRY_H_
