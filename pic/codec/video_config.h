#ifndef KVS_PIC_CODEC_VIDEO_CONFIG_H_
#define KVS_PIC_CODEC_VIDEO_CONFIG_H_

#include "kvs/status.h"
#include "pic/codec/h264.h"
#include "pic/codec/h265.h"
#include "pic/codec/nal.h"
#include "pic/codec/parameter_sets.h"

namespace kvs::codec {

// H264ConfigFromCodecData() or H265ConfigFromCodecData().
inline Result<VideoConfig> VideoConfigFromCodecData(VideoCodec codec, Bytes codec_data,
                                                    ParameterSets* sets) {
  return codec == VideoCodec::kH264 ? H264ConfigFromCodecData(codec_data, sets)
                                    : H265ConfigFromCodecData(codec_data, sets);
}

// H264ConfigFromSets() or H265ConfigFromSets(), by sets.codec().
inline Result<VideoConfig> VideoConfigFromSets(const ParameterSets& sets) {
  return sets.codec() == VideoCodec::kH264 ? H264ConfigFromSets(sets) : H265ConfigFromSets(sets);
}

}  // namespace kvs::codec

#endif  // KVS_PIC_CODEC_VIDEO_CONFIG_H_
