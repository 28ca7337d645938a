#ifndef KVS_DEFAULTDEVICEINFOPROVIDER_H_
#define KVS_DEFAULTDEVICEINFOPROVIDER_H_

#include <string>

#include "DeviceInfoProvider.h"

namespace com {
namespace amazonaws {
namespace kinesis {
namespace video {

// 256 MiB in memory, 16 streams, default time-outs, and the log level of the root logger. A subclass changes what it wants to.
class KVS_COMPAT_API DefaultDeviceInfoProvider : public DeviceInfoProvider {
 public:
  DefaultDeviceInfoProvider(const std::string& custom_useragent = "", const std::string& cert_path = "");
  ~DefaultDeviceInfoProvider() override;

  device_info_t getDeviceInfo() override;
  const std::string getCustomUserAgent() override;
  const std::string getCertPath() override;

 protected:
  device_info_t device_info_;
  std::string cert_path_;
  std::string custom_useragent_;
};

}  // namespace video
}  // namespace kinesis
}  // namespace amazonaws
}  // namespace com

#endif  // KVS_DEFAULTDEVICEINFOPROVIDER_H_
