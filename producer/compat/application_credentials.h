#ifndef KVS_PRODUCER_COMPAT_APPLICATION_CREDENTIALS_H_
#define KVS_PRODUCER_COMPAT_APPLICATION_CREDENTIALS_H_

#include <functional>
#include <memory>

#include "kvs/credentials.h"
#include "pic/base/mutex.h"

#include "com/amazonaws/kinesis/video/cproducer/Include.h"

namespace kvs::compat {

// Asks the program for credentials. That may take its time, so each question has a thread of its own, and no lock is held.
class ApplicationCredentials : public std::enable_shared_from_this<ApplicationCredentials> {
 public:
  // `renew`: the last ones were refused. May throw.
  using Question = std::function<Result<Credentials>(bool renew)>;
  explicit ApplicationCredentials(Question question) : question_(std::move(question)) {}

  // Asks on the thread of the caller.
  // Errors: kCredentialsExpired: it gave none, or such that cannot be used. It may know better the next time.
  Result<Credentials> AskHere(bool renew);
  // A source that asks on threads of its own, one question at a time, and keeps the answer until shortly before it expires.
  std::unique_ptr<CredentialSource> MakeSource();
  // Returns when no question is being answered any more, unless it is called from within one. From then on none is asked, as what
  // would answer may not be there any more.
  void Close();

 private:
  class Source;
  void AskBehind(bool renew, NetworkServices& net, CredentialsCallback done);

  const Question question_;
  Mutex mutex_;
  Condition changed_;
  int asking_ KVS_GUARDED_BY(mutex_) = 0;
  bool closed_ KVS_GUARDED_BY(mutex_) = false;
};

// The credentials in an AwsCredentials block, or in a copy of one, as a GetSecurityTokenFunc hands it out; `expiration` in units of
// 100 ns.
// Errors: kNoCredentials: no such block.
Result<Credentials> ReadSecurityToken(PBYTE token, UINT32 size, UINT64 expiration);

// Seconds since 1970; none where that is so far away that it means never.
std::optional<WallTime> ToExpiration(UINT64 seconds);

}  // namespace kvs::compat

#endif  // KVS_PRODUCER_COMPAT_APPLICATION_CREDENTIALS_H_
