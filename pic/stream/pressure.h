#ifndef KVS_PIC_STREAM_PRESSURE_H_
#define KVS_PIC_STREAM_PRESSURE_H_

namespace kvs {

// Tells when a level gets high and when it is low again, once each: between the two thresholds nothing changes, so that a level
// that trembles at one of them is not told over and over.
class PressureSwitch {
 public:
  struct Levels {
    double on = 0.95;
    double off = 0.80;
  };
  PressureSwitch() = default;
  explicit PressureSwitch(Levels levels) : levels_(levels) {}

  // Whether this level changes it.
  bool Update(double level);
  bool on() const { return on_; }

 private:
  Levels levels_;
  bool on_ = false;
};

}  // namespace kvs

#endif  // KVS_PIC_STREAM_PRESSURE_H_
