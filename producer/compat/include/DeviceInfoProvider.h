#ifndef KVS_DEVICEINFOPROVIDER_H_
#define KVS_DEVICEINFOPROVIDER_H_

#include <string>

#include "com/amazonaws/kinesis/video/cproducer/Include.h"

namespace com {
namespace amazonaws {
namespace kinesis {
namespace video {

// What a client is made of: how much it may hold, how long it waits.
class KVS_COMPAT_API DeviceInfoProvider {
 public:
  using device_info_t = DeviceInfo;

  virtual ~DeviceInfoProvider();

  virtual device_info_t getDeviceInfo() = 0;
  // Added to the User-Agent; empty: nothing.
  virtual const std::string getCustomUserAgent() { return ""; }
  // A CA file or a folder of them; empty: the system's.
  virtual const std::string getCertPath() { return ""; }
};

}  // namespace video
}  // namespace kinesis
}  // namespace amazonaws
}  // namespace com

#endif  // KVS_DEVICEINFOPROVIDER_H_
