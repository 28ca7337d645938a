#include "producer/aws/sigv4.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "producer/aws/timestamp.h"
#include "producer/aws/url.h"

namespace kvs::aws {
namespace {

using service::EqualsIgnoringCase;
using service::HttpHeader;

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kScopeEnd = "aws4_request";
constexpr std::size_t kSha256Bytes = 32;
// For the payload's hash, line ends and the separators of the canonical request.
constexpr std::size_t kPayloadHashRoom = 256;
constexpr std::size_t kDateLength = 8;  // of "20150830T123600Z"

constexpr char kDateHeader[] = "X-Amz-Date";
constexpr char kTokenHeader[] = "X-Amz-Security-Token";
constexpr char kPayloadHashHeader[] = "X-Amz-Content-Sha256";
constexpr char kAuthorizationHeader[] = "Authorization";

using Digest = std::array<unsigned char, kSha256Bytes>;

std::string Hex(std::span<const unsigned char> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const unsigned char byte : bytes) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 0x0Fu];
  }
  return out;
}

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// False when OpenSSL has no SHA-256, which only a broken installation brings about.
bool Hmac(std::span<const unsigned char> key, std::string_view text, Digest& out) {
  unsigned int size = 0;
  return HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), Bytes(text), text.size(),
              out.data(), &size) != nullptr &&
         size == out.size();
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// A '%' that begins no escape stands for itself.
std::string PercentDecode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && HexValue(text[i + 1]) >= 0 &&
        HexValue(text[i + 2]) >= 0) {
      out += static_cast<char>(HexValue(text[i + 1]) * 16 + HexValue(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string RemoveDotSegments(std::string_view path) {
  std::vector<std::string_view> kept;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view segment = path.substr(begin, end - begin);
    if (segment == "..") {
      if (!kept.empty()) {
        kept.pop_back();
      }
    } else if (!segment.empty() && segment != ".") {
      kept.push_back(segment);
    }
    begin = end + 1;
  }
  std::string out;
  for (const std::string_view segment : kept) {
    out += '/';
    out += segment;
  }
  if (out.empty() || path.ends_with('/')) {
    out += '/';
  }
  return out;
}

std::string CanonicalPath(std::string_view path, const SigningOptions& options) {
  std::string out(path.empty() ? std::string_view("/") : path);
  if (options.path_normalization == PathNormalization::kRemoveDotSegments) {
    out = RemoveDotSegments(out);
  }
  return options.path_encoding == PathEncoding::kEncodeAgain ? PercentEncode(out, "/") : out;
}

std::string CanonicalQuery(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  while (!query.empty()) {
    const std::string_view parameter = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), parameter.size() + 1));
    if (parameter.empty()) {
      continue;
    }
    const std::size_t equals = std::min(parameter.find('='), parameter.size());
    const std::string_view value = parameter.substr(std::min(parameter.size(), equals + 1));
    parameters.emplace_back(PercentEncode(PercentDecode(parameter.substr(0, equals)), ""),
                            PercentEncode(PercentDecode(value), ""));
  }
  std::sort(parameters.begin(), parameters.end());
  std::string out;
  for (const auto& [name, value] : parameters) {
    out.append(out.empty() ? "" : "&").append(name).append("=").append(value);
  }
  return out;
}

// Without white space at the ends, and with one space for each run of it inside.
std::string CanonicalValue(std::string_view value) {
  std::string out;
  out.reserve(value.size());
  bool space = false;
  for (const char c : value) {
    if (c == ' ' || c == '\t') {
      space = true;
      continue;
    }
    if (space && !out.empty()) {
      out += ' ';
    }
    space = false;
    out += c;
  }
  return out;
}

