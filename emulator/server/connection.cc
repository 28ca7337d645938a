#include "emulator/server/connection.h"

#include <algorithm>
#include <utility>

#include "emulator/model/control_plane.h"
#include "emulator/server/admin.h"
#include "emulator/server/credentials_endpoint.h"
#include "emulator/server/http_response.h"
#include "emulator/server/iot_endpoint.h"
#include "emulator/server/put_media_exchange.h"

namespace kvs::emulator {
namespace {

constexpr std::size_t kBufferSize = std::size_t{64} * 1024;
constexpr std::size_t kMaxBody = std::size_t{4} * 1024 * 1024;
// A connection without a request is closed, as load balancers do.
constexpr Duration kIdleLimit = std::chrono::seconds(75);

}  // namespace

Connection::Connection(ServerContext& context, std::shared_ptr<Transport> transport,
                       std::uint64_t number, Port port)
    : context_(context),
      entry_(context, *this),
      transport_(std::move(transport)),
      number_(number),
      port_(port),
      timer_(context.loop.NewTimer()),
      buffer_(kBufferSize) {
  ++context_.open_connections;
}

Connection::~Connection() {
  --context_.open_connections;
  context_.service.LogEvent("connection_end",
                            JsonObject().Number("connection", number_).Text("reason", end_reason_),
                            context_.loop.Now());
}

void Connection::Start() {
  transport_->Start([self = shared_from_this()](bool ok) {
    if (ok) {
      self->context_.resumed_connections += self->transport_->Resumed() ? 1U : 0U;
      self->ReadMore();
    } else {
      self->End("tls_handshake_failed");
    }
  });
}

void Connection::End(const char* reason) {
  end_reason_ = reason;
  timer_->Cancel();
  transport_->Close(/*reset=*/false);
}

void Connection::Shutdown() {
  if (!handed_over_) {
    end_reason_ = "shutdown";
    timer_->Cancel();
    transport_->EndGracefully();
  }
}

void Connection::Abort() {
  if (!handed_over_) {
    end_reason_ = "reset";
    timer_->Cancel();
    transport_->Close(/*reset=*/true);
  }
}

void Connection::ReadMore() {
  if (begin_ > 0) {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == buffer_.size()) {
    buffer_.resize(buffer_.size() * 2);
  }
  timer_->Arm(Add(context_.loop.Now(), kIdleLimit),
              [self = shared_from_this()] { self->End("idle"); });
  transport_->Read(std::span(buffer_).subspan(end_),
                   [self = shared_from_this()](std::size_t count) { self->OnRead(count); });
}

void Connection::OnRead(std::size_t count) {
  timer_->Cancel();
  if (count == 0) {
    End(end_reason_.c_str() == std::string("closed") ? "closed_by_client" : "closed");
    return;
  }
  end_ += count;
  Process();
}

void Connection::Process() {
  while (!busy_) {
    const bool progress = request_ ? ProcessBody() : ProcessHead();
    if (!progress) {
      return;
    }
  }
}

bool Connection::ProcessHead() {
  std::size_t consumed = 0;
  const auto result = parser_.Feed(std::span(buffer_).subspan(begin_, end_ - begin_), &consumed);
  begin_ += consumed;
  if (result == HttpHeadParser::Result::kNeedMore) {
    ReadMore();
    return false;
  }
  request_id_ = context_.NewRequestId();
  if (result == HttpHeadParser::Result::kBad) {
    transport_->Write(
        BuildResponse(ApiAnswer::Refused({400, "BadRequest", "Not an HTTP/1.1 request"}),
                      request_id_, context_.loop.Now(), /*keep_alive=*/false));
    end_reason_ = "bad_request";
    transport_->EndGracefully();
    return false;
  }
  request_ = parser_.Take();
  decoder_ = BodyDecoder(*request_);
  body_.clear();
  if (port_ == Port::kService && request_->method == "POST" && ApiOfPath(request_->path) == "putMedia") {
    DispatchPutMedia();
    return true;
  }
  if (request_->expects_continue) {
    transport_->Write(std::string(kContinue));
  }
  return true;
}

bool Connection::ProcessBody() {
  while (!decoder_.done() && !decoder_.bad()) {
    std::span<const std::uint8_t> data(buffer_.data() + begin_, end_ - begin_);
    const auto piece = decoder_.Next(data, SIZE_MAX);
    begin_ = end_ - data.size();
    body_.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    if (body_.size() > kMaxBody) {
      End("body_too_large");
      return false;
    }
    if (begin_ == end_ && !decoder_.done() && !decoder_.bad()) {
      ReadMore();
      return false;
    }
  }
  if (decoder_.bad()) {
    End("bad_chunked_coding");
    return false;
  }
  Dispatch();
  return true;
}

std::optional<ApiError> Connection::CheckSignature(std::optional<std::string_view> body) const {
  return context_.options.no_auth ? std::nullopt
                                  : context_.verifier.Verify(*request_, body, context_.loop.Now());
}

CallContext Connection::NewCallContext() const {
  CallContext call;
  call.request_id = request_id_;
  call.connection = number_;
  return call;
}

void Connection::Dispatch() {
  if (port_ != Port::kService) {
    const CallResult result = port_ == Port::kIot
                                  ? AnswerIot(context_, *request_, NewCallContext())
                                  : AnswerCredentials(context_, *request_, body_, NewCallContext());
    Answer(result.answer, result.hold);
    return;
  }
  if (request_->path.starts_with("/_local/")) {
    Answer(HandleAdmin(context_, request_->method, request_->path, body_), {});
    return;
  }
  const std::string_view api = ApiOfPath(request_->path);
  if (request_->method != "POST" || api.empty()) {
    Answer(ApiAnswer::Refused({404, "UnknownOperationException",
                               "No such operation: " + request_->method + " " + request_->path}),
           {});
    return;
  }
  const std::string_view host = request_->Header("host");
  std::string endpoint = context_.options.tls ? "https://" : "http://";
  endpoint += host.empty() ? context_.options.host + ":" + std::to_string(context_.loop.port())
                           : std::string(host);
  CallContext call = NewCallContext();
  call.refused = CheckSignature(body_);
  const CallResult result = context_.service.Call(api, body_, endpoint, call, context_.loop.Now());
  Answer(result.answer, result.hold);
}

void Connection::DispatchPutMedia() {
  const HttpRequest& request = *request_;
  CallContext call = NewCallContext();
  call.refused = CheckSignature(std::nullopt);
  PutMediaHeaders headers;
  headers.stream_name = request.Header("x-amzn-stream-name");
  headers.stream_arn = request.Header("x-amzn-stream-arn");
  headers.timecode_type = request.Header("x-amzn-fragment-timecode-type");
  headers.producer_start = request.Header("x-amzn-producer-start-timestamp");
  headers.acknowledgment = request.Header("x-amzn-fragment-acknowledgment-required");
  PutMediaResult result = context_.service.OpenPutMedia(headers, call, context_.loop.Now());
  busy_ = true;
  if (!result.session) {
    // The body is not read: the connection cannot carry another request.
    request_->keep_alive = false;
    Answer(result.refusal, result.hold);
    return;
  }
  handed_over_ = true;
  end_reason_ = "put_media";
  const auto exchange = std::make_shared<PutMediaExchange>(
      context_, transport_, request, request_id_, std::move(result.session),
      std::vector<std::uint8_t>(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
                                buffer_.begin() + static_cast<std::ptrdiff_t>(end_)),
      [self = shared_from_this()](std::vector<std::uint8_t> rest) {
        self->handed_over_ = false;
        self->busy_ = false;
        self->request_.reset();
        self->end_reason_ = "closed";
        self->begin_ = 0;
        self->end_ = rest.size();
        self->buffer_ = std::move(rest);
        self->buffer_.resize(std::max(self->end_, kBufferSize));
        self->Process();
      });
  buffer_.clear();
  exchange->Start(result.hold);
}

void Connection::Answer(const ApiAnswer& answer, const Hold& hold) {
  busy_ = true;
  const std::string response =
      BuildResponse(answer, request_id_, context_.loop.Now(), request_->keep_alive);
  if (hold.forever) {
    ReadMore();  // busy: what comes is buffered, and the end of the connection shows
  } else if (hold.delay > Duration::zero()) {
    timer_->Arm(context_.loop.Now() + hold.delay, [self = shared_from_this(), response] {
      self->Finish(response);
      self->Process();
    });
  } else {
    Finish(response);
  }
}

void Connection::Finish(const std::string& response) {
  transport_->Write(response);
  if (request_->keep_alive) {
    request_.reset();
    busy_ = false;
  } else {
    end_reason_ = "answered";
    transport_->EndGracefully();
  }
}

}  // namespace kvs::emulator
