#include "emulator/server/put_media_exchange.h"

#include <algorithm>
#include <utility>

#include "emulator/server/http_response.h"

namespace kvs::emulator {
namespace {

constexpr std::size_t kBufferSize = std::size_t{256} * 1024;
// A client that does not read its acks is let go.
constexpr std::size_t kMaxPendingAcks = std::size_t{8} * 1024 * 1024;

}  // namespace

PutMediaExchange::PutMediaExchange(ServerContext& context, std::shared_ptr<Transport> transport,
                                   const HttpRequest& request, std::string request_id,
                                   std::unique_ptr<PutMediaSession> session,
                                   std::vector<std::uint8_t> received, Reuse reuse)
    : context_(context),
      entry_(context, *this),
      transport_(std::move(transport)),
      request_id_(std::move(request_id)),
      expects_continue_(request.expects_continue),
      keep_alive_(request.keep_alive),
      decoder_(request),
      session_(std::move(session)),
      timer_(context.loop.NewTimer()),
      reuse_(std::move(reuse)),
      buffer_(std::move(received)),
      end_(buffer_.size()) {
  buffer_.resize(std::max(buffer_.size(), kBufferSize));
  if (context_.options.keep_sessions) {
    raw_ = context_.store.OpenSession(session_->request().stream, session_->request().session);
  }
}

void PutMediaExchange::Start(const Hold& hold) {
  // A frozen session waits for nothing that would keep it alive.
  context_.kept[entry_.key()] = shared_from_this();
  session_->set_wake([weak = weak_from_this(), &loop = context_.loop] {
    loop.Post([weak] {
      if (const auto self = weak.lock()) {
        self->Pump();
      }
    });
  });
  if (hold.forever) {
    mute_ = true;
    ReadMore();  // so that the end of the connection shows
  } else if (hold.delay > Duration::zero()) {
    timer_->Arm(context_.loop.Now() + hold.delay, [self = shared_from_this()] { self->Begin(); });
  } else {
    Begin();
  }
}

void PutMediaExchange::Begin() {
  begun_ = true;
  if (expects_continue_) {
    transport_->Write(std::string(kContinue));
  }
  transport_->Write(BuildChunkedHead(request_id_, context_.loop.Now()));
  Pump();
}

void PutMediaExchange::Shutdown() {
  if (session_) {
    begun_ = true;
    session_->Shutdown(context_.loop.Now());
    StoreFragments(kForever);
    SendAcks(kForever);  // they are true now
    Pump();
  }
}

void PutMediaExchange::Abort() {
  if (!ended_) {
    transport_->Close(/*reset=*/true);
  }
}

void PutMediaExchange::FeedReceived(Time now) {
  while (begin_ < end_ && !decoder_.done()) {
    const std::size_t credit = session_->ReadCredit(now);
    if (credit == 0) {
      return;
    }
    std::span<const std::uint8_t> data(buffer_.data() + begin_, end_ - begin_);
    const auto piece = decoder_.Next(data, credit);
    begin_ = end_ - data.size();
    session_->Feed(piece, now);
    if (raw_ && !piece.empty()) {
      raw_->Append(piece);
    }
    if (decoder_.bad()) {
      session_->ConnectionLost(now);
      transport_->Close(/*reset=*/false);
      ended_ = true;
      return;
    }
  }
  if (decoder_.done()) {
    session_->EndOfBody(now);
  }
}

void PutMediaExchange::StoreFragments(Time now) {
  for (const Fragment& fragment : session_->TakeFragments(now)) {
    if (!context_.store.Store(fragment)) {
      session_->FragmentNotStored(fragment.number, context_.loop.Now());
    }
  }
}

void PutMediaExchange::SendAcks(Time now) {
  for (const std::string& piece : session_->TakeAcks(now)) {
    transport_->Write(BuildChunk(piece));
  }
}

void PutMediaExchange::Pump() {
  if (!session_ || !begun_) {
    return;
  }
  const auto self = shared_from_this();
  const Time now = context_.loop.Now();
  session_->Tick(now);
  if (!ended_) {
    FeedReceived(now);
  }
  StoreFragments(now);
  SendAcks(now);
  if (!ended_ && session_->finished()) {
    EndConnection();
  }
  if (!ended_ && transport_->pending_write_bytes() > kMaxPendingAcks) {
    transport_->Close(/*reset=*/true);
  }
  if (ended_ && session_->drained()) {
    timer_->Cancel();
    session_.reset();
    context_.kept.erase(entry_.key());
    return;
  }
  timer_->Arm(session_->NextDeadline(now), [self] { self->Pump(); });
  if (!ended_ && !reading_ && !decoder_.done() && begin_ == end_ && session_->ReadCredit(now) > 0) {
    ReadMore();
  }
}

void PutMediaExchange::EndConnection() {
  ended_ = true;
  switch (session_->end_kind()) {
    case EndKind::kGraceful:
      transport_->Write(std::string(kLastChunk));
      if (session_->body_complete() && keep_alive_ && session_->end_reason() != "shutdown") {
        context_.loop.Post(
            [reuse = std::move(reuse_), rest = std::vector<std::uint8_t>(
                                            buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
                                            buffer_.begin() + static_cast<std::ptrdiff_t>(end_))] {
              reuse(rest);
            });
      } else {
        transport_->EndGracefully();
      }
      break;
    case EndKind::kFin:
      transport_->EndGracefully();
      break;
    case EndKind::kReset:
    case EndKind::kCrash:
      transport_->Close(/*reset=*/true);
      break;
  }
  reuse_ = nullptr;
}

void PutMediaExchange::ReadMore() {
  reading_ = true;
  transport_->Read(buffer_,
                   [self = shared_from_this()](std::size_t count) { self->OnRead(count); });
}

void PutMediaExchange::OnRead(std::size_t count) {
  reading_ = false;
  if (!session_ || ended_) {
    return;
  }
  begin_ = 0;
  end_ = mute_ ? 0 : count;
  if (count == 0) {
    ended_ = true;
    begun_ = true;
    reuse_ = nullptr;
    session_->ConnectionLost(context_.loop.Now());
    transport_->Close(/*reset=*/false);
  } else if (mute_) {
    ReadMore();
  }
  Pump();
}

}  // namespace kvs::emulator
