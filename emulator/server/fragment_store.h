#ifndef KVS_EMULATOR_SERVER_FRAGMENT_STORE_H_
#define KVS_EMULATOR_SERVER_FRAGMENT_STORE_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "emulator/model/fragment.h"

namespace kvs::emulator {

// A file of raw bytes that grows; closed by its destructor.
class RawFile {
 public:
  explicit RawFile(int descriptor) : descriptor_(descriptor) {}
  ~RawFile();
  RawFile(const RawFile&) = delete;
  RawFile& operator=(const RawFile&) = delete;

  // false when not everything could be written.
  bool Append(std::span<const std::uint8_t> bytes);

 private:
  int descriptor_;
};

// The folder of --data; see emulator/README.md for its layout. Without a directory it keeps
// nothing.
class FragmentStore {
 public:
  explicit FragmentStore(std::string directory) : directory_(std::move(directory)) {}

  bool keeps() const { return !directory_.empty(); }
  // Writes the fragment's file, then its line. false when one could not be written completely; then
  // there is no line.
  bool Store(const Fragment& fragment);
  // The file for the raw body of a session; nullptr when it cannot be opened.
  std::unique_ptr<RawFile> OpenSession(const std::string& stream, std::uint64_t session);
  // The line of a fragment in fragments.jsonl.
  std::string Line(const Fragment& fragment) const;

 private:
  // Makes the stream's folder when it is missing.
  std::string FolderOf(const std::string& stream);

  std::string directory_;
};

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_SERVER_FRAGMENT_STORE_H_
