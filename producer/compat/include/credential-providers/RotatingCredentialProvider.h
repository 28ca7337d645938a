#ifndef KVS_CREDENTIAL_PROVIDERS_ROTATINGCREDENTIALPROVIDER_H_
#define KVS_CREDENTIAL_PROVIDERS_ROTATINGCREDENTIALPROVIDER_H_

// Where programs with a folder credential-providers/ among their include paths look for it.
#include "../RotatingCredentialProvider.h"

#endif  // KVS_CREDENTIAL_PROVIDERS_ROTATINGCREDENTIALPROVIDER_H_
