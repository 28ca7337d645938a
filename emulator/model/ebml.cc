#include "emulator/model/ebml.h"

#include <bit>

namespace kvs::emulator {
namespace {

std::size_t LengthOfMarker(std::uint8_t first) {
  return static_cast<std::size_t>(std::countl_zero(first)) + 1;  // 9 when there is none
}

}  // namespace

EbmlRead ReadVint(Bytes data, std::uint64_t* value, std::size_t* length) {
  constexpr std::size_t kMaxLength = 8;
  if (data.empty()) {
    return EbmlRead::kNeedMore;
  }
  *length = LengthOfMarker(data[0]);
  if (*length > kMaxLength) {
    return EbmlRead::kInvalid;
  }
  if (data.size() < *length) {
    return EbmlRead::kNeedMore;
  }
  std::uint64_t bits = data[0] & (0xFFU >> *length);
  for (std::size_t i = 1; i < *length; ++i) {
    bits = bits << 8 | data[i];
  }
  *value = bits;
  return EbmlRead::kOk;
}

EbmlRead ReadElementHead(Bytes data, ElementHead* head) {
  constexpr std::size_t kMaxIdLength = 4;
  if (data.empty()) {
    return EbmlRead::kNeedMore;
  }
  const std::size_t id_length = LengthOfMarker(data[0]);
  if (id_length > kMaxIdLength) {
    return EbmlRead::kInvalid;
  }
  if (data.size() < id_length) {
    return EbmlRead::kNeedMore;
  }
  std::uint32_t element_id = 0;
  for (std::size_t i = 0; i < id_length; ++i) {
    element_id = element_id << 8 | data[i];
  }
  // All data bits zero or all ones are not ids.
  const std::uint32_t mask = (1U << (7 * id_length)) - 1;
  if ((element_id & mask) == 0 || (element_id & mask) == mask) {
    return EbmlRead::kInvalid;
  }
  std::size_t size_length = 0;
  std::uint64_t size = 0;
  const EbmlRead read = ReadVint(data.subspan(id_length), &size, &size_length);
  if (read != EbmlRead::kOk) {
    return read;
  }
  head->id = element_id;
  head->size = size;
  head->unknown_size = size == (std::uint64_t{1} << (7 * size_length)) - 1;
  head->length = id_length + size_length;
  return EbmlRead::kOk;
}

bool ReadUnsigned(Bytes payload, std::uint64_t* value) {
  if (payload.size() > 8) {
    return false;
  }
  *value = 0;
  for (const std::uint8_t byte : payload) {
    *value = *value << 8 | byte;
  }
  return true;
}

bool ReadFloat(Bytes payload, double* value) {
  std::uint64_t bits = 0;
  ReadUnsigned(payload.first(payload.size() > 8 ? 0 : payload.size()), &bits);
  switch (payload.size()) {
    case 0:
      *value = 0;
      return true;
    case 4:
      *value = static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
      return true;
    case 8:
      *value = std::bit_cast<double>(bits);
      return true;
    default:
      return false;
  }
}

std::string ReadText(Bytes payload) {
  std::string text(payload.begin(), payload.end());
  const std::size_t end = text.find('\0');
  return end == std::string::npos ? text : text.substr(0, end);
}

bool SplitChildren(Bytes payload, std::vector<Element>* children) {
  while (!payload.empty()) {
    ElementHead head;
    if (ReadElementHead(payload, &head) != EbmlRead::kOk || head.unknown_size ||
        head.size > payload.size() - head.length) {
      return false;
    }
    const Bytes child = payload.subspan(head.length, static_cast<std::size_t>(head.size));
    if (head.id != id::kVoid && head.id != id::kCrc32) {
      children->push_back({head.id, child});
    }
    payload = payload.subspan(head.length + child.size());
  }
  return true;
}

void AppendElementHead(std::vector<std::uint8_t>& out, std::uint32_t id, std::uint64_t size,
                       std::size_t size_length) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    if (id >> shift != 0) {
      out.push_back(static_cast<std::uint8_t>(id >> shift));
    }
  }
  const std::uint64_t marked = size | std::uint64_t{1} << (7 * size_length);
  for (std::size_t i = size_length; i-- > 0;) {
    out.push_back(static_cast<std::uint8_t>(marked >> (8 * i)));
  }
}

}  // namespace kvs::emulator
