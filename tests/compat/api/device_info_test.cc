#include <string>

#include <gtest/gtest.h>
#include <log4cplus/logger.h>
#include <log4cplus/loglevel.h>

#include "DefaultDeviceInfoProvider.h"

namespace {

using com::amazonaws::kinesis::video::DefaultDeviceInfoProvider;
using com::amazonaws::kinesis::video::DeviceInfoProvider;

class LeastProvider : public DeviceInfoProvider {
 public:
  device_info_t getDeviceInfo() override { return {}; }
};

TEST(DeviceInfoProvider, AddsNothingByItself) {
  LeastProvider provider;
  EXPECT_EQ("", provider.getCustomUserAgent());
  EXPECT_EQ("", provider.getCertPath());
}

TEST(DefaultDeviceInfoProvider, HasTheDefaultsOfAmazonsSdk) {
  DefaultDeviceInfoProvider provider;
  const DeviceInfo info = provider.getDeviceInfo();
  EXPECT_EQ(1U, info.version);
  EXPECT_STREQ("Kinesis_Video_Device", info.name);
  EXPECT_EQ(0U, info.tagCount);
  EXPECT_EQ(nullptr, info.tags);
  EXPECT_EQ(DEVICE_STORAGE_TYPE_IN_MEM, info.storageInfo.storageType);
  EXPECT_EQ(256U * 1024 * 1024, info.storageInfo.storageSize);
  EXPECT_STREQ("/tmp", info.storageInfo.rootDirectory);
  EXPECT_EQ(16U, info.streamCount);
  EXPECT_EQ(3U, info.clientInfo.version);
  EXPECT_EQ(0U, info.clientInfo.createClientTimeout);
  EXPECT_EQ(0U, info.clientInfo.createStreamTimeout);
  EXPECT_EQ(0U, info.clientInfo.stopStreamTimeout);
  EXPECT_EQ(0U, info.clientInfo.offlineBufferAvailabilityTimeout);
  EXPECT_EQ(0U, info.clientInfo.serviceCallCompletionTimeout);
  EXPECT_EQ(0U, info.clientInfo.serviceCallConnectionTimeout);
  EXPECT_EQ(AUTOMATIC_STREAMING_INTERMITTENT_PRODUCER, info.clientInfo.automaticStreamingFlags);
}

TEST(DefaultDeviceInfoProvider, TakesItsArguments) {
  DefaultDeviceInfoProvider provider("agent", "/ca.pem");
  EXPECT_EQ("agent", provider.getCustomUserAgent());
  EXPECT_EQ("/ca.pem", provider.getCertPath());
}

TEST(DefaultDeviceInfoProvider, TheLogLevelIsThatOfTheRootLogger) {
  log4cplus::Logger root = log4cplus::Logger::getRoot();
  const log4cplus::LogLevel before = root.getLogLevel();
  root.setLogLevel(log4cplus::ERROR_LOG_LEVEL);
  EXPECT_EQ(LOG_LEVEL_ERROR, DefaultDeviceInfoProvider().getDeviceInfo().clientInfo.loggerLogLevel);
  root.setLogLevel(log4cplus::TRACE_LOG_LEVEL);
  EXPECT_EQ(LOG_LEVEL_VERBOSE, DefaultDeviceInfoProvider().getDeviceInfo().clientInfo.loggerLogLevel);
  root.setLogLevel(log4cplus::OFF_LOG_LEVEL);
  EXPECT_EQ(LOG_LEVEL_SILENT, DefaultDeviceInfoProvider().getDeviceInfo().clientInfo.loggerLogLevel);
  root.setLogLevel(log4cplus::ALL_LOG_LEVEL + 1);
  EXPECT_EQ(LOG_LEVEL_INFO, DefaultDeviceInfoProvider().getDeviceInfo().clientInfo.loggerLogLevel);
  root.setLogLevel(before);
}

}  // namespace