bool IsSigned(std::string_view lower_name, const SigningOptions& options) {
  if (lower_name == "authorization" ||
      (lower_name == "x-amz-security-token" &&
       options.session_token == SessionTokenSigning::kAddedAfterwards)) {
    return false;
  }
  if (options.header_selection == HeaderSelection::kHostAndAmz) {
    return lower_name == "host" || lower_name.starts_with("x-amz");
  }
  constexpr std::array<std::string_view, 6> kUnstable = {
      "connection", "expect", "transfer-encoding", "upgrade", "user-agent", "x-amzn-trace-id"};
  return std::find(kUnstable.begin(), kUnstable.end(), lower_name) == kUnstable.end();
}

bool IsHeaderName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return IsUnreserved(c) || std::string_view("!#$%&'*+^`|").find(c) != std::string_view::npos;
  });
}

bool IsHeaderValue(std::string_view value) {
  return std::none_of(value.begin(), value.end(), [](char c) {
    return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7F';
  });
}

void RemoveHeader(std::vector<HttpHeader>& headers, std::string_view name) {
  for (auto it = headers.begin(); it != headers.end();) {
    if (EqualsIgnoringCase(it->name, name)) {
      WipeString(it->value);
      it = headers.erase(it);
    } else {
      ++it;
    }
  }
}

Status CheckSignable(const service::HttpRequest& request, const Credentials& credentials,
                     const SigningOptions& options) {
  for (const HttpHeader& header : request.headers) {
    if (!IsHeaderName(header.name) || !IsHeaderValue(header.value)) {
      return {StatusCode::kInvalidArgument,
              "the request cannot be sent: a header has a name or value with characters that HTTP "
              "does not allow"};
    }
  }
  if (!IsHeaderName(request.method) || !IsHeaderName(options.region) ||
      !IsHeaderName(options.service)) {
    return {StatusCode::kInvalidArgument,
            "the request cannot be signed: the method, the region or the service is empty or has "
            "characters that have no place there"};
  }
  return Validate(credentials);
}

}  // namespace

std::string Sha256Hex(std::string_view bytes) {
  Digest digest{};
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
    return {};
  }
  return Hex(digest);
}

CanonicalRequest MakeCanonicalRequest(const SignableRequest& request,
                                      const SigningOptions& options) {
  // Sorted by name; the values of one name in the order of the request, joined by commas.
  std::map<std::string, std::string> headers;
  for (const HttpHeader& header : request.headers) {
    const std::string name = service::AsciiLower(header.name);
    if (!IsSigned(name, options)) {
      continue;
    }
    const auto [it, added] = headers.try_emplace(name, CanonicalValue(header.value));
    if (!added) {
      it->second += "," + CanonicalValue(header.value);
    }
  }
  CanonicalRequest out;
  std::size_t size = request.method.size() + request.path.size() + request.query.size();
  for (const HttpHeader& header : request.headers) {
    size += header.name.size() + header.value.size();
  }
  // Enough for all, so that no buffer with a token in it is left behind while the text grows.
  std::string lines;
  lines.reserve(2 * size);
  out.text.reserve(4 * size + kPayloadHashRoom);
  for (auto& [name, value] : headers) {
    lines.append(name).append(":").append(value).append("\n");
    out.signed_headers.append(out.signed_headers.empty() ? "" : ";").append(name);
    WipeString(value);
  }
  out.text.append(request.method).append("\n");
  out.text.append(CanonicalPath(request.path, options)).append("\n");
  out.text.append(CanonicalQuery(request.query)).append("\n");
  out.text.append(lines).append("\n");
  out.text.append(out.signed_headers).append("\n");
  out.text.append(request.payload_sha256);
  WipeString(lines);
  return out;
}

std::string CredentialScope(const SigningOptions& options) {
  std::string scope = FormatBasicTime(options.time).substr(0, kDateLength);
  scope.append("/").append(options.region).append("/").append(options.service).append("/");
  return scope.append(kScopeEnd);
}

std::string MakeStringToSign(std::string_view canonical_request, const SigningOptions& options) {
  std::string out(kAlgorithm);
  out += "\n" + FormatBasicTime(options.time) + "\n" + CredentialScope(options) + "\n";
  return out + Sha256Hex(canonical_request);
}

