#include "producer/aws/sts.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "producer/aws/endpoints.h"
#include "producer/aws/shared_config.h"
#include "producer/aws/sigv4.h"
#include "producer/aws/timestamp.h"
#include "producer/aws/url.h"
#include "producer/aws/xml.h"
#include "producer/environment.h"

namespace kvs::aws {
namespace {

constexpr char kApiVersion[] = "2011-06-15";
// Where STS is asked when nothing says another region.
constexpr char kDefaultStsRegion[] = "us-east-1";
// Where these hosts have such cryptography, and no other name. Source: AWS general reference, "AWS Security Token Service endpoints".
constexpr std::string_view kGovernment = "us-gov-";
// Source: AssumeRole API reference.
constexpr std::size_t kMinSessionName = 2;
constexpr std::size_t kMaxSessionName = 64;
constexpr std::size_t kMinExternalId = 2;
constexpr std::size_t kMaxExternalId = 1224;
constexpr Duration kMinDuration = Duration::Minutes(15);
constexpr Duration kMaxDuration = Duration::Hours(12);
// Of a byte that is percent-encoded.
constexpr std::size_t kEscapeSize = 3;

constexpr std::string_view kAssumeRoleHint =
    "; check that the role exists, that its trust policy names who asks, and that who asks may call sts:AssumeRole on it";
constexpr std::string_view kWebIdentityHint =
    "; check that the role trusts the provider of this token, with its audience and subject, and that the token has not expired";
constexpr std::string_view kAnswerHint = "; check that this is the endpoint of STS";

Status Bad(std::string message) { return {StatusCode::kInvalidArgument, std::move(message)}; }

bool IsOfSessionName(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("_+=,.@-").find(c) != std::string_view::npos;
}

void AddField(std::string& form, std::string_view name, std::string_view value) {
  form += (form.empty() ? "" : "&") + std::string(name) + "=";
  // In one piece and in place, so that no copy of a token stays behind; it is the last one that is added.
  form.reserve(form.size() + kEscapeSize * value.size());
  for (const char& c : value) {
    form += PercentEncode({&c, 1}, "");
  }
}

std::string FormOf(const StsRequest& request, WallTime now) {
  std::string form;
  AddField(form, "Action",
           request.action == StsAction::kAssumeRole ? "AssumeRole" : "AssumeRoleWithWebIdentity");
  AddField(form, "Version", kApiVersion);
  AddField(form, "RoleArn", request.role_arn);
  AddField(form, "RoleSessionName",
           request.session_name.empty() ? "kvs-" + std::to_string(now.seconds()) : request.session_name);
  if (request.duration) {
    AddField(form, "DurationSeconds", std::to_string(request.duration->seconds()));
  }
  if (!request.external_id.empty()) {
    AddField(form, "ExternalId", request.external_id);
  }
  if (request.action == StsAction::kAssumeRoleWithWebIdentity) {
    AddField(form, "WebIdentityToken", request.web_identity_token.Reveal());
  }
  return form;
}

std::string FirstSet(const EnvironmentLookup& environment, std::initializer_list<const char*> variables) {
  for (const char* name : variables) {
    if (std::optional<std::string> value = environment(name); value && !value->empty()) {
      return *std::move(value);
    }
  }
  return "";
}

std::string ProfileOf(const AwsSourceOptions& options) {
  return options.profile.empty() ? ProfileName(options.environment) : options.profile;
}

// What the options say, else the variable, else the profile.
bool SwitchOf(std::optional<bool> said, const char* variable, std::string_view setting, const AwsSourceOptions& options,
              const SharedConfig& config) {
  if (said) {
    return *said;
  }
  const std::string value = FirstSet(OrOfProcess(options.environment), {variable});
  const ConfigSection* const profile = config.Profile(ProfileOf(options));
  return IsTrueSetting(!value.empty() || profile == nullptr ? std::string_view(value) : profile->Get(setting).value_or(""));
}

}  // namespace

Result<std::string> ServiceEndpoint(const AwsSourceOptions& options, std::string_view setting, std::string_view host,
                                    const std::string& region) {
  const Result<SharedConfig> config = LoadSharedConfig(options.environment, options.reader);
  if (!config.ok()) {
    return config.status();
  }
  if (const auto url = ConfiguredEndpoint(options.environment, *config, ProfileOf(options), setting)) {
    return NormalizeEndpoint("the endpoint of " + std::string(setting), *url);
  }
  // The hosts of all services of a region end alike, and most are called "-fips" alike.
  EndpointOptions kind;
  kind.dual_stack = SwitchOf(options.dual_stack, "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint", options, *config);
  kind.fips = SwitchOf(options.fips, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint", options, *config);
  const Result<std::string> other = ControlPlaneUrl(region, kind);
  if (!other.ok()) {
    return other.status();
  }
  return "https://" + std::string(host) + (kind.fips && !region.starts_with(kGovernment) ? "-fips" : "") +
         other->substr(other->find("." + region));
}

Result<StsPlace> StsPlaceOf(const AwsSourceOptions& options) {
  const EnvironmentLookup environment = OrOfProcess(options.environment);
  StsPlace place;
  place.region = options.region.empty() ? FirstSet(environment, {"AWS_DEFAULT_REGION", "AWS_REGION"}) : options.region;
  if (place.region.empty()) {
    const Result<SharedConfig> config = LoadSharedConfig(environment, options.reader);
    if (!config.ok()) {
      return config.status();
    }
    place.region = config->Region(ProfileOf(options)).value_or(kDefaultStsRegion);
  }
  if (Status status = ValidateRegion(place.region); !status.ok()) {
    return status;
  }
  Result<std::string> endpoint = ServiceEndpoint(options, "sts", "sts", place.region);
  if (!endpoint.ok()) {
    return endpoint.status();
  }
  place.endpoint = *std::move(endpoint);
  return place;
}

Status Validate(const StsRequest& request) {
  if (!request.role_arn.starts_with("arn:") || request.role_arn.find(":role/") == std::string::npos ||
      !std::all_of(request.role_arn.begin(), request.role_arn.end(), [](char c) { return c > ' ' && c <= '~'; })) {
    return Bad("the role " + Quoted(request.role_arn) + " is no ARN of one; expected is e.g. "
               "arn:aws:iam::123456789012:role/camera");
  }
  const std::string& name = request.session_name;
  if (!name.empty() && (name.size() < kMinSessionName || name.size() > kMaxSessionName ||
                        !std::all_of(name.begin(), name.end(), IsOfSessionName))) {
    return Bad("the role session name " + Quoted(name) + " is not 2 to 64 of letters, digits and _+=,.@-");
  }
  if (!request.external_id.empty() &&
      (request.external_id.size() < kMinExternalId || request.external_id.size() > kMaxExternalId)) {
    return Bad("the external id has " + std::to_string(request.external_id.size()) + " characters; 2 to 1224 are allowed");
  }
  if (request.duration && (*request.duration < kMinDuration || *request.duration > kMaxDuration)) {
    return Bad("the duration of the role is " + std::to_string(request.duration->seconds()) +
               " seconds; 900 to 43200 are allowed");
  }
  return {};
}

void AskSts(NetworkServices& net, const AwsSourceOptions& options, const StsPlace& place, StsRequest request,
            const Credentials* signer, std::weak_ptr<void> alive, CredentialsCallback done) {
  Result<net::TransferOptions> how = TravelOf(options, /*direct=*/false);
  if (!how.ok()) {
    done(how.status());
    return;
  }
  const bool is_signed = request.action == StsAction::kAssumeRole;
  CredentialsCall call;
  call.how = *std::move(how);
  call.request.method = "POST";
  call.request.url = place.endpoint + "/";
  call.request.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
  call.request.body = FormOf(request, net.wall_now());
  call.text = {"asking STS for the role " + request.role_arn + " (POST " + call.request.url + ")",
               is_signed ? kAssumeRoleHint : kWebIdentityHint, kAnswerHint, nullptr, WordsOfXml};
  if (is_signed) {
    SigningOptions signing;
    signing.region = place.region;
    signing.service = "sts";
    signing.time = net.wall_now();
    SigningKeyCache keys;
    if (Status status = SignRequest(call.request, *signer, signing, keys); !status.ok()) {
      done(std::move(status));
      return;
    }
  }
  CallText text = call.text;
  StartCall(net, std::move(call), std::move(alive), [text = std::move(text), done = std::move(done)](Result<Secret> answer) {
    if (!answer.ok()) {
      done(answer.status());
      return;
    }
    Result<Credentials> credentials = CredentialsOfSts(answer->Reveal());
    done(credentials.ok() ? std::move(credentials) : text.NotUnderstood(credentials.status().message()));
  });
}

ServiceWords WordsOfXml(std::string_view body) {
  const Result<XmlFields> fields = XmlFields::Parse(body, service::kMaxResponseBytes);
  if (!fields.ok()) {
    return WordsOfJson(body);
  }
  return {std::string(fields->Text("ErrorResponse.Error.Code").value_or("")),
          std::string(fields->Text("ErrorResponse.Error.Message").value_or(""))};
}

Result<Credentials> CredentialsOfSts(std::string_view text) {
  const Result<XmlFields> fields = XmlFields::Parse(text, kMaxAnswerBytes);
  if (!fields.ok()) {
    return fields.status();
  }
  for (const std::string action : {"AssumeRole", "AssumeRoleWithWebIdentity"}) {
    const std::string above = action + "Response." + action + "Result.Credentials.";
    const auto field = [&](const char* name) { return fields->Text(above + name).value_or(""); };
    if (field("AccessKeyId").empty()) {
      continue;
    }
    Credentials credentials;
    credentials.access_key_id = field("AccessKeyId");
    credentials.secret_access_key = Secret(field("SecretAccessKey"));
    credentials.session_token = Secret(field("SessionToken"));
    credentials.expiration = ParseIsoTime(field("Expiration"));
    const Status status = CheckAnswer(credentials, /*is_temporary=*/true);
    return status.ok() ? Result<Credentials>(std::move(credentials)) : status;
  }
  return Status(StatusCode::kBadResponse, "it has no credentials");
}

}  // namespace kvs::aws
