// Every struct of Amazon's SDK has its members where programs expect them; 64 bits.
#include <cstddef>

#include <com/amazonaws/kinesis/video/cproducer/Include.h>

#define EXPECT_OFFSET(type, member, value) static_assert(offsetof(type, member) == (value), #type "::" #member)
#define EXPECT_SIZE(type, value) static_assert(sizeof(type) == (value), #type)

EXPECT_OFFSET(TrackVideoConfig, videoWidth, 0);
EXPECT_OFFSET(TrackVideoConfig, videoHeight, 2);
EXPECT_SIZE(TrackVideoConfig, 4);

EXPECT_OFFSET(TrackAudioConfig, samplingFrequency, 0);
EXPECT_OFFSET(TrackAudioConfig, channelConfig, 8);
EXPECT_OFFSET(TrackAudioConfig, bitDepth, 10);
EXPECT_SIZE(TrackAudioConfig, 16);

EXPECT_OFFSET(KvsRetryStrategy, pRetryStrategy, 0);
EXPECT_OFFSET(KvsRetryStrategy, pRetryStrategyConfig, 8);
EXPECT_OFFSET(KvsRetryStrategy, retryStrategyType, 16);
EXPECT_SIZE(KvsRetryStrategy, 24);

EXPECT_OFFSET(KvsRetryStrategyCallbacks, createRetryStrategyFn, 0);
EXPECT_OFFSET(KvsRetryStrategyCallbacks, getCurrentRetryAttemptNumberFn, 8);
EXPECT_OFFSET(KvsRetryStrategyCallbacks, freeRetryStrategyFn, 16);
EXPECT_OFFSET(KvsRetryStrategyCallbacks, executeRetryStrategyFn, 24);
EXPECT_SIZE(KvsRetryStrategyCallbacks, 32);

EXPECT_OFFSET(Tag, version, 0);
EXPECT_OFFSET(Tag, name, 8);
EXPECT_OFFSET(Tag, value, 16);
EXPECT_SIZE(Tag, 24);

EXPECT_OFFSET(TrackInfo, version, 0);
EXPECT_OFFSET(TrackInfo, trackId, 8);
EXPECT_OFFSET(TrackInfo, codecId, 16);
EXPECT_OFFSET(TrackInfo, trackName, 49);
EXPECT_OFFSET(TrackInfo, codecPrivateDataSize, 84);
EXPECT_OFFSET(TrackInfo, codecPrivateData, 88);
EXPECT_OFFSET(TrackInfo, trackType, 96);
EXPECT_OFFSET(TrackInfo, trackCustomData, 104);
EXPECT_SIZE(TrackInfo, 120);

EXPECT_OFFSET(StreamCaps, streamingType, 0);
EXPECT_OFFSET(StreamCaps, contentType, 4);
EXPECT_OFFSET(StreamCaps, adaptive, 136);
EXPECT_OFFSET(StreamCaps, maxLatency, 144);
EXPECT_OFFSET(StreamCaps, fragmentDuration, 152);
EXPECT_OFFSET(StreamCaps, keyFrameFragmentation, 160);
EXPECT_OFFSET(StreamCaps, frameTimecodes, 164);
EXPECT_OFFSET(StreamCaps, absoluteFragmentTimes, 168);
EXPECT_OFFSET(StreamCaps, fragmentAcks, 172);
EXPECT_OFFSET(StreamCaps, recoverOnError, 176);
EXPECT_OFFSET(StreamCaps, nalAdaptationFlags, 180);
EXPECT_OFFSET(StreamCaps, avgBandwidthBps, 184);
EXPECT_OFFSET(StreamCaps, frameRate, 188);
EXPECT_OFFSET(StreamCaps, bufferDuration, 192);
EXPECT_OFFSET(StreamCaps, replayDuration, 200);
EXPECT_OFFSET(StreamCaps, connectionStalenessDuration, 208);
EXPECT_OFFSET(StreamCaps, timecodeScale, 216);
EXPECT_OFFSET(StreamCaps, recalculateMetrics, 224);
EXPECT_OFFSET(StreamCaps, segmentUuid, 232);
EXPECT_OFFSET(StreamCaps, trackInfoList, 240);
EXPECT_OFFSET(StreamCaps, trackInfoCount, 248);
EXPECT_OFFSET(StreamCaps, frameOrderingMode, 252);
EXPECT_OFFSET(StreamCaps, storePressurePolicy, 256);
EXPECT_OFFSET(StreamCaps, viewOverflowPolicy, 260);
EXPECT_OFFSET(StreamCaps, allowStreamCreation, 264);
EXPECT_SIZE(StreamCaps, 272);

