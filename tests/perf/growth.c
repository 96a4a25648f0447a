/* Puts KEYS pairs of 8 bytes each in batches of 128, and then once more where nothing grows; tells of both times how many batches took
 * longer than a millisecond, and the longest. usage: growth WHERE KEYS
 *
 * What the machine does is not the store's, and is told apart. This thread never sleeps while a batch is under way: what passed between
 * two of its looks, and not in the queue for its core (where the node's control thread may be before it), somebody beneath the system
 * took. And at each look it counts to a fixed number: where most of a batch's looks counted at a third of the speed, the core was slow
 * (machines were seen whose cores do everything at a fourteenth of their speed for some tens of milliseconds). */
#define _GNU_SOURCE /* RUSAGE_THREAD */
#include <fcntl.h>
#include <lath/lath.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { kBatch = 128, kLookNsMax = 100000, kLongNs = 1000000, kCount = 100, kSlow = 3 };

static uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* How often this thread has waited in the kernel, or found a page missing: what takes long then is its own doing. */
static long waits(void) {
  struct rusage usage;
  if (getrusage(RUSAGE_THREAD, &usage) != 0) abort();
  return usage.ru_nvcsw + usage.ru_minflt + usage.ru_majflt;
}

/* How long this thread has been ready to run and did not, in all. */
static uint64_t queued_ns(int schedstat) {
  char text[128];
  const ssize_t size = pread(schedstat, text, sizeof text - 1, 0);
  unsigned long long ran = 0;
  unsigned long long queued = 0;
  if (size <= 0) abort();
  text[size] = '\0';
  if (sscanf(text, "%llu %llu", &ran, &queued) != 2) abort();
  return queued;
}

static uint64_t count_ns(void) {
  const uint64_t start = now_ns();
  uint64_t product = start;
  for (int i = 0; i < kCount; ++i) {
    product = product * 0x5851f42d4c957f2du + 1; /* each waits for the one before it, and for no memory */
    __asm__ volatile("" : "+r"(product));
  }
  return now_ns() - start;
}

static int failed(const char* what, lath_session* session) {
  fprintf(stderr, "growth: %s: %s\n", what, lath_last_error(session));
  return 1;
}

struct times {
  int schedstat;
  uint64_t quick_count_ns; /* the quickest count so far */
  unsigned long_ones, machines;
  uint64_t longest_ns;
};

static void take_down(struct times* times, uint64_t took, uint64_t stopped, int is_slow) {
  const uint64_t ours = is_slow ? 0 : took - stopped;
  if (ours > kLongNs) ++times->long_ones;
  if (ours <= kLongNs && took > kLongNs) ++times->machines;
  if (ours > times->longest_ns) times->longest_ns = ours;
}

/* A batch that is filled, to its end. LATH_OK, or what failed. */
static lath_status run(lath_session* session, lath_batch* batch, struct times* times) {
  const uint64_t queued_before = queued_ns(times->schedstat);
  const long waits_before = waits();
  const uint64_t start = now_ns();
  uint64_t looked = start;
  uint64_t away = 0;
  unsigned looks = 0;
  unsigned slow_ones = 0;
  lath_request request;
  lath_status status = lath_batch_run_nb(batch, LATH_SECONDS(30), &request);
  if (status != LATH_OK) return status;
  do {
    status = lath_test(session, request);
    const uint64_t counted = count_ns();
    if (counted < times->quick_count_ns) times->quick_count_ns = counted;
    if (counted > kSlow * times->quick_count_ns) ++slow_ones;
    ++looks;
    const uint64_t now = now_ns();
    if (now - looked > kLookNsMax) away += now - looked;
    looked = now;
  } while (status == LATH_IN_PROGRESS);
  const uint64_t queued = queued_ns(times->schedstat) - queued_before;
  take_down(times, looked - start, waits() == waits_before && away > queued ? away - queued : 0, slow_ones > looks / 2);
  return status;
}

static int put_all(lath_session* session, lath_batch* batch, uint64_t keys, struct times* times, const char* name) {
  times->long_ones = times->machines = 0;
  times->longest_ns = 0;
  const uint64_t start = now_ns();
  for (uint64_t number = 0; number < keys;) {
    for (int in_batch = 0; in_batch < kBatch && number < keys; ++in_batch, ++number) {
      const uint64_t key = number * 0x9e3779b97f4a7c15u; /* odd: no two are the same */
      if (lath_batch_put(batch, &key, sizeof key, &number, sizeof number) != LATH_OK) return failed("put", session);
    }
    if (run(session, batch, times) != LATH_OK) return failed("a batch", session);
  }
  printf("%s: %.2f s, %u batches over 1 ms, the longest %.1f ms; and %u by the machine\n", name, (double)(now_ns() - start) / 1e9,
         times->long_ones, (double)times->longest_ns / 1e6, times->machines);
  return 0;
}

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const uint64_t keys = strtoull(argv[2], NULL, 10);
  struct times times = {open("/proc/thread-self/schedstat", O_RDONLY), UINT64_MAX, 0, 0, 0};
  if (times.schedstat < 0) {
    perror("growth: /proc/thread-self/schedstat");
    return 1;
  }
  lath_store* store = NULL;
  lath_session* session = NULL;
  lath_batch* batch = NULL;
  if (lath_open(argv[1], NULL, &store) != LATH_OK) return failed("open", NULL);
  if (lath_session_open(store, NULL, &session) != LATH_OK) return failed("session", NULL);
  if (lath_batch_open(session, kBatch, &batch) != LATH_OK) return failed("batch", session);
  if (put_all(session, batch, keys, &times, "growing") != 0 || put_all(session, batch, keys, &times, "grown") != 0) return 1;
  close(times.schedstat);
  lath_session_close(session);
  return lath_close(store) == LATH_OK ? 0 : 1;
}
