#ifndef KVS_EMULATOR_SERVER_GIVEN_TOKENS_H_
#define KVS_EMULATOR_SERVER_GIVEN_TOKENS_H_

#include <map>
#include <set>
#include <string>

#include "emulator/model/time.h"

namespace kvs::emulator {

// What the credentials endpoint has given besides credentials, and has to know again.
struct GivenTokens {
  std::map<std::string, Time> imds;               // sessions of IMDSv2, until when they are good
  std::map<std::string, Time> sso;                // access tokens, the same
  std::set<std::string> sso_refresh;              // what a new access token is given for
  std::map<std::string, std::string> role_arns;  // who an access key is that STS gave
};

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_SERVER_GIVEN_TOKENS_H_
