#include "producer/aws/instance_region.h"

#include <utility>
#include <vector>

#include "producer/aws/credentials_call.h"
#include "producer/aws/endpoints.h"
#include "producer/aws/small_file.h"
#include "producer/environment.h"
#include "producer/service/http_message.h"

namespace kvs::aws {
namespace {

// Where Linux says whose machine this is.
constexpr char kVendorFile[] = "/sys/class/dmi/id/sys_vendor";
constexpr char kHypervisorFile[] = "/sys/hypervisor/uuid";
constexpr std::size_t kMaxIdentity = 256;
constexpr char kUrlVariable[] = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
constexpr char kIpv4Url[] = "http://169.254.169.254";
constexpr char kIpv6Url[] = "http://[fd00:ec2::254]";
constexpr char kTokenPath[] = "/latest/api/token";
constexpr char kRegionPath[] = "/latest/meta-data/placement/region";
// It is used at once.
constexpr char kTokenSeconds[] = "60";
// It is next door, or not there.
constexpr Duration kTimeLimit = Duration::Seconds(1);

std::string Trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  return begin == std::string_view::npos ? "" : std::string(text.substr(begin, end - begin + 1));
}

// One call to the metadata service.
void Ask(NetworkServices& net, const std::string& method, const std::string& url, std::vector<service::HttpHeader> headers,
         std::weak_ptr<void> alive, std::function<void(Result<Secret>)> done) {
  CredentialsCall call;
  call.text.attempt = "asking the metadata service of the EC2 instance (" + method + " " + url + ")";
  call.request.method = method;
  call.request.url = url;
  call.request.headers = std::move(headers);
  AwsSourceOptions options;
  options.connection_timeout = kTimeLimit;
  options.completion_timeout = kTimeLimit;
  call.how = *TravelOf(options, /*direct=*/true);
  StartCall(net, std::move(call), std::move(alive), std::move(done));
}

Result<std::string> RegionIn(const Result<Secret>& answer) {
  if (!answer.ok()) {
    return answer.status();
  }
  std::string region = Trimmed(answer->Reveal());
  if (Status status = ValidateRegion(region); !status.ok()) {
    return Status(StatusCode::kBadResponse, "the metadata service of the EC2 instance: " + status.message());
  }
  return region;
}

}  // namespace

bool IsInstanceDisabled(const EnvironmentLookup& environment) {
  return IsTrueSetting(OrOfProcess(environment)("AWS_EC2_METADATA_DISABLED").value_or(""));
}

bool LooksLikeInstance(const EnvironmentLookup& environment, const FileReader& reader) {
  const auto text = [&reader](const char* path) {
    const Result<std::string> read = reader ? reader(path, kMaxIdentity) : ReadSmallFile(path, kMaxIdentity);
    return read.ok() ? *read : "";
  };
  return !OrOfProcess(environment)(kUrlVariable).value_or("").empty() || text(kVendorFile).starts_with("Amazon EC2") ||
         text(kHypervisorFile).starts_with("ec2");
}

Result<std::string> InstanceMetadataUrl(const EnvironmentLookup& given) {
  const EnvironmentLookup environment = OrOfProcess(given);
  constexpr char kModeVariable[] = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE";
  const std::string url = environment(kUrlVariable).value_or("");
  if (!url.empty()) {
    return NormalizeEndpoint(kUrlVariable, url);
  }
  const std::string mode = environment(kModeVariable).value_or("");
  if (service::EqualsIgnoringCase(mode, "IPv6")) {
    return std::string(kIpv6Url);
  }
  if (!mode.empty() && !service::EqualsIgnoringCase(mode, "IPv4")) {
    return Status(StatusCode::kInvalidArgument, std::string(kModeVariable) + " is " + Quoted(mode) + "; IPv4 and IPv6 are possible");
  }
  return std::string(kIpv4Url);
}

void AskInstanceRegion(NetworkServices& net, const EnvironmentLookup& environment, const std::weak_ptr<void>& alive,
                       std::function<void(Result<std::string>)> done) {
  const Result<std::string> base = InstanceMetadataUrl(environment);
  if (!base.ok()) {
    done(base.status());
    return;
  }
  Ask(net, "PUT", *base + kTokenPath, {{"x-aws-ec2-metadata-token-ttl-seconds", kTokenSeconds}}, alive,
      [&net, alive, url = *base + kRegionPath, done = std::move(done)](Result<Secret> token) {
        if (!token.ok()) {
          done(token.status());
          return;
        }
        Ask(net, "GET", url, {{"x-aws-ec2-metadata-token", Trimmed(token->Reveal())}}, alive,
            [done](const Result<Secret>& answer) { done(RegionIn(answer)); });
      });
}

}  // namespace kvs::aws
