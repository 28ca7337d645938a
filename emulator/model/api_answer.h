#ifndef KVS_EMULATOR_MODEL_API_ANSWER_H_
#define KVS_EMULATOR_MODEL_API_ANSWER_H_

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "emulator/model/json_text.h"

namespace kvs::emulator {

// A refusal as the service words it: HTTP status, x-amzn-ErrorType, and the "Message" of the body.
struct ApiError {
  int status = 400;
  std::string type;
  std::string message;
};

template <typename T>
using OrError = std::variant<T, ApiError>;

// What goes back over HTTP. `error_type` is empty when `status` is 200.
struct ApiAnswer {
  int status = 200;
  std::string error_type;
  std::string body;
  std::string message = {};  // of a refusal, for those that word it in another form than `body`
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers = {};  // beside those of every answer

  static ApiAnswer Ok(std::string body) { return {200, "", std::move(body)}; }
  static ApiAnswer Ok(std::string body, std::string content_type) {
    return {200, "", std::move(body), "", std::move(content_type)};
  }
  static ApiAnswer Refused(const ApiError& error) {
    return {error.status, error.type, JsonObject().Text("Message", error.message).str(), error.message};
  }
};

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_MODEL_API_ANSWER_H_
