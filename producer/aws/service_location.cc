#include "producer/aws/service_location.h"

#include <initializer_list>
#include <utility>

#include "producer/aws/endpoints.h"
#include "producer/aws/instance_region.h"
#include "producer/environment.h"

namespace kvs::aws {
namespace {

// As the aws command line names the service in its files.
constexpr std::string_view kServiceName = "kinesis_video";
constexpr char kServiceUrlVariable[] = "AWS_ENDPOINT_URL_KINESIS_VIDEO";
constexpr char kUrlVariable[] = "AWS_ENDPOINT_URL";
constexpr char kDefaultFrom[] = "the default";

// A value and who said it.
struct Said {
  std::string value;
  std::string from;
};

std::string ProfileText(std::string_view profile) {
  return "the profile \"" + std::string(profile) + "\"";
}

// The first of these variables that is set and not empty.
std::optional<Said> FirstVariable(const EnvironmentLookup& environment, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    std::optional<std::string> value = environment(name);
    if (value && !value->empty()) {
      return Said{*std::move(value), name};
    }
  }
  return std::nullopt;
}

std::optional<Said> RegionOf(const LocationRequest& request, const EnvironmentLookup& environment, const SharedConfig& files) {
  if (!request.region.empty()) {
    return Said{std::string(request.region), ""};
  }
  // The first one is Amazon's own for this element; a launch line that has both means what it meant there.
  std::optional<Said> region = FirstVariable(environment, {"AWS_DEFAULT_REGION", "AWS_REGION"});
  if (!region && request.profile) {
    if (const auto value = files.Region(*request.profile)) {
      region = Said{std::string(*value), ProfileText(*request.profile)};
    }
  }
  return region;
}

std::optional<Said> EndpointOf(const LocationRequest& request, const EnvironmentLookup& environment, const SharedConfig& files) {
  if (!request.endpoint.empty()) {
    return Said{std::string(request.endpoint), ""};
  }
  if (std::optional<Said> said = FirstVariable(environment, {"CONTROL_PLANE_URI"})) {
    return said;
  }
  const SharedConfig nothing;
  std::optional<std::string> url =
      ConfiguredEndpoint(environment, request.profile ? files : nothing, request.profile.value_or(""), kServiceName);
  if (!url) {
    return std::nullopt;
  }
  const std::optional<Said> variable = FirstVariable(environment, {kServiceUrlVariable, kUrlVariable});
  return Said{*std::move(url), variable ? variable->from : "endpoint_url of " + ProfileText(request.profile.value_or(""))};
}

bool SwitchOf(std::optional<bool> said, const char* variable, std::string_view setting, const LocationRequest& request,
              const EnvironmentLookup& environment, const SharedConfig& files) {
  if (said) {
    return *said;
  }
  if (const std::optional<Said> value = FirstVariable(environment, {variable})) {
    return IsTrueSetting(value->value);
  }
  const ConfigSection* const profile = request.profile ? files.Profile(*request.profile) : nullptr;
  return profile != nullptr && IsTrueSetting(profile->Get(setting).value_or(""));
}

}  // namespace

Result<ServiceLocation> LocateService(const LocationRequest& request, const EnvironmentLookup& given,
                                      const SharedConfig& files) {
  const EnvironmentLookup environment = OrOfProcess(given);
  ServiceLocation location;
  if (std::optional<Said> region = RegionOf(request, environment, files)) {
    if (Status status = ValidateRegion(region->value); !status.ok()) {
      return region->from.empty() ? status : Status(status.code(), region->from + ": " + status.message());
    }
    location.region = std::move(region->value);
    location.region_from = std::move(region->from);
  } else if (!request.profile || IsInstanceDisabled(environment)) {
    location.region = kDefaultRegion;
    location.region_from = kDefaultFrom;
  }
  if (std::optional<Said> endpoint = EndpointOf(request, environment, files)) {
    Result<std::string> url = NormalizeEndpoint(endpoint->from.empty() ? "endpoint" : endpoint->from, endpoint->value);
    if (!url.ok()) {
      return url.status();
    }
    location.endpoint = *std::move(url);
    location.endpoint_from = std::move(endpoint->from);
  }
  location.dual_stack =
      SwitchOf(request.dual_stack, "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint", request, environment, files);
  location.fips = SwitchOf(request.fips, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint", request, environment, files);
  return location;
}

Result<std::string> ControlPlaneOf(const ServiceLocation& location, std::string_view region) {
  if (!location.endpoint.empty()) {
    return location.endpoint;
  }
  return ControlPlaneUrl(region, {location.dual_stack, location.fips});
}

}  // namespace kvs::aws