EXPECT_OFFSET(StorageInfo, version, 0);
EXPECT_OFFSET(StorageInfo, storageType, 4);
EXPECT_OFFSET(StorageInfo, storageSize, 8);
EXPECT_OFFSET(StorageInfo, spillRatio, 16);
EXPECT_OFFSET(StorageInfo, rootDirectory, 20);
EXPECT_SIZE(StorageInfo, 4120);

EXPECT_OFFSET(ClientInfo, version, 0);
EXPECT_OFFSET(ClientInfo, createClientTimeout, 8);
EXPECT_OFFSET(ClientInfo, createStreamTimeout, 16);
EXPECT_OFFSET(ClientInfo, stopStreamTimeout, 24);
EXPECT_OFFSET(ClientInfo, offlineBufferAvailabilityTimeout, 32);
EXPECT_OFFSET(ClientInfo, loggerLogLevel, 40);
EXPECT_OFFSET(ClientInfo, logMetric, 44);
EXPECT_OFFSET(ClientInfo, metricLoggingPeriod, 48);
EXPECT_OFFSET(ClientInfo, automaticStreamingFlags, 56);
EXPECT_OFFSET(ClientInfo, reservedCallbackPeriod, 64);
EXPECT_OFFSET(ClientInfo, kvsRetryStrategy, 72);
EXPECT_OFFSET(ClientInfo, kvsRetryStrategyCallbacks, 96);
EXPECT_OFFSET(ClientInfo, serviceCallCompletionTimeout, 128);
EXPECT_OFFSET(ClientInfo, serviceCallConnectionTimeout, 136);
EXPECT_SIZE(ClientInfo, 144);

EXPECT_OFFSET(StreamInfo, version, 0);
EXPECT_OFFSET(StreamInfo, name, 4);
EXPECT_OFFSET(StreamInfo, tagCount, 264);
EXPECT_OFFSET(StreamInfo, tags, 272);
EXPECT_OFFSET(StreamInfo, retention, 280);
EXPECT_OFFSET(StreamInfo, kmsKeyId, 288);
EXPECT_OFFSET(StreamInfo, streamCaps, 2344);
EXPECT_SIZE(StreamInfo, 2616);

EXPECT_OFFSET(DeviceInfo, version, 0);
EXPECT_OFFSET(DeviceInfo, name, 4);
EXPECT_OFFSET(DeviceInfo, tagCount, 136);
EXPECT_OFFSET(DeviceInfo, tags, 144);
EXPECT_OFFSET(DeviceInfo, storageInfo, 152);
EXPECT_OFFSET(DeviceInfo, streamCount, 4272);
EXPECT_OFFSET(DeviceInfo, clientId, 4276);
EXPECT_OFFSET(DeviceInfo, clientInfo, 4344);
EXPECT_SIZE(DeviceInfo, 4488);

EXPECT_OFFSET(FragmentAck, version, 0);
EXPECT_OFFSET(FragmentAck, ackType, 4);
EXPECT_OFFSET(FragmentAck, timestamp, 8);
EXPECT_OFFSET(FragmentAck, sequenceNumber, 16);
EXPECT_OFFSET(FragmentAck, result, 148);
EXPECT_SIZE(FragmentAck, 152);

