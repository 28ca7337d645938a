#ifndef KVS_PRODUCER_AWS_STS_H_
#define KVS_PRODUCER_AWS_STS_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kvs/credentials.h"
#include "kvs/secret.h"
#include "kvs/status.h"
#include "kvs/time.h"
#include "producer/aws/credentials_call.h"

// The calls of the Security Token Service that give credentials for a role. Source: AWS STS API reference, version 2011-06-15.
namespace kvs::aws {

enum class StsAction : std::uint8_t { kAssumeRole, kAssumeRoleWithWebIdentity };

struct StsRequest {
  StsAction action = StsAction::kAssumeRole;
  std::string role_arn;
  std::string session_name;  // empty: made of the time
  std::string external_id;   // empty: none
  std::optional<Duration> duration;
  Secret web_identity_token;
};

// Where and how STS is asked.
struct StsPlace {
  std::string endpoint;  // without a final '/'
  std::string region;    // of the signature
};

// Where that is for these options: see AwsSourceOptions. Reads the shared files. Errors: of LoadSharedConfig; kInvalidArgument: a
// region or an endpoint that is none.
Result<StsPlace> StsPlaceOf(const AwsSourceOptions& options);

// The host of a service ("sts", "portal.sso", "oidc") in a region, as "https://…", or what the environment and the files say
// for `setting` ("sts", "sso", "sso_oidc"). Errors: as StsPlaceOf.
Result<std::string> ServiceEndpoint(const AwsSourceOptions& options, std::string_view setting, std::string_view host,
                                    const std::string& region);

// OK when STS could take it: a role's ARN, a session name of 2 to 64 of [\w+=,.@-], an external id of 2 to 1224 characters, 15
// minutes to 12 hours. Errors: kInvalidArgument.
Status Validate(const StsRequest& request);

// Asks. `signer` signs the request; null for kAssumeRoleWithWebIdentity, which has none. Errors: of AskForCredentials, TravelOf,
// SignRequest.
void AskSts(NetworkServices& net, const AwsSourceOptions& options, const StsPlace& place, StsRequest request,
            const Credentials* signer, std::weak_ptr<void> alive, CredentialsCallback done);

// Error type and message of <ErrorResponse><Error><Code>…
ServiceWords WordsOfXml(std::string_view body);

// Credentials of an answer of either action. Errors: kBadResponse with why, as a clause.
Result<Credentials> CredentialsOfSts(std::string_view text);

}  // namespace kvs::aws

#endif  // KVS_PRODUCER_AWS_STS_H_
