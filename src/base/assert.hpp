// Programmer errors end the process, in release builds too. Errors of peers, users and hardware are Results instead.
#pragma once

namespace lath {

[[noreturn]] void assertion_failed(const char* expression, const char* file, int line) noexcept;

}  // namespace lath

#define LATH_ASSERT(expression) ((expression) ? void(0) : ::lath::assertion_failed(#expression, __FILE__, __LINE__))
