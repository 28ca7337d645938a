#ifndef KVS_EMULATOR_SERVER_HTTP_REQUEST_H_
#define KVS_EMULATOR_SERVER_HTTP_REQUEST_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kvs::emulator {

// The head of one HTTP/1.1 request.
struct HttpRequest {
  std::string method;
  std::string path;                                          // as sent, without the query
  std::string query;                                         // without '?'
  std::vector<std::pair<std::string, std::string>> headers;  // as sent, in order
  bool chunked = false;
  std::uint64_t content_length = 0;
  bool expects_continue = false;
  bool keep_alive = true;

  // The value of the first header of that name (any case); empty when there is none.
  std::string_view Header(std::string_view name) const;
};

// Reads a request head out of a growing buffer.
class HttpHeadParser {
 public:
  enum class Result : std::uint8_t { kNeedMore, kDone, kBad };

  static constexpr std::uint32_t kMaxHead = 64 * 1024;

  HttpHeadParser();
  ~HttpHeadParser();

  // `data` begins with what was not consumed before.
  Result Feed(std::span<const std::uint8_t> data, std::size_t* consumed);
  // After kDone.
  HttpRequest Take();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

bool EqualsIgnoringCase(std::string_view a, std::string_view b);

// Takes the body out of the bytes that follow a head, without copying.
class BodyDecoder {
 public:
  BodyDecoder() = default;
  explicit BodyDecoder(const HttpRequest& request)
      : chunked_(request.chunked), left_(request.chunked ? 0 : request.content_length) {
    state_ = chunked_ ? State::kSize : (left_ == 0 ? State::kDone : State::kData);
  }

  // Takes the next piece of the body off the front of `data`, at most `max` bytes. An empty piece
  // with data left means that done() or bad() is true now.
  std::span<const std::uint8_t> Next(std::span<const std::uint8_t>& data, std::size_t max);

  bool done() const { return state_ == State::kDone; }
  // Not the chunked coding of RFC 9112 §7.1.
  bool bad() const { return state_ == State::kBad; }

 private:
  enum class State : std::uint8_t { kSize, kExtension, kData, kDataEnd, kTrailer, kDone, kBad };

  void TakeControlByte(std::uint8_t byte);
  void TakeSizeByte(std::uint8_t byte);

  State state_ = State::kDone;
  bool chunked_ = false;
  std::uint64_t left_ = 0;
  std::uint32_t size_digits_ = 0;
  std::uint32_t control_bytes_ = 0;  // of one size line, or of the trailer
  std::uint32_t line_bytes_ = 0;     // of a trailer line
};

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_SERVER_HTTP_REQUEST_H_