EXPECT_OFFSET(ClientMetrics, version, 0);
EXPECT_OFFSET(ClientMetrics, clientAvgApiCallRetryCount, 8);
EXPECT_OFFSET(ClientMetrics, contentStoreSize, 16);
EXPECT_OFFSET(ClientMetrics, contentStoreAvailableSize, 24);
EXPECT_OFFSET(ClientMetrics, contentStoreAllocatedSize, 32);
EXPECT_OFFSET(ClientMetrics, totalContentViewsSize, 40);
EXPECT_OFFSET(ClientMetrics, totalFrameRate, 48);
EXPECT_OFFSET(ClientMetrics, totalTransferRate, 56);
EXPECT_OFFSET(ClientMetrics, totalElementaryFrameRate, 64);
EXPECT_SIZE(ClientMetrics, 72);

EXPECT_OFFSET(StreamMetrics, version, 0);
EXPECT_OFFSET(StreamMetrics, currentViewDuration, 8);
EXPECT_OFFSET(StreamMetrics, overallViewDuration, 16);
EXPECT_OFFSET(StreamMetrics, currentViewSize, 24);
EXPECT_OFFSET(StreamMetrics, overallViewSize, 32);
EXPECT_OFFSET(StreamMetrics, currentFrameRate, 40);
EXPECT_OFFSET(StreamMetrics, currentTransferRate, 48);
EXPECT_OFFSET(StreamMetrics, uptime, 56);
EXPECT_OFFSET(StreamMetrics, transferredBytes, 64);
EXPECT_OFFSET(StreamMetrics, totalSessions, 72);
EXPECT_OFFSET(StreamMetrics, totalActiveSessions, 80);
EXPECT_OFFSET(StreamMetrics, avgSessionDuration, 88);
EXPECT_OFFSET(StreamMetrics, bufferedAcks, 96);
EXPECT_OFFSET(StreamMetrics, receivedAcks, 104);
EXPECT_OFFSET(StreamMetrics, persistedAcks, 112);
EXPECT_OFFSET(StreamMetrics, errorAcks, 120);
EXPECT_OFFSET(StreamMetrics, droppedFrames, 128);
EXPECT_OFFSET(StreamMetrics, droppedFragments, 136);
EXPECT_OFFSET(StreamMetrics, skippedFrames, 144);
EXPECT_OFFSET(StreamMetrics, storagePressures, 152);
EXPECT_OFFSET(StreamMetrics, latencyPressures, 160);
EXPECT_OFFSET(StreamMetrics, bufferPressures, 168);
EXPECT_OFFSET(StreamMetrics, staleEvents, 176);
EXPECT_OFFSET(StreamMetrics, putFrameErrors, 184);
EXPECT_OFFSET(StreamMetrics, cplApiCallLatency, 192);
EXPECT_OFFSET(StreamMetrics, dataApiCallLatency, 200);
EXPECT_OFFSET(StreamMetrics, elementaryFrameRate, 208);
EXPECT_OFFSET(StreamMetrics, streamApiCallRetryCount, 216);
EXPECT_SIZE(StreamMetrics, 224);

EXPECT_OFFSET(StreamDescription, version, 0);
EXPECT_OFFSET(StreamDescription, deviceName, 4);
EXPECT_OFFSET(StreamDescription, streamName, 133);
EXPECT_OFFSET(StreamDescription, contentType, 390);
EXPECT_OFFSET(StreamDescription, updateVersion, 519);
EXPECT_OFFSET(StreamDescription, streamArn, 584);
EXPECT_OFFSET(StreamDescription, streamStatus, 2636);
EXPECT_OFFSET(StreamDescription, creationTime, 2640);
EXPECT_OFFSET(StreamDescription, retention, 2648);
EXPECT_OFFSET(StreamDescription, kmsKeyId, 2656);
EXPECT_SIZE(StreamDescription, 4712);

EXPECT_OFFSET(AuthInfo, version, 0);
EXPECT_OFFSET(AuthInfo, type, 4);
EXPECT_OFFSET(AuthInfo, data, 8);
EXPECT_OFFSET(AuthInfo, size, 10008);
EXPECT_OFFSET(AuthInfo, expiration, 10016);
EXPECT_SIZE(AuthInfo, 10024);

