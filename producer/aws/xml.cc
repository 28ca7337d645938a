#include "producer/aws/xml.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>

#include <expat.h>
#include <openssl/crypto.h>

namespace kvs::aws {
namespace {

struct FreeParser {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};

// The parser copies what it is given; its memory is wiped before it is given back. In front of each block is its size.
constexpr std::size_t kHead = alignof(std::max_align_t);

void* Allocate(std::size_t size) {
  void* const block = std::malloc(kHead + size);  // NOLINT(cppcoreguidelines-no-malloc): a C library's
  if (block == nullptr) {
    return nullptr;
  }
  std::memcpy(block, &size, sizeof size);
  return static_cast<char*>(block) + kHead;
}

void Free(void* memory) {
  if (memory != nullptr) {
    char* const block = static_cast<char*>(memory) - kHead;
    std::size_t size = 0;
    std::memcpy(&size, block, sizeof size);
    OPENSSL_cleanse(block, kHead + size);
    std::free(block);  // NOLINT(cppcoreguidelines-no-malloc): as above
  }
}

void* Reallocate(void* memory, std::size_t size) {
  void* const other = Allocate(size);
  if (memory != nullptr && other != nullptr) {
    std::size_t old_size = 0;
    std::memcpy(&old_size, static_cast<char*>(memory) - kHead, sizeof old_size);
    std::memcpy(other, memory, std::min(size, old_size));
    Free(memory);
  }
  return other;
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
  return text.substr(0, text.find_last_not_of(kSpace) + 1);
}

}  // namespace

// Receives what the parser meets, keeps the texts of elements without others in them, and stops it at a limit.
class XmlHandler {
 public:
  XmlHandler(XML_Parser parser, XmlFields& out, std::size_t max_bytes) : parser_(parser), out_(out) {
    text_.reserve(max_bytes);  // it never moves, so nothing of it stays behind
  }
  ~XmlHandler() { WipeString(text_); }
  XmlHandler(const XmlHandler&) = delete;
  XmlHandler& operator=(const XmlHandler&) = delete;

  [[nodiscard]] const char* problem() const { return problem_; }

  static void XMLCALL Start(void* self, const XML_Char* name, const XML_Char** /*attributes*/) {
    static_cast<XmlHandler*>(self)->Open(name);
  }
  static void XMLCALL End(void* self, const XML_Char* /*name*/) { static_cast<XmlHandler*>(self)->Close(); }
  static void XMLCALL Characters(void* self, const XML_Char* text, int size) {
    static_cast<XmlHandler*>(self)->text_.append(text, static_cast<std::size_t>(size));
  }
  static void XMLCALL DocumentType(void* self, const XML_Char*, const XML_Char*, const XML_Char*, int) {
    static_cast<XmlHandler*>(self)->Stop("it has a document type");
  }

 private:
  void Stop(const char* problem) {
    problem_ = problem;
    XML_StopParser(parser_, XML_FALSE);
  }

  void Open(std::string_view name) {
    if (levels_.size() >= XmlFields::kMaxDepth) {
      Stop("it is nested too deeply");
      return;
    }
    levels_.push_back(path_.size());
    path_ += (path_.empty() ? "" : ".") + std::string(name.substr(name.rfind(':') + 1));
    ForgetText();
    is_leaf_ = true;
  }

  void Close() {
    if (std::exchange(is_leaf_, false)) {
      if (out_.fields_.size() >= XmlFields::kMaxFields) {
        Stop("it has too many elements");
        return;
      }
      out_.fields_.push_back({path_, Secret(Trim(text_))});
    }
    ForgetText();
    path_.resize(levels_.back());
    levels_.pop_back();
  }

  // Keeps the memory, for the next one.
  void ForgetText() {
    std::fill(text_.begin(), text_.end(), '\0');
    text_.clear();
  }

  const XML_Parser parser_;
  XmlFields& out_;
  std::string path_;
  std::vector<std::size_t> levels_;  // the length of path_ outside of each open element
  std::string text_;                 // of the innermost element, so far
  bool is_leaf_ = false;
  const char* problem_ = nullptr;
};

Result<XmlFields> XmlFields::Parse(std::string_view text, std::size_t max_bytes) {
  if (text.size() > max_bytes) {
    return Status(StatusCode::kBadResponse, "it is longer than " + std::to_string(max_bytes) + " bytes");
  }
  constexpr XML_Memory_Handling_Suite kMemory = {Allocate, Reallocate, Free};
  const std::unique_ptr<XML_ParserStruct, FreeParser> parser(XML_ParserCreate_MM(nullptr, &kMemory, nullptr));
  if (parser == nullptr) {
    return Status(StatusCode::kInternal, "there is no parser for XML");
  }
  XmlFields fields;
  XmlHandler handler(parser.get(), fields, max_bytes);
  XML_SetUserData(parser.get(), &handler);
  XML_SetElementHandler(parser.get(), &XmlHandler::Start, &XmlHandler::End);
  XML_SetCharacterDataHandler(parser.get(), &XmlHandler::Characters);
  XML_SetStartDoctypeDeclHandler(parser.get(), &XmlHandler::DocumentType);
  if (XML_Parse(parser.get(), text.data(), static_cast<int>(text.size()), XML_TRUE) != XML_STATUS_OK) {
    return Status(StatusCode::kBadResponse, handler.problem() == nullptr ? "it is not XML" : handler.problem());
  }
  return fields;
}

std::optional<std::string_view> XmlFields::Text(std::string_view path) const {
  const auto found =
      std::find_if(fields_.begin(), fields_.end(), [path](const Field& field) { return field.path == path; });
  return found == fields_.end() ? std::nullopt : std::optional(found->text.Reveal());
}

}  // namespace kvs::aws
