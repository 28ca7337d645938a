#include "emulator/server/sigv4_verifier.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "emulator/model/faults.h"
#include "emulator/server/query_text.h"

namespace kvs::emulator {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kTokenHeader = "x-amz-security-token";
constexpr std::string_view kContentHashHeader = "x-amz-content-sha256";

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return lower;
}

std::string HexOf(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    hex += kDigits[static_cast<std::uint8_t>(c) >> 4];
    hex += kDigits[static_cast<std::uint8_t>(c) & 0xF];
  }
  return hex;
}

std::string Sha256Hex(std::string_view data) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(data.data(), data.size(), digest.data(), &size, EVP_sha256(), nullptr);
  return HexOf({reinterpret_cast<const char*>(digest.data()), size});
}

std::string HmacSha256(std::string_view key, std::string_view data) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(data.data()), data.size(), digest.data(), &size);
  return {reinterpret_cast<const char*>(digest.data()), size};
}

bool IsUnreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '~';
}

std::string UriEncode(std::string_view text, bool keep_slash) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (IsUnreserved(c) || (keep_slash && c == '/')) {
      out += c;
    } else {
      out += '%';
      out += kDigits[static_cast<std::uint8_t>(c) >> 4];
      out += kDigits[static_cast<std::uint8_t>(c) & 0xF];
    }
  }
  return out;
}

std::string CanonicalQuery(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view parameter = query.substr(0, end);
    const std::size_t equals = std::min(parameter.find('='), parameter.size());
    parameters.emplace_back(
        UriEncode(UriDecode(parameter.substr(0, equals)), false),
        UriEncode(UriDecode(parameter.substr(std::min(equals + 1, parameter.size()))), false));
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  std::sort(parameters.begin(), parameters.end());
  std::string out;
  for (const auto& [name, value] : parameters) {
    out += (out.empty() ? "" : "&") + name + "=" + value;
  }
  return out;
}

// Trimmed, runs of blanks as one.
std::string CanonicalValue(std::string_view value) {
  std::string out;
  for (const char c : value) {
    const bool blank = c == ' ' || c == '\t';
    if (!blank) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (!out.empty() && out.back() == ' ') {
    out.pop_back();
  }
  return out;
}

// The headers of `names` in their order, values of equal names joined. `host` replaces the Host.
std::string CanonicalHeaders(const HttpRequest& request, const std::vector<std::string>& names,
                             std::string_view host) {
  std::string out;
  for (const std::string& name : names) {
    std::string joined;
    bool first = true;
    for (const auto& [key, value] : request.headers) {
      if (EqualsIgnoringCase(key, name)) {
        joined += (first ? "" : ",") + CanonicalValue(name == "host" ? host : value);
        first = false;
      }
    }
    out += name + ":" + joined + "\n";
  }
  return out;
}

std::string Join(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) {
    out += (out.empty() ? "" : ";") + name;
  }
  return out;
}

std::string_view WithoutPort(std::string_view host) {
  const std::size_t bracket = host.rfind(']');
  const std::size_t colon = host.rfind(':');
  const bool has_port =
      colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  return has_port ? host.substr(0, colon) : host;
}

ApiError InvalidSignature(std::string message) {
  return {403, "InvalidSignatureException", std::move(message)};
}

bool ParseDigits(std::string_view text, std::size_t at, std::size_t count, int* value) {
  const char* begin = text.data() + at;
  return std::from_chars(begin, begin + count, *value).ptr == begin + count && *value >= 0;
}

// What must be signed and is not: host, and every x-amz- header but the token.
std::string UnsignedHeader(const HttpRequest& request, const std::vector<std::string>& names) {
  const auto is_signed = [&](const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (!is_signed("host")) {
    return "host";
  }
  for (const auto& [key, value] : request.headers) {
    std::string name = Lower(key);
    if (name.starts_with("x-amz-") && name != kTokenHeader && !is_signed(name)) {
      return name;
    }
  }
  return "";
}

}  // namespace

