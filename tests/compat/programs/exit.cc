// A program whose stream is stopped by the destructor of a static object: the library has ended its threads by then. Run, it exits at
// once.
#include "KinesisVideoProducer.h"

using namespace std;
using namespace com::amazonaws::kinesis::video;

namespace {

struct Camera {
  unique_ptr<KinesisVideoProducer> producer;
  shared_ptr<KinesisVideoStream> stream;

  ~Camera() {
    stream->stopSync();
    producer->freeStream(stream);
  }
};

// Made before the first client, and so destroyed after what the library does at the end.
Camera camera;

}  // namespace

int main() {
  // Nobody answers there.
  camera.producer = KinesisVideoProducer::createSync(
      unique_ptr<DeviceInfoProvider>(new DefaultDeviceInfoProvider()), nullptr, nullptr,
      unique_ptr<CredentialProvider>(new StaticCredentialProvider(Credentials("access", "secret"))), API_CALL_CACHE_TYPE_NONE,
      "us-west-2", "http://127.0.0.1:9");
  camera.stream = camera.producer->createStream(
      unique_ptr<StreamDefinition>(new StreamDefinition("door", chrono::hours(2))));
  return 0;
}
