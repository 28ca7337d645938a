#ifndef KVS_EXPORT_H_
#define KVS_EXPORT_H_

// Marks what libkvsproducer exports; everything else is hidden.
#define KVS_EXPORT __attribute__((visibility("default")))

#endif  // KVS_EXPORT_H_
