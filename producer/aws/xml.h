#ifndef KVS_PRODUCER_AWS_XML_H_
#define KVS_PRODUCER_AWS_XML_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kvs/secret.h"
#include "kvs/status.h"

namespace kvs::aws {

// The texts of an XML document by path ("ErrorResponse.Error.Code"), without attributes and namespaces. As much of XML as the
// answers of STS need, so that the XML library is used in one file.
class XmlFields {
 public:
  static constexpr std::size_t kMaxFields = 256;
  static constexpr std::size_t kMaxDepth = 16;

  // Errors: kBadResponse: longer than `max_bytes`, not XML, with a document type (which could define entities), deeper than
  //         kMaxDepth, more than kMaxFields. The message says which, and never quotes the text.
  static Result<XmlFields> Parse(std::string_view text, std::size_t max_bytes);

  // Nothing when there is no such element. Of one that is there twice, the first counts. Borrowed.
  [[nodiscard]] std::optional<std::string_view> Text(std::string_view path) const;

 private:
  friend class XmlHandler;
  struct Field {
    std::string path;
    Secret text;  // without the white space around it
  };
  std::vector<Field> fields_;
};

}  // namespace kvs::aws

#endif  // KVS_PRODUCER_AWS_XML_H_
