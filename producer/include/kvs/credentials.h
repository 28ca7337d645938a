#ifndef KVS_CREDENTIALS_H_
#define KVS_CREDENTIALS_H_

#include <cstddef>
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
  // The service has refused what was given last (expired, revoked): whatever is kept is to be
  // forgotten.
  virtual void Invalidate() {}
  // Who is to hear of renewals, from now on and for as long as it exists. Sources that keep nothing renew nothing.
  virtual void Observe(std::weak_ptr<CredentialsObserver> /*observer*/) {}
};

// Always the same. The answer to invalid ones (see Validate) is that error.
KVS_EXPORT std::unique_ptr<CredentialSource> MakeStaticCredentials(Credentials credentials);

// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, if there, AWS_SESSION_TOKEN; read at every Fetch.
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
KVS_EXPORT std::unique_ptr<CredentialSource> MakeFileCredentials(std::string path,
                                                                 FileReader reader = {});

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

// Asks one after the other. kNoCredentials moves on to the next; any other answer ends the search,
// as a source that is configured and broken is for the user to hear about. When all are exhausted:
// kNoCredentials with what each said.
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
