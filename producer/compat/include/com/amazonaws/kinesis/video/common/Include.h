#ifndef KVS_COM_AMAZONAWS_KINESIS_VIDEO_COMMON_INCLUDE_H_
#define KVS_COM_AMAZONAWS_KINESIS_VIDEO_COMMON_INCLUDE_H_

#include "com/amazonaws/kinesis/video/client/Include.h"

// Credentials, and the names that all programs share.

#ifdef __cplusplus
extern "C" {
#endif

#define AWS_CREDENTIALS_CURRENT_VERSION 0

#define MAX_REGION_NAME_LEN 128
#define MAX_USER_AGENT_LEN 256
#define MAX_CUSTOM_USER_AGENT_NAME_LEN 128
#define MAX_CUSTOM_USER_AGENT_NAME_POSTFIX_LEN 32
#define MAX_ROLE_ALIAS_LEN 128
#define MAX_IOT_THING_NAME_LEN 128
#define MAX_CREDENTIAL_FILE_LEN MAX_AUTH_LEN

#define DEFAULT_AWS_REGION ((PCHAR) "us-west-2")
#define DEFAULT_USER_AGENT_NAME ((PCHAR) "AWS-SDK-KVS")

// Credentials that live shorter are refused; of longer ones so much is used.
#define MIN_STREAMING_TOKEN_EXPIRATION_DURATION (30 * HUNDREDS_OF_NANOS_IN_A_SECOND)
#define MAX_ENFORCED_TOKEN_EXPIRATION_DURATION (40 * HUNDREDS_OF_NANOS_IN_A_MINUTE)

// Variables of the environment that programs read; the library itself does not.
#define ACCESS_KEY_ENV_VAR ((PCHAR) "AWS_ACCESS_KEY_ID")
#define SECRET_KEY_ENV_VAR ((PCHAR) "AWS_SECRET_ACCESS_KEY")
#define SESSION_TOKEN_ENV_VAR ((PCHAR) "AWS_SESSION_TOKEN")
#define DEFAULT_REGION_ENV_VAR ((PCHAR) "AWS_DEFAULT_REGION")
#define CACERT_PATH_ENV_VAR ((PCHAR) "AWS_KVS_CACERT_PATH")
#define DEBUG_LOG_LEVEL_ENV_VAR ((PCHAR) "AWS_KVS_LOG_LEVEL")

typedef enum {
  HTTP_REQUEST_VERB_GET = 0,
  HTTP_REQUEST_VERB_POST = 1,
  HTTP_REQUEST_VERB_PUT = 2,
} HTTP_REQUEST_VERB;

typedef enum {
  SSL_CERTIFICATE_TYPE_NOT_SPECIFIED = 0,
  SSL_CERTIFICATE_TYPE_DER = 1,
  SSL_CERTIFICATE_TYPE_PEM = 2,
  SSL_CERTIFICATE_TYPE_ENG = 3,
} SSL_CERTIFICATE_TYPE;

// What is handed down as a security token: one block of `size` bytes, the strings, each with a
// final NUL that its length does not count, behind it.
typedef struct __AwsCredentials {
  UINT32 version;
  UINT32 size;
  PCHAR accessKeyId;
  UINT32 accessKeyIdLen;
  PCHAR secretKey;
  UINT32 secretKeyLen;
  PCHAR sessionToken;
  UINT32 sessionTokenLen;
  UINT64 expiration;
} AwsCredentials, *PAwsCredentials;

typedef struct __AwsCredentialProvider AwsCredentialProvider, *PAwsCredentialProvider;
typedef STATUS (*GetCredentialsFunc)(PAwsCredentialProvider, PAwsCredentials*);

struct __AwsCredentialProvider {
  GetCredentialsFunc getCredentialsFn;
};

#ifdef __cplusplus
}
#endif

#endif  // KVS_COM_AMAZONAWS_KINESIS_VIDEO_COMMON_INCLUDE_H_
