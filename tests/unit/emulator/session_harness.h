#ifndef KVS_TESTS_UNIT_EMULATOR_SESSION_HARNESS_H_
#define KVS_TESTS_UNIT_EMULATOR_SESSION_HARNESS_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "emulator/model/local_service.h"
#include "tests/unit/emulator/mkv_builder.h"

namespace kvs::emulator::testing {

// The service with one stream "s" (retention 24 h) and a clock by hand; "r" has no retention.
class ServiceHarness {
 public:
  explicit ServiceHarness(ServiceConfig config = {})
      : service_(std::move(config), [this](std::string_view json) { events_.emplace_back(json); }) {
    Call("createStream", R"({"StreamName":"s","DataRetentionInHours":24})");
    Call("createStream", R"({"StreamName":"r"})");
  }

  LocalService& service() { return service_; }
  Time now() const { return now_; }
  void Pass(Duration time) { now_ += time; }

  ApiAnswer Call(std::string_view api, std::string_view body) {
    return service_.Call(api, body, "http://localhost:1", {"id", 1, {}}, now_).answer;
  }
  static PutMediaHeaders Headers(std::string stream = "s") {
    return {std::move(stream), "", "ABSOLUTE", "", "1"};
  }
  std::unique_ptr<PutMediaSession> Open(const PutMediaHeaders& headers = Headers()) {
    Pass(std::chrono::seconds(1));  // never more than one putMedia per second
    auto opened = service_.OpenPutMedia(headers, {"id", 1, {}}, now_);
    EXPECT_NE(opened.session, nullptr) << opened.refusal.body;
    return std::move(opened.session);
  }
  int AddFault(std::string_view spec) {
    auto parsed = ParseFault(spec);
    EXPECT_TRUE(std::holds_alternative<Fault>(parsed)) << std::get<std::string>(parsed);
    return service_.AddFault(std::get<Fault>(std::move(parsed)), now_);
  }
  // The events that contain all of these texts.
  std::vector<std::string> Events(std::initializer_list<std::string_view> texts) const {
    std::vector<std::string> found;
    for (const std::string& event : events_) {
      bool all = true;
      for (const std::string_view text : texts) {
        all = all && event.find(text) != std::string::npos;
      }
      if (all) {
        found.push_back(event);
      }
    }
    return found;
  }

 private:
  std::vector<std::string> events_;
  Time now_ = FromMillis(1'700'000'000'000);
  LocalService service_;
};

// What left a session until now.
struct Output {
  std::vector<Fragment> fragments;
  std::string acks;  // as on the wire

  // "BUFFERING 1000, RECEIVED 1000, ERROR 1000 4011" for each ack line in order.
  std::string Brief() const {
    std::string brief;
    std::size_t at = 0;
    while (at < acks.size()) {
      const std::size_t end = std::min(acks.find('\n', at), acks.size());
      const std::string line = acks.substr(at, end - at);
      at = end + 1;
      brief += brief.empty() ? "" : ", ";
      brief += Member(line, "\"EventType\":\"");
      for (const char* key : {"\"FragmentTimecode\":", "\"ErrorId\":"}) {
        const std::string value = Member(line, key);
        brief += value.empty() ? "" : " " + value;
      }
    }
    return brief;
  }

 private:
  static std::string Member(const std::string& line, const std::string& key) {
    const std::size_t at = line.find(key);
    if (at == std::string::npos) {
      return "";
    }
    const std::size_t begin = at + key.size();
    return line.substr(begin, line.find_first_of("\",}", begin) - begin);
  }
};

inline Output Take(PutMediaSession& session, Time now) {
  Output output;
  session.Tick(now);
  output.fragments = session.TakeFragments(now);
  for (const std::string& piece : session.TakeAcks(now)) {
    output.acks += piece;
  }
  return output;
}

// Feeds a whole body, ends it, and takes everything due at once.
inline Output Upload(ServiceHarness& harness, const Buffer& body,
                     const PutMediaHeaders& headers = ServiceHarness::Headers()) {
  const auto session = harness.Open(headers);
  session->Feed(body, harness.now());
  session->EndOfBody(harness.now());
  return Take(*session, harness.now());
}

}  // namespace kvs::emulator::testing

#endif  // KVS_TESTS_UNIT_EMULATOR_SESSION_HARNESS_H_
