#include "producer/aws/small_file.h"

#include <cerrno>
#include <fstream>
#include <system_error>

#include "kvs/secret.h"

namespace kvs::aws {

Result<std::string> ReadSmallFile(const std::string& path, std::size_t max_bytes) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    const int error = errno;
    return Status(error == ENOENT ? StatusCode::kNotFound : StatusCode::kFileError,
                  std::generic_category().message(error));
  }
  std::string text(max_bytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  const auto size = static_cast<std::size_t>(file.gcount());
  if (file.bad() || (size == 0 && !file.eof())) {
    return Status(StatusCode::kFileError, "it cannot be read");
  }
  if (size > max_bytes) {
    WipeString(text);
    return Status(StatusCode::kTooLarge,
                  "it is longer than " + std::to_string(max_bytes) + " bytes");
  }
  text.resize(size);
  return text;
}

}  // namespace kvs::aws