EXPECT_OFFSET(ServiceCallContext, version, 0);
EXPECT_OFFSET(ServiceCallContext, callAfter, 8);
EXPECT_OFFSET(ServiceCallContext, timeout, 16);
EXPECT_OFFSET(ServiceCallContext, customData, 24);
EXPECT_OFFSET(ServiceCallContext, pAuthInfo, 32);
EXPECT_OFFSET(ServiceCallContext, connectionTimeout, 40);
EXPECT_SIZE(ServiceCallContext, 48);

EXPECT_OFFSET(StreamEventMetadata, version, 0);
EXPECT_OFFSET(StreamEventMetadata, imagePrefix, 8);
EXPECT_OFFSET(StreamEventMetadata, numberOfPairs, 16);
EXPECT_OFFSET(StreamEventMetadata, names, 24);
EXPECT_OFFSET(StreamEventMetadata, values, 104);
EXPECT_SIZE(StreamEventMetadata, 184);

EXPECT_OFFSET(ClientCallbacks, version, 0);
EXPECT_OFFSET(ClientCallbacks, customData, 8);
EXPECT_OFFSET(ClientCallbacks, getCurrentTimeFn, 16);
EXPECT_OFFSET(ClientCallbacks, getRandomNumberFn, 24);
EXPECT_OFFSET(ClientCallbacks, createMutexFn, 32);
EXPECT_OFFSET(ClientCallbacks, lockMutexFn, 40);
EXPECT_OFFSET(ClientCallbacks, unlockMutexFn, 48);
EXPECT_OFFSET(ClientCallbacks, tryLockMutexFn, 56);
EXPECT_OFFSET(ClientCallbacks, freeMutexFn, 64);
EXPECT_OFFSET(ClientCallbacks, createConditionVariableFn, 72);
EXPECT_OFFSET(ClientCallbacks, signalConditionVariableFn, 80);
EXPECT_OFFSET(ClientCallbacks, broadcastConditionVariableFn, 88);
EXPECT_OFFSET(ClientCallbacks, waitConditionVariableFn, 96);
EXPECT_OFFSET(ClientCallbacks, freeConditionVariableFn, 104);
EXPECT_OFFSET(ClientCallbacks, getDeviceCertificateFn, 112);
EXPECT_OFFSET(ClientCallbacks, getSecurityTokenFn, 120);
EXPECT_OFFSET(ClientCallbacks, getDeviceFingerprintFn, 128);
EXPECT_OFFSET(ClientCallbacks, streamUnderflowReportFn, 136);
EXPECT_OFFSET(ClientCallbacks, storageOverflowPressureFn, 144);
EXPECT_OFFSET(ClientCallbacks, bufferDurationOverflowPressureFn, 152);
EXPECT_OFFSET(ClientCallbacks, streamLatencyPressureFn, 160);
EXPECT_OFFSET(ClientCallbacks, streamConnectionStaleFn, 168);
EXPECT_OFFSET(ClientCallbacks, droppedFrameReportFn, 176);
EXPECT_OFFSET(ClientCallbacks, droppedFragmentReportFn, 184);
EXPECT_OFFSET(ClientCallbacks, streamErrorReportFn, 192);
EXPECT_OFFSET(ClientCallbacks, fragmentAckReceivedFn, 200);
EXPECT_OFFSET(ClientCallbacks, streamDataAvailableFn, 208);
EXPECT_OFFSET(ClientCallbacks, streamReadyFn, 216);
EXPECT_OFFSET(ClientCallbacks, streamClosedFn, 224);
EXPECT_OFFSET(ClientCallbacks, createStreamFn, 232);
EXPECT_OFFSET(ClientCallbacks, describeStreamFn, 240);
EXPECT_OFFSET(ClientCallbacks, getStreamingEndpointFn, 248);
EXPECT_OFFSET(ClientCallbacks, getStreamingTokenFn, 256);
EXPECT_OFFSET(ClientCallbacks, putStreamFn, 264);
EXPECT_OFFSET(ClientCallbacks, tagResourceFn, 272);
EXPECT_OFFSET(ClientCallbacks, createDeviceFn, 280);
EXPECT_OFFSET(ClientCallbacks, deviceCertToTokenFn, 288);
EXPECT_OFFSET(ClientCallbacks, clientReadyFn, 296);
EXPECT_OFFSET(ClientCallbacks, logPrintFn, 304);
EXPECT_OFFSET(ClientCallbacks, clientShutdownFn, 312);
EXPECT_OFFSET(ClientCallbacks, streamShutdownFn, 320);
EXPECT_SIZE(ClientCallbacks, 328);

