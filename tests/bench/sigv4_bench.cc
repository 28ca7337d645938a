// Signatures: of a call, and of the head of a connection for media, whose body is not signed.
#include <cstdlib>
#include <memory>

#include "producer/aws/sigv4.h"
#include "producer/service/describe_stream.h"
#include "producer/service/put_media.h"
#include "tests/bench/bench.h"
#include "tests/bench/keep.h"

namespace kvs::bench {
namespace {

constexpr WallTime kNow = WallTime::FromSeconds(1'700'000'000);

class Signer {
 public:
  Signer() {
    credentials_.access_key_id = "AKIDEXAMPLE";
    credentials_.secret_access_key = Secret("made-up-secret-of-forty-characters-12345");
    credentials_.session_token = Secret(std::string(1'000, 't'));
    options_.region = "us-west-2";
    options_.time = kNow;
  }
  void Sign(Result<service::HttpRequest> request) {
    if (!request.ok() || !aws::SignRequest(*request, credentials_, options_, keys_).ok()) {
      std::abort();
    }
    Keep(request->headers.data());
  }
  const service::CallContext& context() const { return context_; }

 private:
  const service::CallContext context_{"https://kinesisvideo.us-west-2.amazonaws.com", "bench/1.0"};
  Credentials credentials_;
  aws::SigningOptions options_;
  aws::SigningKeyCache keys_;
};

}  // namespace

std::vector<Benchmark> Sigv4Benchmarks() {
  std::vector<Benchmark> all;
  all.push_back({"SignCall", 0, 1, [] {
                   return [signer = std::make_shared<Signer>()] {
                     signer->Sign(service::MakeDescribeStreamRequest(signer->context(), "bench"));
                   };
                 }});
  all.push_back({"SignPutMedia", 0, 1, [] {
                   return [signer = std::make_shared<Signer>()] {
                     service::PutMediaArguments arguments;
                     arguments.stream_name = "bench";
                     arguments.producer_start = kNow;
                     signer->Sign(service::MakePutMediaRequest(signer->context(), arguments));
                   };
                 }});
  return all;
}

}  // namespace kvs::bench
