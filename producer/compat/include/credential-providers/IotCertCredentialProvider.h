#ifndef KVS_CREDENTIAL_PROVIDERS_IOTCERTCREDENTIALPROVIDER_H_
#define KVS_CREDENTIAL_PROVIDERS_IOTCERTCREDENTIALPROVIDER_H_

// Where programs with a folder credential-providers/ among their include paths look for it.
#include "../IotCertCredentialProvider.h"

#endif  // KVS_CREDENTIAL_PROVIDERS_IOTCERTCREDENTIALPROVIDER_H_