EXPECT_OFFSET(Frame, version, 0);
EXPECT_OFFSET(Frame, index, 4);
EXPECT_OFFSET(Frame, flags, 8);
EXPECT_OFFSET(Frame, decodingTs, 16);
EXPECT_OFFSET(Frame, presentationTs, 24);
EXPECT_OFFSET(Frame, duration, 32);
EXPECT_OFFSET(Frame, size, 40);
EXPECT_OFFSET(Frame, frameData, 48);
EXPECT_OFFSET(Frame, trackId, 56);
EXPECT_SIZE(Frame, 64);

EXPECT_OFFSET(EncodedFrameInfo, streamStartTs, 0);
EXPECT_OFFSET(EncodedFrameInfo, clusterPts, 8);
EXPECT_OFFSET(EncodedFrameInfo, clusterDts, 16);
EXPECT_OFFSET(EncodedFrameInfo, framePts, 24);
EXPECT_OFFSET(EncodedFrameInfo, frameDts, 32);
EXPECT_OFFSET(EncodedFrameInfo, duration, 40);
EXPECT_OFFSET(EncodedFrameInfo, dataOffset, 48);
EXPECT_OFFSET(EncodedFrameInfo, streamState, 52);
EXPECT_SIZE(EncodedFrameInfo, 56);

EXPECT_OFFSET(ExponentialBackoffRetryStrategyConfig, maxRetryCount, 0);
EXPECT_OFFSET(ExponentialBackoffRetryStrategyConfig, maxRetryWaitTime, 8);
EXPECT_OFFSET(ExponentialBackoffRetryStrategyConfig, retryFactorTime, 16);
EXPECT_OFFSET(ExponentialBackoffRetryStrategyConfig, minTimeToResetRetryState, 24);
EXPECT_OFFSET(ExponentialBackoffRetryStrategyConfig, jitterType, 32);
EXPECT_OFFSET(ExponentialBackoffRetryStrategyConfig, jitterFactor, 36);
EXPECT_SIZE(ExponentialBackoffRetryStrategyConfig, 40);

EXPECT_OFFSET(PlatformCallbacks, version, 0);
EXPECT_OFFSET(PlatformCallbacks, customData, 8);
EXPECT_OFFSET(PlatformCallbacks, getCurrentTimeFn, 16);
EXPECT_OFFSET(PlatformCallbacks, getRandomNumberFn, 24);
EXPECT_OFFSET(PlatformCallbacks, createMutexFn, 32);
EXPECT_OFFSET(PlatformCallbacks, lockMutexFn, 40);
EXPECT_OFFSET(PlatformCallbacks, unlockMutexFn, 48);
EXPECT_OFFSET(PlatformCallbacks, tryLockMutexFn, 56);
EXPECT_OFFSET(PlatformCallbacks, freeMutexFn, 64);
EXPECT_OFFSET(PlatformCallbacks, createConditionVariableFn, 72);
EXPECT_OFFSET(PlatformCallbacks, signalConditionVariableFn, 80);
EXPECT_OFFSET(PlatformCallbacks, broadcastConditionVariableFn, 88);
EXPECT_OFFSET(PlatformCallbacks, waitConditionVariableFn, 96);
EXPECT_OFFSET(PlatformCallbacks, freeConditionVariableFn, 104);
EXPECT_OFFSET(PlatformCallbacks, logPrintFn, 112);
EXPECT_OFFSET(PlatformCallbacks, freePlatformCallbacksFn, 120);
EXPECT_SIZE(PlatformCallbacks, 128);

EXPECT_OFFSET(ProducerCallbacks, version, 0);
EXPECT_OFFSET(ProducerCallbacks, customData, 8);
EXPECT_OFFSET(ProducerCallbacks, storageOverflowPressureFn, 16);
EXPECT_OFFSET(ProducerCallbacks, clientReadyFn, 24);
EXPECT_OFFSET(ProducerCallbacks, clientShutdownFn, 32);
EXPECT_OFFSET(ProducerCallbacks, freeProducerCallbacksFn, 40);
EXPECT_SIZE(ProducerCallbacks, 48);

