// The C API of memory for large values.
#include "lath/lath.h"
#include "launch/c_api/handles.hpp"

using namespace lath;
using namespace lath::c_api;

namespace {

lath_status fail(const char* call, Code code, const std::string& text) {
  return fail_in_thread(code, std::string(call) + ": " + text);
}

}  // namespace

lath_status lath_alloc(lath_store* store, size_t size, void** memory) {
  const StoreCall open(store, __func__);
  if (!open) return LATH_E_INVALID;
  if (memory == nullptr) return fail(__func__, Code::kInvalid, "memory is NULL; pass where to store its address");
  if (size == 0) return fail(__func__, Code::kInvalid, "size is 0; ask for at least one byte");
  const Result<void*> given = store->memory.allocate(open->memory(), size);
  if (!given) return fail(__func__, given.error().code, given.error().text);
  *memory = *given;
  return LATH_OK;
}

lath_status lath_free(lath_store* store, void* memory) {
  const StoreCall open(store, __func__);
  if (!open) return LATH_E_INVALID;
  if (memory == nullptr || store->memory.remove(memory, RegisteredMemory::Owner::kLibrary)) return LATH_OK;
  return fail(__func__, Code::kInvalid, "the memory is none that lath_alloc gave for this store, or was freed before");
}

lath_status lath_register(lath_store* store, void* memory, size_t size) {
  const StoreCall open(store, __func__);
  if (!open) return LATH_E_INVALID;
  if (memory == nullptr || size == 0) {
    return fail(__func__, Code::kInvalid, "memory is NULL or has 0 bytes; pass what is to be registered");
  }
  const Result<void> added = store->memory.add(open->memory(), memory, size);
  return added ? LATH_OK : fail(__func__, added.error().code, added.error().text);
}

lath_status lath_unregister(lath_store* store, void* memory) {
  const StoreCall open(store, __func__);
  if (!open) return LATH_E_INVALID;
  if (store->memory.remove(memory, RegisteredMemory::Owner::kCaller)) return LATH_OK;
  return fail(__func__, Code::kInvalid,
              "no memory at this address was registered with this store; pass it as lath_register had it");
}
