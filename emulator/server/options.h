#ifndef KVS_EMULATOR_SERVER_OPTIONS_H_
#define KVS_EMULATOR_SERVER_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "emulator/model/faults.h"
#include "emulator/model/local_service.h"

namespace kvs::emulator {

// What the command line says; emulator/README.md explains each option.
struct Options {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::string port_file;
  std::string data_dir;
  bool keep_sessions = false;
  std::string events_file;
  std::vector<std::pair<std::string, std::int64_t>> streams;  // name, retention hours
  bool region_given = false;

  std::string access_key = "AKIDLOCALKVSEXAMPLE1";
  std::string secret_key = "kvslocalSecretKeyForTestsOnly0000EXAMPLE1";
  std::string session_token;
  std::vector<std::string> credentials;  // ID:SECRET[:TOKEN[:DURATION]]
  bool no_auth = false;

  bool tls = false;
  std::string certificate_file;
  std::string key_file;
  std::string tls_dir;

  std::optional<std::uint16_t> iot_port;  // of the credentials endpoint of AWS IoT; none: there is none
  std::string iot_client_ca;              // who certifies devices; empty: an authority is made, and a device
  std::string iot_role_alias;             // the one there is; empty: any
  std::string iot_thing;                  // the one that the certificate belongs to; empty: any
  Duration iot_credential_life = std::chrono::hours(1);

  std::optional<std::uint16_t> credentials_port;  // of STS, IMDS, SSO and containers; none: they are not there
  Duration credentials_life = std::chrono::hours(1);
  std::string credentials_role;  // the one there is; empty: any
  std::string sts_external_id;   // that AssumeRole needs; empty: none
  std::string web_identity_token = "kvslocalWebIdentityToken";
  Duration imds_token_life = std::chrono::hours(6);
  std::string sso_token = "kvslocalSsoAccessToken";
  std::string sso_refresh_token = "kvslocalSsoRefreshToken";
  Duration sso_token_life = std::chrono::hours(8);
  std::string container_token;  // that containers have to show; empty: none

  std::uint64_t receive_buffer = 0;  // of each socket; 0: the system's choice
  ServiceConfig service;
  std::vector<Fault> faults;

  bool help = false;
  bool version = false;
};

// Reads the arguments after the program's name. Answers what is wrong; empty when nothing is.
std::string ParseOptions(const std::vector<std::string>& arguments, Options* options);

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_SERVER_OPTIONS_H_
