#include "ThreadSafeMap.h"

#include <map>
#include <string>

#include <gtest/gtest.h>

namespace {

using com::amazonaws::kinesis::video::ThreadSafeMap;

TEST(ThreadSafeMap, KeepsWhatWasPutLast) {
  ThreadSafeMap<int, std::string> map;
  EXPECT_FALSE(map.exists(1));
  EXPECT_EQ("", map.get(1));
  map.put(1, "one");
  map.put(1, "uno");
  EXPECT_TRUE(map.exists(1));
  EXPECT_EQ("uno", map.get(1));
  map.remove(1);
  map.remove(1);
  EXPECT_FALSE(map.exists(1));
}

TEST(ThreadSafeMap, HasAnOrderAndGivesCopies) {
  ThreadSafeMap<int, std::string> map;
  map.put(3, "three");
  map.put(2, "two");
  EXPECT_EQ("two", map.getAt(0));
  EXPECT_EQ("three", map.getAt(1));
  EXPECT_EQ("", map.getAt(2));
  std::map<int, std::string> copy = map.getMap();
  copy.clear();
  EXPECT_TRUE(map.exists(2));
}

}  // namespace
