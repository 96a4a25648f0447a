/* Whether what Fortran declares is what the C headers initialise. */
#include <lath/lath.h>

int lath_test_defaults(const lath_options* options, const lath_session_options* session_options);

int lath_test_defaults(const lath_options* options, const lath_session_options* session_options) {
  const lath_options o = LATH_OPTIONS_INIT;
  const lath_session_options s = LATH_SESSION_OPTIONS_INIT;
  return options->size == o.size && options->config_file == o.config_file && options->key_file == o.key_file &&
         options->shards == o.shards && options->cpus == o.cpus && options->memory_bytes == o.memory_bytes &&
         options->replication_nodes == o.replication_nodes && options->replication_shards == o.replication_shards &&
         options->gossip_us == o.gossip_us && options->open_timeout_ns == o.open_timeout_ns && options->contact == o.contact &&
         options->log_level == o.log_level && session_options->size == s.size && session_options->ack_nodes == s.ack_nodes;
}
