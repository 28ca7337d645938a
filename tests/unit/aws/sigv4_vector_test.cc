// Runs signing cases from folders, step by step; tests/vectors/README.md describes the files.

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "producer/aws/sigv4.h"
#include "producer/aws/timestamp.h"
#include "producer/service/json.h"

#ifndef KVS_SIGV4_SUITE_DIR
#define KVS_SIGV4_SUITE_DIR ""
#endif

namespace kvs::aws {
namespace {

using service::HttpHeader;

constexpr char kOwnCases[] = KVS_SOURCE_DIR "/tests/vectors/sigv4";
constexpr char kPublishedCases[] = KVS_SIGV4_SUITE_DIR;
constexpr char kAbsent[] = "absent";

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.is_open()) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

// Some editors and tools end files with a line feed that is not part of the step.
std::string ReadStep(const std::filesystem::path& path) {
  std::string text = ReadFile(path);
  while (text.ends_with('\n')) {
    text.pop_back();
  }
  return text;
}

struct Case {
  std::string method;
  std::string path;
  std::string query;
  std::vector<HttpHeader> headers;
  std::string body;
  Credentials credentials;
  SigningOptions options;
};

// The request line may hold spaces inside the target; a header line that begins with white space
// goes on with the one before.
void ReadRequest(const std::string& text, Case& out) {
  std::size_t begin = 0;
  for (bool first = true; begin < text.size(); first = false) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    if (line.empty()) {
      break;
    }
    if (first) {
      const std::size_t space = line.find(' ');
      const std::string target = line.substr(space + 1, line.rfind(' ') - space - 1);
      out.method = line.substr(0, space);
      out.path = target.substr(0, target.find('?'));
      out.query = target.size() > out.path.size() ? target.substr(out.path.size() + 1) : "";
    } else if (line[0] == ' ' || line[0] == '\t') {
      out.headers.back().value += " " + line;
    } else {
      const std::size_t colon = line.find(':');
      out.headers.push_back({line.substr(0, colon), line.substr(colon + 1)});
    }
  }
  out.body = begin < text.size() ? text.substr(begin) : "";
}

// "name": value
bool HasMember(const std::string& json, const std::string& member) {
  std::string packed = json;
  std::erase_if(packed, [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; });
  return packed.find(member) != std::string::npos;
}

Case ReadCase(const std::filesystem::path& folder) {
  Case out;
  ReadRequest(ReadFile(folder / "request.txt"), out);
  const std::string context = ReadFile(folder / "context.json");
  const Result<service::JsonFields> fields = service::JsonFields::Parse(context, 1 << 16);
  EXPECT_TRUE(fields.ok());
  const auto text = [&fields](std::string_view path) {
    return std::string(fields->String(path).value_or(""));
  };
  out.credentials.access_key_id = text("credentials.access_key_id");
  out.credentials.secret_access_key = Secret(text("credentials.secret_access_key"));
  out.credentials.session_token = Secret(text("credentials.token"));
  SigningOptions& options = out.options;
  options.region = text("region");
  options.service = text("service");
  options.time = ParseIsoTime(text("timestamp")).value_or(WallTime());
  options.path_normalization = HasMember(context, "\"normalize\":true")
                                   ? PathNormalization::kRemoveDotSegments
                                   : PathNormalization::kNone;
  options.path_encoding = HasMember(context, "\"path_encoding\":\"as-sent\"")
                              ? PathEncoding::kAsSent
                              : PathEncoding::kEncodeAgain;
  options.header_selection = HasMember(context, "\"headers\":\"host-and-amz\"")
                                 ? HeaderSelection::kHostAndAmz
                                 : HeaderSelection::kAllStable;
  options.session_token = HasMember(context, "\"omit_session_token\":true")
                              ? SessionTokenSigning::kAddedAfterwards
                              : SessionTokenSigning::kSigned;
  options.send_payload_hash = HasMember(context, "\"sign_body\":true");
  return out;
}

class SigV4VectorTest : public testing::TestWithParam<std::string> {};

