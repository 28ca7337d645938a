#include "DefaultDeviceInfoProvider.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "producer/compat/log_print.h"

namespace com::amazonaws::kinesis::video {
namespace {

constexpr std::string_view kDeviceName = "Kinesis_Video_Device";
constexpr std::string_view kStorageFolder = "/tmp";  // never used: frames are kept in memory
constexpr UINT64 kStorageBytes = UINT64{256} << 20;
constexpr UINT32 kStreamCount = 16;

}  // namespace

DefaultDeviceInfoProvider::DefaultDeviceInfoProvider(const std::string& custom_useragent, const std::string& cert_path)
    : device_info_(), cert_path_(cert_path), custom_useragent_(custom_useragent) {
  device_info_.version = DEVICE_INFO_CURRENT_VERSION;
  std::copy(kDeviceName.begin(), kDeviceName.end(), std::begin(device_info_.name));
  device_info_.streamCount = kStreamCount;

  StorageInfo& storage = device_info_.storageInfo;
  storage.version = STORAGE_INFO_CURRENT_VERSION;
  storage.storageType = DEVICE_STORAGE_TYPE_IN_MEM;
  storage.storageSize = kStorageBytes;
  std::copy(kStorageFolder.begin(), kStorageFolder.end(), std::begin(storage.rootDirectory));

  // All time-outs are 0, the default.
  ClientInfo& client = device_info_.clientInfo;
  client.version = CLIENT_INFO_CURRENT_VERSION;
  client.loggerLogLevel = RootLogLevel();
  client.logMetric = TRUE;
  client.automaticStreamingFlags = AUTOMATIC_STREAMING_INTERMITTENT_PRODUCER;
}

DefaultDeviceInfoProvider::~DefaultDeviceInfoProvider() = default;

DeviceInfoProvider::device_info_t DefaultDeviceInfoProvider::getDeviceInfo() { return device_info_; }

const std::string DefaultDeviceInfoProvider::getCustomUserAgent() { return custom_useragent_; }

const std::string DefaultDeviceInfoProvider::getCertPath() { return cert_path_; }

}  // namespace com::amazonaws::kinesis::video
