#ifndef KVS_CREDENTIALS_H_
#define KVS_CREDENTIALS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kvs/export.h"
#include "kvs/log.h"
#include "kvs/network_options.h"
#include "kvs/secret.h"
#include "kvs/status.h"
#include "kvs/time.h"

namespace kvs {

namespace net {
class Transport;
}

// The value of an environment variable; no value when it is not set.
using EnvironmentLookup = std::function<std::optional<std::string>(const char* name)>;

// What requests are signed with. Move-only, as secrets are copied only on purpose.
struct Credentials {
  std::string access_key_id;
  Secret secret_access_key;
  // Empty: long-term credentials.
  Secret session_token;
  // Not set: they do not expire.
  std::optional<WallTime> expiration;

  [[nodiscard]] Credentials Clone() const {
    return {access_key_id, secret_access_key.Clone(), session_token.Clone(), expiration};
  }
};

// kInvalidArgument when they cannot be sent: an empty access key or secret, one longer than its
// limit (access key and secret 128, token 8192 bytes), or a byte that has no place in an HTTP
// header. The message names the part, never its text.
KVS_EXPORT Status Validate(const Credentials& credentials);

// What the network thread offers to a credential source. The simulator implements it as well.
// Thread: network thread only, except Post.
class KVS_EXPORT NetworkServices {
 public:
  virtual ~NetworkServices();
  [[nodiscard]] virtual WallTime wall_now() const = 0;
  [[nodiscard]] virtual MonoTime mono_now() const = 0;
  // Runs `task` on the network thread, soon. From any thread: how a source that works on a thread
  // of its own brings its answer back.
  virtual void Post(std::function<void()> task) = 0;
  // Runs `task` on the network thread when `delay` has passed. Where there is no network it is not run: the default.
  virtual void After(Duration delay, std::function<void()> task);
  // For sources that ask over HTTP. Null where there is no network.
  [[nodiscard]] virtual net::Transport* transport() = 0;
};

// Called once. The error kNoCredentials means "this source is not configured"; any other error
// means that it is and failed.
using CredentialsCallback = std::function<void(Result<Credentials>)>;

// Hears how the renewal of credentials goes that are in use. Thread: network thread.
class KVS_EXPORT CredentialsObserver {
 public:
  virtual ~CredentialsObserver();
  // New ones have taken the place of old ones, or there are some again.
  virtual void OnCredentialsRenewed(std::string_view source,
                                    std::optional<WallTime> expiration) = 0;
  // A renewal failed and the old ones are still good; it is tried again after `retry_in`.
  virtual void OnRenewalFailed(std::string_view source, const Status& reason,
                               Duration retry_in) = 0;
};

// Where credentials come from. One source, one file (producer/aws/credentials_*.cc), one shape: a
// chain and a cache are sources, too. Thread: every method is called on the network thread, and
// `done` must be called there. Owner:  `net` outlives the source's answers. A source may be
// destroyed while it owes an answer; that answer is
//         then never given.
class KVS_EXPORT CredentialSource {
 public:
  virtual ~CredentialSource();
  // For messages, e.g. "environment variables". Never a secret.
  [[nodiscard]] virtual std::string_view name() const = 0;
  // Asks for credentials. Must not wait; `done` may be called before this returns.
  virtual void Fetch(NetworkServices& net, CredentialsCallback done) = 0;
  // The service has refused those with this access key (expired, revoked); empty: those that were given last. Who keeps them asks for
  // others with the next Fetch. Those that were not refused are kept.
  virtual void Invalidate(std::string_view /*access_key*/) {}
  // Who is to hear of renewals, from now on and for as long as it exists. Sources that keep nothing renew nothing.
  virtual void Observe(std::weak_ptr<CredentialsObserver> /*observer*/) {}  // NOLINT(performance-unnecessary-value-param): who renews keeps it
};

// Always the same. The answer to invalid ones (see Validate) is that error.
KVS_EXPORT std::unique_ptr<CredentialSource> MakeStaticCredentials(Credentials credentials);

// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, if there, AWS_SESSION_TOKEN (or AWS_SECURITY_TOKEN, its old name) and
// AWS_CREDENTIAL_EXPIRATION; read at every Fetch. kInvalidArgument when the latter is no time.
// kNoCredentials when one of the first two is not set or empty. `lookup` empty: the environment of
// the process.
KVS_EXPORT std::unique_ptr<CredentialSource> MakeEnvironmentCredentials(
    EnvironmentLookup lookup = {});

// The text of a file. Errors: kNotFound: there is no such file; kFileError; kTooLarge: more than
// `max_bytes`.
using FileReader =
    std::function<Result<std::string>(const std::string& path, std::size_t max_bytes)>;

// A file that another program rewrites, of one of two forms, words separated by white space:
//   CREDENTIALS <access key> <secret key>
//   CREDENTIALS <access key> <expiration YYYY-MM-DDTHH:MM:SSZ> <secret key> <session token>
// Read at every Fetch, so put it behind MakeCachedCredentials. Expires 40 minutes after reading, or
// earlier if the file says so: that is how a rewritten file is noticed. `reader` empty: the file
// system; the file is small and local by contract, so reading it does not count as waiting. Errors:
// kNoCredentials: there is no such file; kFileError: cannot be read, or 10000 bytes or longer;
//         kInvalidArgument: not of this form (the message never quotes it).
// `log`: is warned once where others than the file's owner can read it.
KVS_EXPORT std::unique_ptr<CredentialSource> MakeFileCredentials(std::string path, FileReader reader = {},
                                                                 std::shared_ptr<LogSink> log = nullptr);

// Credentials of a device that AWS IoT knows by its certificate.
struct IotOptions {
  // The credentials endpoint of the account, "<id>.credentials.iot.<region>.amazonaws.com"; a port is possible.
  std::string endpoint;
  // PEM files: the certificate, with its chain if there is one, and its private key without a passphrase.
  std::string cert_path;
  std::string key_path;
  // A PEM file or a folder of the certificates to trust; empty: the system's.
  std::string ca_path;
  // 1 to 128 characters each.
  std::string role_alias;
  std::string thing_name;
  Duration connection_timeout = Duration::Seconds(3);
  // Of the whole call.
  Duration completion_timeout = Duration::Seconds(5);
  NetworkPath path;
  // For what is not set in `path`. Empty: the environment of the process.
  EnvironmentLookup environment;
  // Not set: nothing is logged.
  std::shared_ptr<LogSink> log;
};

// OK when a call can be made of these; reads the files, which are small and local by contract.
// Errors: kInvalidArgument: a part that is empty, too long or cannot be sent, an endpoint that is no host, a key that is not that
//         of the certificate or wants a passphrase, a proxy that is no URL of one; kFileError: a file is not there or cannot be read.
KVS_EXPORT Status Validate(const IotOptions& options);

// GET https://<endpoint>/role-aliases/<role alias>/credentials, shown the certificate, for the thing. Asked at every Fetch, and the
// files read again, so put it behind MakeCachedCredentials. A key that others can read is a warning in the log, once.
// Errors: those of Validate; kCredentialsRefused: AWS IoT refused (4xx); kThrottled, kServiceFailure; kBadResponse: no answer of
//         AWS IoT; those of a connection (kConnectFailed, kTlsFailed, …). The message says what was tried and what to look at.
// Source: AWS IoT Core developer guide, "Authorizing direct calls to AWS services using AWS IoT Core credential provider".
KVS_EXPORT std::unique_ptr<CredentialSource> MakeIotCredentials(IotOptions options);

// What the sources have in common that the aws command line knows, too.
struct AwsSourceOptions {
  // Empty: the environment of the process.
  EnvironmentLookup environment;
  // Reads what files these sources name. Empty: the file system. They are small and local by contract, so reading one does not
  // count as waiting.
  FileReader reader;
  // Whose settings count: a profile of ~/.aws/config and ~/.aws/credentials. Empty: AWS_PROFILE, AWS_DEFAULT_PROFILE, "default".
  std::string profile;
  // Whose STS is asked. Empty: AWS_DEFAULT_REGION, AWS_REGION, the profile's, us-east-1.
  std::string region;
  // Whether hosts of STS and SSO are those that have IPv6 addresses as well, and those with FIPS 140 validated cryptography. Not set:
  // AWS_USE_DUALSTACK_ENDPOINT and AWS_USE_FIPS_ENDPOINT, the profile's use_dualstack_endpoint and use_fips_endpoint.
  std::optional<bool> dual_stack;
  std::optional<bool> fips;
  // How STS and SSO are reached. AWS_ENDPOINT_URL_STS, …_SSO and …_SSO_OIDC, AWS_ENDPOINT_URL, and the profile's endpoint_url say
  // where they are, in this order. Hosts of the machine's own network (containers, instance metadata) are connected to directly.
  NetworkPath path;
  // A PEM file or a folder of the certificates to trust; empty: the system's.
  std::string ca_path;
  Duration connection_timeout = Duration::Seconds(3);
  // Of each call.
  Duration completion_timeout = Duration::Seconds(10);
  // Not set: nothing is logged.
  std::shared_ptr<LogSink> log;
};

// What the program itself has: `ask` is called for each Fetch, on a thread of its own, so it may wait; two calls may overlap when
// they are not behind MakeCachedCredentials. What it returns is checked (Validate). `name`: for messages. After `time_limit` the
// answer is an error, and it is not called again until that call has returned.
// Owner:  `ask` is kept until this object is gone and the last call has returned, and may be destroyed on any thread.
// Errors: kInvalidState when there is no thread to be had; kNetworkTimeout; kBadResponse: it threw an exception; else those that
//         `ask` returns.
KVS_EXPORT std::unique_ptr<CredentialSource> MakeCallbackCredentials(std::string name,
                                                                     std::function<Result<Credentials>()> ask,
                                                                     Duration time_limit = Duration::Minutes(2));

// A program that prints credentials.
struct ProcessOptions {
  // The program with its arguments, split as a shell splits words (quotes and backslashes); no shell runs it, so nothing in it is
  // expanded.
  std::string command;
  // It is killed after that.
  Duration time_limit = Duration::Minutes(1);
};

// Runs it for each Fetch, on a thread of its own, and reads from its standard output, at most 16 KiB:
//   {"Version": 1, "AccessKeyId": "…", "SecretAccessKey": "…", "SessionToken": "…", "Expiration": "2026-01-01T00:00:00Z"}
// the last two if there are any. What it writes to standard error goes nowhere, as there may be secrets in it.
// Errors: kInvalidArgument: the command is empty or has an open quote; kNotFound: there is no such program; and those that may pass:
//         kNetworkTimeout; kBadResponse: it ended with another exit status than 0, or printed something else. The message names the
//         program, never its arguments or what it printed.
// Source: AWS CLI user guide, "Sourcing credentials with an external process".
KVS_EXPORT std::unique_ptr<CredentialSource> MakeProcessCredentials(ProcessOptions options);

struct AssumeRoleOptions : AwsSourceOptions {
  // "arn:aws:iam::123456789012:role/camera"
  std::string role_arn;
  // 2 to 64 of [\w+=,.@-]. Empty: "kvs-" and the time.
  std::string session_name;
  std::string external_id;
  // How long the credentials are to live; not set: as the role says.
  std::optional<Duration> duration;
};

// AssumeRole of STS, signed with what `source` gives. The name tells both.
// Errors: of `source`, where kNoCredentials becomes kCredentialsRefused, as a role is configured; kInvalidArgument;
//         kCredentialsRefused, kThrottled, kServiceFailure, kBadResponse, and those of a connection.
// Source: AWS STS API reference.
KVS_EXPORT std::unique_ptr<CredentialSource> MakeAssumeRoleCredentials(AssumeRoleOptions options,
                                                                       std::unique_ptr<CredentialSource> source);

struct WebIdentityOptions : AwsSourceOptions {
  // Without role and file: AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_SESSION_NAME.
  std::string role_arn;
  std::string token_file;
  std::string session_name;
};

// AssumeRoleWithWebIdentity of STS, with the token in a file that is read at each Fetch: EKS and others rewrite it.
// Errors: kNoCredentials: no file is given; kInvalidArgument: no role is; kFileError; kServiceFailure: also when the provider of the
//         token could not be asked, or did not know it yet; else as MakeAssumeRoleCredentials.
KVS_EXPORT std::unique_ptr<CredentialSource> MakeWebIdentityCredentials(WebIdentityOptions options);

// Somebody who has logged in with "aws sso login".
struct SsoOptions : AwsSourceOptions {
  // The name of the sso-session in the configuration; empty: there is none, the token is that of the start URL.
  std::string session;
  std::string start_url;
  // Where the portal is.
  std::string sso_region;
  std::string account_id;
  std::string role_name;
};

// GetRoleCredentials of the SSO portal, with the token that the aws command line has left in ~/.aws/sso/cache. Of a session it is
// renewed when it is about to expire and there is a refresh token, and written back there, as the aws command line would.
// Errors: kInvalidArgument: a part is missing; kCredentialsRefused: nobody has logged in, or not lately, with what to run;
//         kFileError; else as MakeAssumeRoleCredentials.
// Source: AWS SDKs reference guide, "IAM Identity Center credential provider"; SSO portal and OIDC API references.
KVS_EXPORT std::unique_ptr<CredentialSource> MakeSsoCredentials(SsoOptions options);

// What the container's surroundings give (ECS, EKS pod identity, Greengrass): AWS_CONTAINER_CREDENTIALS_RELATIVE_URI at
// 169.254.170.2, else AWS_CONTAINER_CREDENTIALS_FULL_URI with https, a loopback address, 169.254.170.2, 169.254.170.23 or
// [fd00:ec2::23]. AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, read at each Fetch, else AWS_CONTAINER_AUTHORIZATION_TOKEN is sent along.
// Errors: kNoCredentials: neither URI is set; kInvalidArgument: another host, or a token that cannot be sent; kFileError; else as
//         MakeAssumeRoleCredentials.
// Source: AWS SDKs reference guide, "Container credential provider".
KVS_EXPORT std::unique_ptr<CredentialSource> MakeContainerCredentials(AwsSourceOptions options = {});

struct InstanceOptions : AwsSourceOptions {
  InstanceOptions() {
    // It is next door, or not there.
    connection_timeout = Duration::Seconds(1);
    completion_timeout = Duration::Seconds(2);
  }
  // Until it has answered once, that nobody answers means that this is no EC2 instance: kNoCredentials. For the end of a chain.
  bool may_be_elsewhere = false;
};

// The role of the EC2 instance, from its metadata service (IMDSv2 only: without a token nothing is asked). Not with
// AWS_EC2_METADATA_DISABLED=true. AWS_EC2_METADATA_SERVICE_ENDPOINT says where it is, or AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE
// (IPv4, IPv6). Never through a proxy.
// Errors: kNoCredentials: it is disabled, or the instance has no role; else as MakeAssumeRoleCredentials.
// Source: EC2 user guide, "Use IMDSv2", "Retrieve security credentials from instance metadata".
KVS_EXPORT std::unique_ptr<CredentialSource> MakeInstanceCredentials(InstanceOptions options = {});

// How a profile may say where credentials come from, in the order in which they are looked for.
enum class ProfilePart : std::uint8_t {
  kAssumeRole,       // role_arn with source_profile or credential_source
  kWebIdentity,      // role_arn with web_identity_token_file
  kSso,              // sso_session or sso_start_url, sso_account_id, sso_role_name
  kCredentialsFile,  // aws_access_key_id … in the credentials file
  kProcess,          // credential_process
  kConfigFile,       // aws_access_key_id … in the config file
};

struct ProfileOptions : AwsSourceOptions {
  // What of the profile is looked at. Empty: all.
  std::vector<ProfilePart> parts;
};

// A profile of ~/.aws/config and ~/.aws/credentials (AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE), read at each Fetch.
// The files' settings are those of the aws command line; what is not possible here is refused by name (mfa_serial).
// A credentials file that others can read is a warning in the log, once.
// Errors: kNoCredentials: the profile says nothing of credentials, or is "default", not asked for by name, and not there;
//         kInvalidArgument: a profile that is not there or contradicts itself, or a line that cannot be understood, with file and
//         line; kFileError; else those of the source that the profile names.
KVS_EXPORT std::unique_ptr<CredentialSource> MakeProfileCredentials(ProfileOptions options = {});

// The order of the aws command line:
//   1. AWS_ACCESS_KEY_ID, …           not when `profile` is given
//   2. the profile's role             role_arn with source_profile or credential_source
//   3. web identity                   AWS_ROLE_ARN, … (not when `profile` is given), then the profile's
//   4. the profile's SSO
//   5. the profile's keys in the credentials file
//   6. the profile's credential_process
//   7. the profile's keys in the config file
//   8. the container's
//   9. the instance's
// The first that is configured is used, and asked first from then on. Put it behind MakeCachedCredentials. `parts` is not used.
// Source: botocore/credentials.py, create_credential_resolver (without its /etc/boto.cfg and AWS_CREDENTIAL_FILE).
KVS_EXPORT std::unique_ptr<CredentialSource> MakeDefaultCredentials(const ProfileOptions& options = {});

// Whether there is something for that chain to ask, as far as can be seen without the network: a variable, a profile with something
// about credentials or a file that cannot be understood, or an EC2 instance by what it says of itself. For programs that want to
// say at once that there is nothing. Reads the files.
KVS_EXPORT bool MayHaveDefaultCredentials(const ProfileOptions& options);

// One source by name, for programs that let their users choose.
enum class CredentialSourceKind : std::uint8_t {
  kDefault,      // MakeDefaultCredentials
  kEnvironment,  // MakeEnvironmentCredentials
  kProfile,      // MakeProfileCredentials
  kProcess,      // credential_process of the profile
  kSso,          // SSO of the profile
  kWebIdentity,  // of the environment, else of the profile
  kContainer,    // MakeContainerCredentials
  kInstance,     // MakeInstanceCredentials
};

// "default", "environment", "profile", "process", "sso", "web-identity", "container", "imds".
KVS_EXPORT std::string_view CredentialSourceName(CredentialSourceKind kind);

// `parts` is not used.
KVS_EXPORT std::unique_ptr<CredentialSource> MakeCredentials(CredentialSourceKind kind, ProfileOptions options = {});

// That source, behind MakeCachedCredentials, and the same one for all of the process who ask for the same with the same variables
// set, for as long as one of them keeps it: a hundred streams ask once. It is not shared where a `reader` is given.
// Thread: any.
KVS_EXPORT std::shared_ptr<CredentialSource> SharedCredentials(CredentialSourceKind kind, ProfileOptions options = {});

// Asks one after the other. kNoCredentials moves on to the next; any other answer ends the search,
// as a source that is configured and broken is for the user to hear about. When all are exhausted:
// kNoCredentials with what each said. The one that
// gave some is asked first the next time, so that what comes before it is not asked again; its name is that of the chain from then on.
KVS_EXPORT std::unique_ptr<CredentialSource> MakeCredentialChain(
    std::vector<std::unique_ptr<CredentialSource>> sources);

struct CachedCredentialsOptions {
  // They are renewed when less than this is left of their life: a tenth of it, but within these
  // bounds. Source of the lower one: a call's connect (5 s) and completion (30 s) time plus 3 s.
  Duration refresh_before_min = Duration::Seconds(38);
  Duration refresh_before_max = Duration::Minutes(5);
  // Taken off the time of renewal. Give each process its own random value (0 .. a minute or so), so
  // that a fleet that was started together does not ask together.
  Duration jitter = Duration::Seconds(0);
  // After a failed renewal, wait this long before the next while the old ones are still good.
  Duration retry_after_failure = Duration::Seconds(10);
  // Many streams use it. What one of them was refused stays that of the others until the source has given others, for which it is
  // asked once in `retry_after_failure` at most; and a failure is everybody's answer for that long, so that they do not ask a
  // broken source one after the other.
  bool shared = false;
};

// Keeps what `source` gave and renews it before it expires: ahead of time when it was used since the last renewal
// (NetworkServices::After), else with the next use. Asks `source` once at a time, however
// many Fetch calls wait; while the old credentials are good they are answered when a renewal fails.
// Two clocks: expiry is wall time, as the service sees it; the time of renewal is monotonic, so
// that a wall clock that is set back does not put it off. Errors: of `source`; kCredentialsExpired:
// what it gave has already expired by this machine's clock.
KVS_EXPORT std::unique_ptr<CredentialSource> MakeCachedCredentials(
    std::unique_ptr<CredentialSource> source, CachedCredentialsOptions options = {});

}  // namespace kvs

#endif  // KVS_CREDENTIALS_H_
