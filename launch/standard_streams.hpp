// A program's standard streams, where some were closed before it began, or cannot take what is written. For main(), one thread.
#pragma once

namespace lath {

// Before anything else is opened: puts a file that cannot be used in the place of each stream that is closed, so that no socket of ours
// takes its number, and what is printed there fails instead of going to a peer.
void hold_standard_streams();

// Last: whether all that was printed to standard output has left. If not, `program` says so on standard error, once.
bool finish_standard_output(const char* program);

}  // namespace lath
