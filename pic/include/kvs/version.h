#ifndef KVS_VERSION_H_
#define KVS_VERSION_H_

// Same as project(VERSION) in CMakeLists.txt; tests/purity compares the two.
#define KVS_VERSION_STRING "0.1.0"

#endif  // KVS_VERSION_H_
