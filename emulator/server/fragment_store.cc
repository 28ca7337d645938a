#include "emulator/server/fragment_store.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <vector>

namespace kvs::emulator {
namespace {

std::unique_ptr<RawFile> OpenFile(const std::string& path, int flags) {
  constexpr int kMode = 0644;
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, kMode);
  return descriptor < 0 ? nullptr : std::make_unique<RawFile>(descriptor);
}

}  // namespace

RawFile::~RawFile() {
  ::close(descriptor_);
}

bool RawFile::Append(std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written <= 0) {
      return false;
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

std::string FragmentStore::FolderOf(const std::string& stream) {
  // Stream names have no '/'; "." and ".." are names all the same.
  const bool dots = stream == "." || stream == "..";
  const std::filesystem::path folder =
      std::filesystem::path(directory_) / (dots ? stream + "_" : stream);
  std::error_code ignored;  // opening a file in it will fail then
  std::filesystem::create_directories(folder, ignored);
  return folder.string();
}

std::string FragmentStore::Line(const Fragment& fragment) const {
  JsonObject json = fragment.Describe();
  if (keeps()) {
    json.Text("file", fragment.number + ".mkv");
  }
  return json.str();
}

bool FragmentStore::Store(const Fragment& fragment) {
  if (!keeps()) {
    return true;
  }
  const std::string folder = FolderOf(fragment.stream);
  const auto media = OpenFile(folder + "/" + fragment.number + ".mkv", O_TRUNC);
  if (!media || !media->Append(FileHead(fragment)) || !media->Append(fragment.body)) {
    return false;
  }
  const std::string line = Line(fragment) + "\n";
  const auto list = OpenFile(folder + "/fragments.jsonl", O_APPEND);
  return list && list->Append({reinterpret_cast<const std::uint8_t*>(line.data()), line.size()});
}

std::unique_ptr<RawFile> FragmentStore::OpenSession(const std::string& stream,
                                                    std::uint64_t session) {
  if (!keeps()) {
    return nullptr;
  }
  return OpenFile(FolderOf(stream) + "/session-" + std::to_string(session) + ".mkv", O_TRUNC);
}

}  // namespace kvs::emulator
