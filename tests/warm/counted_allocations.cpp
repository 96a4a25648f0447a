// Stands before the C library's own allocator, which does the work. operator new, UCX and everybody else come through here.
#include "counted_allocations.hpp"

#include <dlfcn.h>
#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <cstddef>

extern "C" {
void* __libc_malloc(std::size_t bytes);
void* __libc_calloc(std::size_t count, std::size_t bytes);
void* __libc_realloc(void* old, std::size_t bytes);
void* __libc_memalign(std::size_t alignment, std::size_t bytes);
}

namespace {
std::atomic<std::uint64_t> count{0};
std::atomic<std::uint64_t> lock_count{0};

void note() {
  count.fetch_add(1, std::memory_order_relaxed);
}

template <class Lock>
using LockCall = int (*)(Lock*);

// By the C library's own, which has no other name that could be linked to.
template <class Lock>
int take(std::atomic<LockCall<Lock>>& next, const char* name, Lock* lock) {
  lock_count.fetch_add(1, std::memory_order_relaxed);
  LockCall<Lock> call = next.load(std::memory_order_relaxed);
  if (call == nullptr) {
    call = reinterpret_cast<LockCall<Lock>>(dlsym(RTLD_NEXT, name));
    next.store(call, std::memory_order_relaxed);
  }
  return call(lock);
}
}  // namespace

#pragma GCC visibility push(default)  // so that libraries find these first
extern "C" {

void* malloc(std::size_t bytes) {
  note();
  return __libc_malloc(bytes);
}
void* calloc(std::size_t number, std::size_t bytes) {
  note();
  return __libc_calloc(number, bytes);
}
void* realloc(void* old, std::size_t bytes) {
  note();
  return __libc_realloc(old, bytes);
}
void* memalign(std::size_t alignment, std::size_t bytes) {
  note();
  return __libc_memalign(alignment, bytes);
}
void* aligned_alloc(std::size_t alignment, std::size_t bytes) {
  note();
  return __libc_memalign(alignment, bytes);
}
int posix_memalign(void** out, std::size_t alignment, std::size_t bytes) {
  note();
  *out = __libc_memalign(alignment, bytes);
  return *out == nullptr ? ENOMEM : 0;
}

int pthread_mutex_lock(pthread_mutex_t* mutex) {
  static std::atomic<LockCall<pthread_mutex_t>> next{nullptr};
  return take(next, "pthread_mutex_lock", mutex);
}
int pthread_rwlock_rdlock(pthread_rwlock_t* lock) {
  static std::atomic<LockCall<pthread_rwlock_t>> next{nullptr};
  return take(next, "pthread_rwlock_rdlock", lock);
}
int pthread_rwlock_wrlock(pthread_rwlock_t* lock) {
  static std::atomic<LockCall<pthread_rwlock_t>> next{nullptr};
  return take(next, "pthread_rwlock_wrlock", lock);
}

}  // extern "C"
#pragma GCC visibility pop

namespace lath::warm {

std::uint64_t allocations() {
  return count.load(std::memory_order_relaxed);
}

std::uint64_t locks() {
  return lock_count.load(std::memory_order_relaxed);
}

}  // namespace lath::warm