Secret DeriveSigningKey(const Secret& secret_access_key, const SigningOptions& options) {
  std::string start = "AWS4";
  start.reserve(start.size() + secret_access_key.size());  // no second copy while it grows
  start += secret_access_key.Reveal();
  Digest key{};
  bool ok =
      Hmac({Bytes(start), start.size()}, FormatBasicTime(options.time).substr(0, kDateLength), key);
  for (const std::string_view part :
       {std::string_view(options.region), std::string_view(options.service), kScopeEnd}) {
    Digest next{};
    ok = ok && Hmac(key, part, next);
    key = next;
    OPENSSL_cleanse(next.data(), next.size());
  }
  Secret out(ok ? std::string_view(reinterpret_cast<const char*>(key.data()), key.size())
                : std::string_view());
  OPENSSL_cleanse(key.data(), key.size());
  WipeString(start);
  return out;
}

std::string MakeSignature(const Secret& signing_key, std::string_view string_to_sign) {
  const std::string_view key = signing_key.Reveal();
  Digest signature{};
  if (key.size() != kSha256Bytes || !Hmac({Bytes(key), key.size()}, string_to_sign, signature)) {
    return {};
  }
  return Hex(signature);
}

std::string MakeAuthorization(std::string_view access_key_id, const SigningOptions& options,
                              std::string_view signed_headers, std::string_view signature) {
  std::string out(kAlgorithm);
  out.append(" Credential=").append(access_key_id).append("/").append(CredentialScope(options));
  out.append(", SignedHeaders=").append(signed_headers);
  return out.append(", Signature=").append(signature);
}

const Secret& SigningKeyCache::Get(const Secret& secret_access_key, const SigningOptions& options) {
  std::string scope = CredentialScope(options);
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.scope == scope && entry.secret_access_key == secret_access_key;
  });
  if (found != entries_.end()) {
    std::rotate(found, found + 1, entries_.end());
    return entries_.back().key;
  }
  if (entries_.size() == kCapacity) {
    entries_.erase(entries_.begin());
  }
  entries_.push_back(
      {std::move(scope), secret_access_key.Clone(), DeriveSigningKey(secret_access_key, options)});
  return entries_.back().key;
}

void SigningKeyCache::Clear() {
  entries_.clear();
}

Status SignRequest(service::HttpRequest& request, const Credentials& credentials,
                   const SigningOptions& options, SigningKeyCache& keys) {
  if (Status status = CheckSignable(request, credentials, options); !status.ok()) {
    return status;
  }
  Result<Url> url = ParseUrl(request.url);
  if (!url.ok()) {
    return url.status();
  }
  std::vector<HttpHeader>& headers = request.headers;
  for (const char* name : {kDateHeader, kTokenHeader, kPayloadHashHeader, kAuthorizationHeader}) {
    RemoveHeader(headers, name);
  }
  if (service::FindHeader(headers, "host") == nullptr) {
    headers.push_back({"Host", url->host_header()});
  }
  headers.push_back({kDateHeader, FormatBasicTime(options.time)});
  if (!credentials.session_token.empty()) {
    headers.push_back({kTokenHeader, std::string(credentials.session_token.Reveal())});
  }
  const std::string payload_sha256 =
      options.payload_sha256.empty() ? Sha256Hex(request.body) : options.payload_sha256;
  if (options.send_payload_hash) {
    headers.push_back({kPayloadHashHeader, payload_sha256});
  }
  CanonicalRequest canonical = MakeCanonicalRequest(
      {request.method, url->path, url->query, headers, payload_sha256}, options);
  const std::string signature = MakeSignature(keys.Get(credentials.secret_access_key, options),
                                              MakeStringToSign(canonical.text, options));
  WipeString(canonical.text);
  if (signature.empty()) {
    return {StatusCode::kInternal, "the request cannot be signed: OpenSSL offers no SHA-256"};
  }
  headers.push_back({kAuthorizationHeader, MakeAuthorization(credentials.access_key_id, options,
                                                             canonical.signed_headers, signature)});
  return {};
}

}  // namespace kvs::aws
