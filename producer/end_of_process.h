#ifndef KVS_PRODUCER_END_OF_PROCESS_H_
#define KVS_PRODUCER_END_OF_PROCESS_H_

namespace kvs {

// At the normal end of the process what was stopped is sent, then the threads end and log files are closed, before the libraries that
// do this are taken down. To be called once after each of them was initialised: handlers of the end run in reverse order. Thread: any.
void FinishBeforeLibraries();

}  // namespace kvs

#endif  // KVS_PRODUCER_END_OF_PROCESS_H_
