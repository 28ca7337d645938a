#include "producer/log/log4cplus_module.h"

#include "kvs/logging.h"
#include "kvs/version.h"
#include "producer/log/log4cplus_file.h"

// Its name is kLog4cplusModuleSymbol.
// NOLINTNEXTLINE(readability-identifier-naming): the same
extern "C" __attribute__((visibility("default"))) const kvs::log::Log4cplusModule kvs_log4cplus_module;

const kvs::log::Log4cplusModule kvs_log4cplus_module = {KVS_VERSION_STRING, &kvs::MakeLog4cplusSink, &kvs::MakeLog4cplusFileSink,
                                                        &kvs::log::CloseFileSinks};
