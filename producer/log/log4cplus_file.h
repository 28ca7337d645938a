#ifndef KVS_PRODUCER_LOG_LOG4CPLUS_FILE_H_
#define KVS_PRODUCER_LOG_LOG4CPLUS_FILE_H_

namespace kvs::log {

// Flushes and closes what the sinks of MakeLog4cplusFileSink write to; nothing is written after it. For the end of the process,
// before log4cplus itself is taken down. Thread: any.
void CloseFileSinks();

}  // namespace kvs::log

#endif  // KVS_PRODUCER_LOG_LOG4CPLUS_FILE_H_
