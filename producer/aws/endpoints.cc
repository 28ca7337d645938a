#include "producer/aws/endpoints.h"

#include <array>
#include <cstddef>

#include "producer/aws/url.h"
#include "producer/service/http_message.h"
#include "producer/service/validation.h"

namespace kvs::aws {
namespace {

struct Partition {
  std::string_view region_prefix;  // of the regions in it; empty: all others
  std::string_view name;
  bool always_fips;
  std::string_view suffix;
  std::string_view dual_stack_suffix;
};

// First match wins.
// Source: the published partition metadata of AWS ("partitions.json") for names and suffixes;
// "always FIPS" as Amazon's producer builds the hosts of these partitions.
constexpr std::array kPartitions = {
    Partition{"cn-", "aws-cn", false, "amazonaws.com.cn", "api.amazonwebservices.com.cn"},
    Partition{"us-gov-", "aws-us-gov", true, "amazonaws.com", "api.aws"},
    Partition{"us-iso-", "aws-iso", true, "c2s.ic.gov", "api.aws.ic.gov"},
    Partition{"us-isob-", "aws-iso-b", true, "sc2s.sgov.gov", "api.aws.scloud"},
    Partition{"us-isof-", "aws-iso-f", true, "csp.hci.ic.gov", "api.aws.hci.ic.gov"},
    Partition{"eu-isoe-", "aws-iso-e", true, "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"},
    Partition{"eusc-", "aws-eusc", false, "amazonaws.eu", "api.amazonwebservices.eu"},
    Partition{"", "aws", false, "amazonaws.com", "api.aws"},
};

// The longest region names have 14 characters; a DNS label has 63.
constexpr std::size_t kMaxRegionLength = 32;
constexpr std::size_t kMaxExcerpt = 64;

const Partition& FindPartition(std::string_view region) {
  for (const Partition& partition : kPartitions) {
    if (region.starts_with(partition.region_prefix)) {
      return partition;
    }
  }
  return kPartitions.back();
}

bool IsRegionForm(std::string_view region) {
  if (region.size() > kMaxRegionLength) {
    return false;
  }
  std::size_t words = 0;
  while (true) {
    const std::size_t dash = region.find('-');
    if (dash == std::string_view::npos) {
      break;
    }
    const std::string_view word = region.substr(0, dash);
    if (word.size() < 2 ||
        word.find_first_not_of("abcdefghijklmnopqrstuvwxyz") != std::string_view::npos) {
      return false;
    }
    ++words;
    region.remove_prefix(dash + 1);
  }
  return words >= 2 && !region.empty() && region.size() <= 2 &&
         region.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

Status ValidateRegion(std::string_view region) {
  if (IsRegionForm(region)) {
    return {};
  }
  return {StatusCode::kInvalidArgument,
          (region.empty() ? std::string("the region is empty")
                          : "\"" + service::PrintableExcerpt(region, kMaxExcerpt) +
                                "\" is not the name of an AWS region") +
              "; names look like us-west-2, eu-central-1 or us-gov-west-1"};
}

Result<std::string> ControlPlaneUrl(std::string_view region, EndpointOptions options) {
  if (Status status = ValidateRegion(region); !status.ok()) {
    return status;
  }
  const Partition& partition = FindPartition(region);
  std::string url = "https://kinesisvideo";
  if (options.fips || partition.always_fips) {
    url += "-fips";
  }
  url += '.';
  url += region;
  url += '.';
  url += options.dual_stack ? partition.dual_stack_suffix : partition.suffix;
  return url;
}

std::string_view PartitionOf(std::string_view region) {
  return FindPartition(region).name;
}

Result<std::string> NormalizeEndpoint(std::string_view what, std::string_view text) {
  std::string with_scheme(text);
  if (text.find("://") == std::string_view::npos) {
    with_scheme = "https://" + with_scheme;
  }
  Result<Url> url = ParseUrl(with_scheme);
  Status problem = url.status();
  if (problem.ok() && (!url->query.empty() || with_scheme.back() == '?')) {
    problem = Status(StatusCode::kInvalidArgument, "the URL cannot be used: it has a query ('?')");
  }
  if (!problem.ok()) {
    return Status(StatusCode::kInvalidArgument,
                  std::string(what) + ": " + problem.message() +
                      "; expected is e.g. https://kinesisvideo.us-west-2.amazonaws.com or "
                      "http://127.0.0.1:8080");
  }
  std::string base = url->ToString();
  while (base.back() == '/') {
    base.pop_back();
  }
  return base;
}

bool IsTrueSetting(std::string_view text) {
  constexpr std::string_view kTrue = "true";
  return service::EqualsIgnoringCase(text.substr(0, kTrue.size()), kTrue);
}

}  // namespace kvs::aws
