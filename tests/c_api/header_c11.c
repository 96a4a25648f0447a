/* lath.h is C11: every type and macro of it used once, compiled as strict C. */
#include "lath/lath.h"

lath_status lath_test_in_c(lath_store* store, int64_t* steps) {
  lath_options options = LATH_OPTIONS_INIT;
  lath_session_options settings = LATH_SESSION_OPTIONS_INIT;
  lath_session* session = NULL;
  lath_status status = options.size == sizeof(lath_options) ? lath_session_open(store, &settings, &session) : LATH_E_INTERNAL;
  if (status == LATH_OK) status = lath_counter_add(session, "steps", 5, 3, LATH_SECONDS(10));
  if (status == LATH_OK) status = lath_counter_get(session, "steps", 5, steps, LATH_FOREVER);
  lath_session_close(session);
  return status;
}
