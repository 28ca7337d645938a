#include <algorithm>
#include <array>
#include <utility>

#include "kvs/credentials.h"
#include "producer/aws/small_file.h"
#include "producer/aws/timestamp.h"

namespace kvs {
namespace {

// Source: the file format of Amazon's producer.
constexpr std::string_view kMarker = "CREDENTIALS";
constexpr std::size_t kMaxFileBytes = 9'999;
constexpr Duration kLifetime = Duration::Minutes(40);

// The words of `text`, separated by white space; one more than fits is counted, too.
struct Words {
  std::array<std::string_view, 5> word;
  std::size_t count = 0;
};

Words Split(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  Words out;
  while (out.count <= out.word.size()) {
    text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
    if (text.empty()) {
      break;
    }
    const std::string_view word = text.substr(0, text.find_first_of(kSpace));
    if (out.count < out.word.size()) {
      out.word[out.count] = word;
    }
    ++out.count;
    text.remove_prefix(word.size());
  }
  return out;
}

Result<Credentials> ParseFile(std::string_view text, WallTime now) {
  const Words words = Split(text);
  if (words.count == 0 || words.word[0] != kMarker || (words.count != 3 && words.count != 5)) {
    return Status(StatusCode::kInvalidArgument,
                  "expected is \"CREDENTIALS access-key secret-key\" or \"CREDENTIALS access-key "
                  "expiration secret-key session-token\"");
  }
  Credentials credentials;
  credentials.access_key_id = words.word[1];
  credentials.expiration = now + kLifetime;
  if (words.count == 3) {
    credentials.secret_access_key = Secret(words.word[2]);
  } else {
    const std::optional<WallTime> expiration = aws::ParseIsoTime(words.word[2]);
    if (!expiration) {
      return Status(StatusCode::kInvalidArgument,
                    "the expiration, the third word, is not of the form YYYY-MM-DDTHH:MM:SSZ");
    }
    credentials.expiration = std::min(*expiration, *credentials.expiration);
    credentials.secret_access_key = Secret(words.word[3]);
    credentials.session_token = Secret(words.word[4]);
  }
  if (Status status = Validate(credentials); !status.ok()) {
    return status;
  }
  return credentials;
}

class FileCredentials final : public CredentialSource {
 public:
  FileCredentials(std::string path, FileReader reader, std::shared_ptr<LogSink> log)
      : path_(std::move(path)), name_("credential file " + path_), reader_(std::move(reader)), log_(std::move(log)) {}

  std::string_view name() const override { return name_; }

  void Fetch(NetworkServices& net, CredentialsCallback done) override {
    Result<std::string> text = reader_(path_, kMaxFileBytes);
    if (!text.ok()) {
      const bool missing = text.status().code() == StatusCode::kNotFound;
      done(Status(missing ? StatusCode::kNoCredentials : StatusCode::kFileError,
                  name_ + ": " + text.status().message()));
      return;
    }
    aws::WarnOfOpenFile("the credential file", path_, log_.get());
    Result<Credentials> credentials = ParseFile(*text, net.wall_now());
    WipeString(*text);
    if (!credentials.ok()) {
      done(Status(credentials.status().code(), name_ + ": " + credentials.status().message()));
      return;
    }
    done(std::move(credentials));
  }

 private:
  const std::string path_;
  const std::string name_;
  const FileReader reader_;
  const std::shared_ptr<LogSink> log_;
};

}  // namespace

std::unique_ptr<CredentialSource> MakeFileCredentials(std::string path, FileReader reader, std::shared_ptr<LogSink> log) {
  return std::make_unique<FileCredentials>(std::move(path), reader ? std::move(reader) : aws::ReadSmallFile, std::move(log));
}

}  // namespace kvs