EXPECT_OFFSET(StreamCallbacks, version, 0);
EXPECT_OFFSET(StreamCallbacks, customData, 8);
EXPECT_OFFSET(StreamCallbacks, streamUnderflowReportFn, 16);
EXPECT_OFFSET(StreamCallbacks, bufferDurationOverflowPressureFn, 24);
EXPECT_OFFSET(StreamCallbacks, streamLatencyPressureFn, 32);
EXPECT_OFFSET(StreamCallbacks, streamConnectionStaleFn, 40);
EXPECT_OFFSET(StreamCallbacks, droppedFrameReportFn, 48);
EXPECT_OFFSET(StreamCallbacks, droppedFragmentReportFn, 56);
EXPECT_OFFSET(StreamCallbacks, streamErrorReportFn, 64);
EXPECT_OFFSET(StreamCallbacks, fragmentAckReceivedFn, 72);
EXPECT_OFFSET(StreamCallbacks, streamDataAvailableFn, 80);
EXPECT_OFFSET(StreamCallbacks, streamReadyFn, 88);
EXPECT_OFFSET(StreamCallbacks, streamClosedFn, 96);
EXPECT_OFFSET(StreamCallbacks, streamShutdownFn, 104);
EXPECT_OFFSET(StreamCallbacks, freeStreamCallbacksFn, 112);
EXPECT_SIZE(StreamCallbacks, 120);

EXPECT_OFFSET(AuthCallbacks, version, 0);
EXPECT_OFFSET(AuthCallbacks, customData, 8);
EXPECT_OFFSET(AuthCallbacks, getSecurityTokenFn, 16);
EXPECT_OFFSET(AuthCallbacks, getDeviceCertificateFn, 24);
EXPECT_OFFSET(AuthCallbacks, deviceCertToTokenFn, 32);
EXPECT_OFFSET(AuthCallbacks, getDeviceFingerprintFn, 40);
EXPECT_OFFSET(AuthCallbacks, getStreamingTokenFn, 48);
EXPECT_OFFSET(AuthCallbacks, freeAuthCallbacksFn, 56);
EXPECT_SIZE(AuthCallbacks, 64);

EXPECT_OFFSET(ApiCallbacks, version, 0);
EXPECT_OFFSET(ApiCallbacks, customData, 8);
EXPECT_OFFSET(ApiCallbacks, createStreamFn, 16);
EXPECT_OFFSET(ApiCallbacks, describeStreamFn, 24);
EXPECT_OFFSET(ApiCallbacks, getStreamingEndpointFn, 32);
EXPECT_OFFSET(ApiCallbacks, putStreamFn, 40);
EXPECT_OFFSET(ApiCallbacks, tagResourceFn, 48);
EXPECT_OFFSET(ApiCallbacks, createDeviceFn, 56);
EXPECT_OFFSET(ApiCallbacks, freeApiCallbacksFn, 64);
EXPECT_SIZE(ApiCallbacks, 72);

EXPECT_OFFSET(AwsCredentials, version, 0);
EXPECT_OFFSET(AwsCredentials, size, 4);
EXPECT_OFFSET(AwsCredentials, accessKeyId, 8);
EXPECT_OFFSET(AwsCredentials, accessKeyIdLen, 16);
EXPECT_OFFSET(AwsCredentials, secretKey, 24);
EXPECT_OFFSET(AwsCredentials, secretKeyLen, 32);
EXPECT_OFFSET(AwsCredentials, sessionToken, 40);
EXPECT_OFFSET(AwsCredentials, sessionTokenLen, 48);
EXPECT_OFFSET(AwsCredentials, expiration, 56);
EXPECT_SIZE(AwsCredentials, 64);

EXPECT_OFFSET(AwsCredentialProvider, getCredentialsFn, 0);
EXPECT_SIZE(AwsCredentialProvider, 8);
