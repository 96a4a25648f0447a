/* Somebody else's use of UCX in the same process, as an application's MPI has it: in a library that is not ours. */
#include <ucs/debug/log_def.h>

unsigned foreign_complaint(void);

/* Gives the number of handlers, so that the complaint is no tail call: it would be made by the caller then. */
unsigned foreign_complaint(void) {
  ucs_log_dispatch("their.c", 7, __func__, UCS_LOG_LEVEL_WARN, &ucs_global_opts.log_component, "a complaint of theirs");
  return ucs_log_num_handlers();
}
