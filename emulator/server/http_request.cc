#include "emulator/server/http_request.h"

#include <algorithm>

// With sanitizers gcc 12 sees an uninitialized member in the empty optionals of Beast's parser.
#if !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#if !defined(__clang__)
#pragma GCC diagnostic pop
#endif

namespace kvs::emulator {

namespace http = boost::beast::http;

struct HttpHeadParser::Impl {
  Impl() {
    parser.header_limit(kMaxHead);
    parser.body_limit(UINT64_MAX);  // bodies are BodyDecoder's; "none" would refuse every one
  }

  http::request_parser<http::empty_body> parser;
};

namespace {

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string ToText(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return Lower(x) == Lower(y); });
}

std::string_view HttpRequest::Header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (EqualsIgnoringCase(key, name)) {
      return value;
    }
  }
  return "";
}

HttpHeadParser::HttpHeadParser() : impl_(std::make_unique<Impl>()) {}

HttpHeadParser::~HttpHeadParser() = default;

HttpHeadParser::Result HttpHeadParser::Feed(std::span<const std::uint8_t> data,
                                            std::size_t* consumed) {
  boost::beast::error_code error;
  *consumed = impl_->parser.put(boost::asio::const_buffer(data.data(), data.size()), error);
  if (error && error != http::error::need_more) {
    return Result::kBad;
  }
  return impl_->parser.is_header_done() ? Result::kDone : Result::kNeedMore;
}

HttpRequest HttpHeadParser::Take() {
  const auto& message = impl_->parser.get();
  HttpRequest request;
  request.method = ToText(message.method_string());
  const std::string target = ToText(message.target());
  const std::size_t mark = std::min(target.find('?'), target.size());
  request.path = target.substr(0, mark);
  request.query = mark < target.size() ? target.substr(mark + 1) : "";
  for (const auto& field : message) {
    request.headers.emplace_back(ToText(field.name_string()), ToText(field.value()));
  }
  request.chunked = impl_->parser.chunked();
  request.content_length = impl_->parser.content_length().value_or(0);
  request.expects_continue = EqualsIgnoringCase(request.Header("expect"), "100-continue");
  request.keep_alive = impl_->parser.keep_alive();
  impl_ = std::make_unique<Impl>();
  return request;
}

void BodyDecoder::TakeSizeByte(std::uint8_t byte) {
  constexpr std::uint32_t kMaxDigits = 15;
  const char c = Lower(static_cast<char>(byte));
  const bool digit = c >= '0' && c <= '9';
  if (digit || (c >= 'a' && c <= 'f')) {
    left_ = left_ << 4 | static_cast<std::uint64_t>(digit ? c - '0' : c - 'a' + 10);
    state_ = ++size_digits_ > kMaxDigits ? State::kBad : State::kSize;
  } else if (size_digits_ > 0 && (c == ';' || c == ' ' || c == '\t' || c == '\r')) {
    state_ = State::kExtension;
  } else if (size_digits_ > 0 && c == '\n') {
    state_ = left_ > 0 ? State::kData : State::kTrailer;
  } else {
    state_ = State::kBad;
  }
}

void BodyDecoder::TakeControlByte(std::uint8_t byte) {
  constexpr std::uint32_t kMaxControl = 16 * 1024;
  if (++control_bytes_ > kMaxControl) {
    state_ = State::kBad;
    return;
  }
  switch (state_) {
    case State::kSize:
      TakeSizeByte(byte);
      break;
    case State::kExtension:
      if (byte == '\n') {
        state_ = left_ > 0 ? State::kData : State::kTrailer;
      }
      break;
    case State::kDataEnd:  // CR LF after the data of a chunk
      if (byte == '\n') {
        state_ = State::kSize;
        size_digits_ = 0;
        control_bytes_ = 0;
      } else if (byte != '\r') {
        state_ = State::kBad;
      }
      break;
    case State::kTrailer:  // lines up to an empty one
      if (byte == '\n') {
        state_ = line_bytes_ == 0 ? State::kDone : State::kTrailer;
        line_bytes_ = 0;
      } else if (byte != '\r') {
        ++line_bytes_;
      }
      break;
    case State::kData:
    case State::kDone:
    case State::kBad:
      break;
  }
}

std::span<const std::uint8_t> BodyDecoder::Next(std::span<const std::uint8_t>& data,
                                                std::size_t max) {
  while (!data.empty() && state_ != State::kDone && state_ != State::kBad) {
    if (state_ != State::kData) {
      TakeControlByte(data[0]);
      data = data.subspan(1);
      continue;
    }
    const auto count =
        static_cast<std::size_t>(std::min<std::uint64_t>(std::min(data.size(), max), left_));
    const auto piece = data.first(count);
    data = data.subspan(count);
    left_ -= count;
    if (left_ == 0) {
      state_ = chunked_ ? State::kDataEnd : State::kDone;
    }
    return piece;
  }
  return {};
}

}  // namespace kvs::emulator