TEST_P(SigV4VectorTest, EachStepMatches) {
  if (GetParam() == kAbsent) {
    GTEST_SKIP() << "the published SigV4 test suite is not in \"" << kPublishedCases
                 << "\"; set KVS_SIGV4_SUITE_DIR to where it is";
  }
  const std::filesystem::path folder(GetParam());
  Case c = ReadCase(folder);
  ASSERT_GT(c.options.time, WallTime());
  const std::string payload_sha256 = Sha256Hex(c.body);
  c.headers.push_back({"X-Amz-Date", FormatBasicTime(c.options.time)});
  if (!c.credentials.session_token.empty()) {
    c.headers.push_back(
        {"X-Amz-Security-Token", std::string(c.credentials.session_token.Reveal())});
  }
  if (c.options.send_payload_hash) {
    c.headers.push_back({"X-Amz-Content-Sha256", payload_sha256});
  }

  const CanonicalRequest canonical =
      MakeCanonicalRequest({c.method, c.path, c.query, c.headers, payload_sha256}, c.options);
  ASSERT_EQ(canonical.text, ReadStep(folder / "header-canonical-request.txt")) << "step 1";
  const std::string to_sign = MakeStringToSign(canonical.text, c.options);
  ASSERT_EQ(to_sign, ReadStep(folder / "header-string-to-sign.txt")) << "step 2";
  const Secret key = DeriveSigningKey(c.credentials.secret_access_key, c.options);
  const std::string signature = MakeSignature(key, to_sign);
  ASSERT_EQ(signature, ReadStep(folder / "header-signature.txt")) << "steps 3 and 4";
  const std::string authorization = MakeAuthorization(c.credentials.access_key_id, c.options,
                                                      canonical.signed_headers, signature);
  EXPECT_NE(ReadFile(folder / "header-signed-request.txt")
                .find("\nAuthorization:" + authorization + "\n"),
            std::string::npos)
      << authorization << ": step 5";
}

// The same through the door that the library uses, for those that are URLs as they stand.
TEST_P(SigV4VectorTest, SignRequestGivesTheSameSignature) {
  if (GetParam() == kAbsent) {
    GTEST_SKIP() << "the published SigV4 test suite is not there";
  }
  const std::filesystem::path folder(GetParam());
  const Case c = ReadCase(folder);
  service::HttpRequest request;
  request.method = c.method;
  request.url = "https://other.example" + c.path + (c.query.empty() ? "" : "?" + c.query);
  request.headers = c.headers;
  request.body = c.body;
  SigningKeyCache keys;
  const Status status = SignRequest(request, c.credentials, c.options, keys);
  if (c.path.find(' ') != std::string::npos ||
      (c.path + c.query).find_first_of("\xE1\xC3") != std::string::npos) {
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << "not a URL that can be sent";
    return;
  }
  ASSERT_TRUE(status.ok()) << status.ToString();
  const std::string* authorization = service::FindHeader(request.headers, "authorization");
  ASSERT_NE(authorization, nullptr);
  EXPECT_TRUE(authorization->ends_with("Signature=" + ReadStep(folder / "header-signature.txt")))
      << *authorization;
}

std::vector<std::string> Cases(const char* root) {
  std::vector<std::string> out;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(root, error)) {
    if (std::filesystem::exists(entry.path() / "header-canonical-request.txt")) {
      out.push_back(entry.path().string());
    }
  }
  std::sort(out.begin(), out.end());
  if (out.empty()) {
    out.emplace_back(kAbsent);
  }
  return out;
}

std::string CaseName(const testing::TestParamInfo<std::string>& info) {
  std::string name = std::filesystem::path(info.param).filename().string();
  std::replace_if(
      name.begin(), name.end(),
      [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Own, SigV4VectorTest, testing::ValuesIn(Cases(kOwnCases)), CaseName);
INSTANTIATE_TEST_SUITE_P(Published, SigV4VectorTest, testing::ValuesIn(Cases(kPublishedCases)),
                         CaseName);

TEST(SigV4VectorFilesTest, OwnCasesAreAllThere) {
  constexpr std::size_t kOwnCaseCount = 14;
  EXPECT_EQ(Cases(kOwnCases).size(), kOwnCaseCount);
}

}  // namespace
}  // namespace kvs::aws