std::optional<Time> ParseAmzDate(std::string_view text) {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z' || !ParseDigits(text, 0, 4, &year) ||
      !ParseDigits(text, 4, 2, &month) || !ParseDigits(text, 6, 2, &day) ||
      !ParseDigits(text, 9, 2, &hour) || !ParseDigits(text, 11, 2, &minute) ||
      !ParseDigits(text, 13, 2, &second)) {
    return std::nullopt;
  }
  const auto date = std::chrono::year(year) / std::chrono::month(static_cast<unsigned>(month)) /
                    std::chrono::day(static_cast<unsigned>(day));
  if (!date.ok() || hour > 23 || minute > 59 || second > 60 || year > 2200) {
    return std::nullopt;
  }
  return Time(std::chrono::sys_days(date)) + std::chrono::hours(hour) +
         std::chrono::minutes(minute) + std::chrono::seconds(second);
}

std::optional<Credential> ParseCredential(std::string_view text, Time now) {
  std::vector<std::string> parts;
  while (parts.size() < 4) {
    const std::size_t colon = std::min(text.find(':'), text.size());
    parts.emplace_back(text.substr(0, colon));
    if (colon == text.size()) {
      text = {};
      break;
    }
    text.remove_prefix(colon + 1);
  }
  if (parts.size() < 2 || parts[0].empty() || parts[1].empty() || !text.empty()) {
    return std::nullopt;
  }
  parts.resize(4);
  Credential credential{parts[0], parts[1], parts[2], kForever};
  if (!parts[3].empty()) {
    const auto life = ParseDuration(parts[3]);
    if (!life) {
      return std::nullopt;
    }
    credential.expires = kvs::emulator::Add(now, *life);
  }
  return credential;
}

void SigV4Verifier::Add(Credential credential) {
  const std::string key = credential.access_key;
  credentials_[key] = std::move(credential);
}

std::optional<SigV4Verifier::Authorization> SigV4Verifier::Parse(std::string_view header) {
  if (!header.starts_with(kAlgorithm)) {
    return std::nullopt;
  }
  header.remove_prefix(kAlgorithm.size());
  Authorization parsed;
  std::string credential;
  while (!header.empty()) {
    const std::size_t begin = std::min(header.find_first_not_of(" ,"), header.size());
    header.remove_prefix(begin);
    const std::size_t end = std::min(header.find_first_of(" ,"), header.size());
    const std::string_view field = header.substr(0, end);
    header.remove_prefix(end);
    const std::size_t equals = std::min(field.find('='), field.size());
    const std::string_view value = field.substr(std::min(equals + 1, field.size()));
    if (field.substr(0, equals) == "Credential") {
      credential = value;
    } else if (field.substr(0, equals) == "Signature") {
      parsed.signature = value;
    } else if (field.substr(0, equals) == "SignedHeaders") {
      for (std::size_t at = 0; at < value.size();) {
        const std::size_t stop = std::min(value.find(';', at), value.size());
        parsed.signed_headers.emplace_back(value.substr(at, stop - at));
        at = stop + 1;
      }
    }
  }
  // <access key>/<date>/<region>/<service>/aws4_request
  std::vector<std::string> scope;
  for (std::size_t at = 0; at <= credential.size();) {
    const std::size_t stop = std::min(credential.find('/', at), credential.size());
    scope.push_back(credential.substr(at, stop - at));
    at = stop + 1;
  }
  const bool sorted = std::is_sorted(parsed.signed_headers.begin(), parsed.signed_headers.end());
  if (scope.size() != 5 || scope[4] != "aws4_request" || parsed.signature.empty() ||
      parsed.signed_headers.empty() || !sorted) {
    return std::nullopt;
  }
  parsed.access_key = scope[0];
  parsed.date = scope[1];
  parsed.region = scope[2];
  parsed.service = scope[3];
  return parsed;
}

std::string SigV4Verifier::AccessKeyOf(const HttpRequest& request) {
  const auto authorization = Parse(request.Header("authorization"));
  return authorization ? authorization->access_key : "";
}

