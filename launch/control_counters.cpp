// What a control thread tells of itself and of what it owns.
#include "launch/control_thread.hpp"

namespace lath {

void ControlThread::publish_counters() {
  NodeCounters& out = *options_.counters;
  const ControlCounters& control = control_.counters();
  out.control_views_sent.set(control.views_sent);
  out.control_views_received.set(control.views_received);
  out.control_views_grown.set(control.views_grown);
  out.control_questions_sent.set(control.questions_sent);
  out.control_dropped_garbage.set(control.dropped_garbage);
  out.control_dropped_foreign.set(options_.transport->counters().dropped_foreign);
  out.control_given_up.set(control.given_up);
  out.control_peers_failed.set(options_.transport->counters().peers_failed);
  out.control_nodes_lost.set(watch_.lost_now(now_));
  if (!options_.contact) return;
  const ContactCounters& contact = options_.contact->counters();
  out.contact_accepted.set(contact.accepted);
  out.contact_welcomed.set(contact.welcomed);
  out.contact_clients.set(options_.contact->clients());
  out.contact_gone.set(contact.gone);
  out.contact_denied.set(contact.denied);
  out.contact_version.set(contact.version);
  out.contact_abandoned.set(contact.abandoned);
  out.contact_timed_out.set(contact.timed_out);
  out.contact_stalled.set(contact.stalled);
  out.contact_malformed.set(contact.malformed);
  out.contact_refused_full.set(contact.refused_full);
  out.contact_no_descriptor.set(contact.no_descriptor);
}

}  // namespace lath
