#ifndef KVS_EMULATOR_MODEL_API_ANSWER_H_
#define KVS_EMULATOR_MODEL_API_ANSWER_H_

#include <string>
#include <utility>
#include <variant>

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

  static ApiAnswer Ok(std::string body) { return {200, "", std::move(body)}; }
  static ApiAnswer Refused(const ApiError& error) {
    return {error.status, error.type, JsonObject().Text("Message", error.message).str()};
  }
};

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_MODEL_API_ANSWER_H_