std::optional<ApiError> SigV4Verifier::CheckScope(const Authorization& authorization,
                                                  std::string_view amz_date, std::string_view service,
                                                  Time now) const {
  const std::optional<Time> signed_at = ParseAmzDate(amz_date);
  if (!signed_at) {
    return ApiError{400, "IncompleteSignatureException", "X-Amz-Date is missing or not valid"};
  }
  if (authorization.date != amz_date.substr(0, 8)) {
    return InvalidSignature("Date in Credential scope does not match X-Amz-Date");
  }
  if (authorization.service != service) {
    return InvalidSignature("Credential should be scoped to correct service: '" + std::string(service) + "'");
  }
  if (!region_.empty() && authorization.region != region_) {
    return InvalidSignature("Credential should be scoped to a valid region: '" + region_ + "'");
  }
  if (*signed_at < now - kMaxSkew) {
    return InvalidSignature("Signature expired: " + std::string(amz_date) +
                            " is more than 5 minutes ago");
  }
  if (*signed_at > now + kMaxSkew) {
    return InvalidSignature("Signature not yet current: " + std::string(amz_date) +
                            " is more than 5 minutes ahead");
  }
  return std::nullopt;
}

std::optional<ApiError> SigV4Verifier::CheckToken(const Credential& credential,
                                                  const HttpRequest& request, Time now) {
  if (request.Header(kTokenHeader) != credential.session_token) {
    return ApiError{403, "UnrecognizedClientException",
                    "The security token included in the request is invalid."};
  }
  if (now >= credential.expires) {
    return ApiError{403, "ExpiredTokenException",
                    "The security token included in the request is expired"};
  }
  return std::nullopt;
}

std::optional<ApiError> SigV4Verifier::Verify(const HttpRequest& request,
                                              std::optional<std::string_view> body,
                                              Time now, std::string_view service) const {
  const std::string_view header = request.Header("authorization");
  if (header.empty()) {
    return ApiError{403, "MissingAuthenticationTokenException", "Missing Authentication Token"};
  }
  const auto authorization = Parse(header);
  if (!authorization) {
    return ApiError{400, "IncompleteSignatureException", "Authorization is not a valid signature"};
  }
  const std::string unsigned_header = UnsignedHeader(request, authorization->signed_headers);
  if (!unsigned_header.empty()) {
    return ApiError{400, "IncompleteSignatureException",
                    "The header '" + unsigned_header + "' must be signed"};
  }
  const auto credential = credentials_.find(authorization->access_key);
  if (credential == credentials_.end()) {
    return ApiError{403, "UnrecognizedClientException",
                    "The security token included in the request is invalid."};
  }
  const std::string_view amz_date = request.Header("x-amz-date");
  if (auto error = CheckScope(*authorization, amz_date, service, now)) {
    return error;
  }
  const std::string body_hash = Sha256Hex(body.value_or(""));
  std::string payload_hash(request.Header(kContentHashHeader));
  if (payload_hash.empty()) {
    payload_hash = body_hash;
  } else if (body && payload_hash != body_hash && payload_hash != "UNSIGNED-PAYLOAD") {
    return InvalidSignature("x-amz-content-sha256 is not the hash of the body");
  }
  const std::string scope = authorization->date + "/" + authorization->region + "/" +
                            authorization->service + "/aws4_request";
  std::string key = "AWS4" + credential->second.secret_key;
  for (const std::string& part : {authorization->date, authorization->region,
                                  authorization->service, std::string("aws4_request")}) {
    key = HmacSha256(key, part);
  }
  const std::string names = Join(authorization->signed_headers);
  const std::string_view host = request.Header("host");
  bool matches = false;
  for (const std::string_view signed_host : {host, WithoutPort(host)}) {
    const std::string canonical =
        request.method + "\n" + UriEncode(request.path.empty() ? "/" : request.path, true) + "\n" +
        CanonicalQuery(request.query) + "\n" +
        CanonicalHeaders(request, authorization->signed_headers, signed_host) + "\n" + names +
        "\n" + payload_hash;
    const std::string expected =
        HexOf(HmacSha256(key, std::string(kAlgorithm) + "\n" + std::string(amz_date) + "\n" +
                                  scope + "\n" + Sha256Hex(canonical)));
    matches = matches || (expected.size() == authorization->signature.size() &&
                          CRYPTO_memcmp(expected.data(), authorization->signature.data(),
                                        expected.size()) == 0);
  }
  if (!matches) {
    return InvalidSignature(
        "The request signature we calculated does not match the signature you provided. Check "
        "your AWS Secret Access Key and signing method. Consult the service documentation for "
        "details.");
  }
  return CheckToken(credential->second, request, now);
}

}  // namespace kvs::emulator
