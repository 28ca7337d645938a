#include "pic/stream/pressure.h"

namespace kvs {

bool PressureSwitch::Update(double level) {
  const bool now = on_ ? level > levels_.off : level >= levels_.on;
  const bool changed = now != on_;
  on_ = now;
  return changed;
}

}  // namespace kvs
