// A program's standard streams and files, where some were closed before it began, or cannot take what is written. For main(), one thread.
#pragma once

namespace lath {

// Before anything else is opened: puts a file that cannot be used in the place of each stream that is closed, so that no socket of ours
// takes its number, and what is printed there fails instead of going to a peer.
void hold_standard_streams();

// A file, or a shared memory of UCX's, that would pass the limit of the size of files (ulimit -f) fails with EFBIG, which is told as any
// error, instead of ending the program by SIGXFSZ.
void outlive_file_size_limit();

// Last: whether all that was printed to standard output has left. If not, `program` says so on standard error, once.
bool finish_standard_output(const char* program);

}  // namespace lath
