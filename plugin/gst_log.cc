#include "plugin/gst_log.h"

#include <array>
#include <mutex>
#include <shared_mutex>
#include <string_view>
#include <utility>

namespace kvs::plugin {
namespace {

struct Component {
  const char* name;
  const char* description;
};
constexpr std::array kComponents = {
    Component{"kvs-stream", "Kinesis Video: streams, buffering and recovery"},
    Component{"kvs-net", "Kinesis Video: connections and service calls"},
    Component{"kvs-auth", "Kinesis Video: credentials and signatures"},
    Component{"kvs-mkv", "Kinesis Video: the container"},
};

GstDebugCategory* NewCategory(const char* name, const char* description) {
  GstDebugCategory* category = nullptr;
  GST_DEBUG_CATEGORY_INIT(category, name, 0, description);
  return category;
}

GstDebugLevel LevelOf(LogLevel level) {
  switch (level) {
    case LogLevel::kError:
      return GST_LEVEL_ERROR;
    case LogLevel::kWarn:
      return GST_LEVEL_WARNING;
    case LogLevel::kInfo:
      return GST_LEVEL_INFO;
    case LogLevel::kDebug:
      return GST_LEVEL_DEBUG;
    case LogLevel::kTrace:
      return GST_LEVEL_LOG;
  }
  return GST_LEVEL_LOG;
}

class GstLogSink final : public LogSink {
 public:
  GstLogSink() {
    for (std::size_t i = 0; i < kComponents.size(); ++i) {
      categories_[i] = NewCategory(kComponents[i].name, kComponents[i].description);
    }
  }

  bool Enabled(LogLevel level, std::string_view component) const override {
    const std::shared_lock lock(mutex_);
    return users_ > 0 && LevelOf(level) <= gst_debug_category_get_threshold(CategoryOf(component));
  }

  void Write(const LogRecord& record) override {
    const std::shared_lock lock(mutex_);
    if (users_ == 0) {
      return;
    }
    const auto stream_size = static_cast<int>(record.stream.size());
    const auto message_size = static_cast<int>(record.message.size());
    gst_debug_log(CategoryOf(record.component), LevelOf(record.level), "kvs", "", 0, nullptr,
                  "%.*s%s%.*s", stream_size, record.stream.data(), stream_size > 0 ? ": " : "",
                  message_size, record.message.data());
  }

  void AddUser() {
    const std::unique_lock lock(mutex_);
    ++users_;
  }

  void RemoveUser() {
    const std::unique_lock lock(mutex_);
    --users_;
  }

 private:
  GstDebugCategory* CategoryOf(std::string_view component) const {
    for (std::size_t i = 0; i < kComponents.size(); ++i) {
      if (component == kComponents[i].name) {
        return categories_[i];
      }
    }
    return SinkCategory();
  }

  std::array<GstDebugCategory*, kComponents.size()> categories_{};
  // Shared while a record is written, so that the last user leaves only when no thread is inside GStreamer.
  mutable std::shared_mutex mutex_;
  int users_ = 0;
};

class Tee final : public LogSink {
 public:
  Tee(std::shared_ptr<LogSink> first, std::shared_ptr<LogSink> second)
      : sinks_{std::move(first), std::move(second)} {}

  bool Enabled(LogLevel level, std::string_view component) const override {
    return sinks_[0]->Enabled(level, component) || sinks_[1]->Enabled(level, component);
  }

  void Write(const LogRecord& record) override {
    for (const std::shared_ptr<LogSink>& sink : sinks_) {
      if (sink->Enabled(record.level, record.component)) {
        sink->Write(record);
      }
    }
  }

 private:
  const std::array<std::shared_ptr<LogSink>, 2> sinks_;
};

// Never destroyed: a thread that tells something may be the last to let an element go, when the process is ending already.
const std::shared_ptr<GstLogSink>& TheSink() {
  static const auto* const kSink = new std::shared_ptr<GstLogSink>(std::make_shared<GstLogSink>());
  return *kSink;
}

}  // namespace

GstDebugCategory* SinkCategory() {
  static GstDebugCategory* const kCategory = NewCategory("kvssink", "Sink to Kinesis Video Streams");
  return kCategory;
}

std::shared_ptr<LogSink> SharedGstLogSink() { return TheSink(); }

std::shared_ptr<LogSink> MakeTee(std::shared_ptr<LogSink> first, std::shared_ptr<LogSink> second) {
  return std::make_shared<Tee>(std::move(first), std::move(second));
}

GstLogUser::GstLogUser() { TheSink()->AddUser(); }

GstLogUser::~GstLogUser() { TheSink()->RemoveUser(); }

}  // namespace kvs::plugin
