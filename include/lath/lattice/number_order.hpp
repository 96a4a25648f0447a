// The orders that the extremes use over integers and floating point. Total and bit for bit: no two numbers tie unless their bits
// are the same, so replicas agree on every bit. -0.0 < +0.0. NaN has one canonical form and never wins against a number: it is
// below all of them in a maximum and above all of them in a minimum.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace lath {

template <class T>
concept Number =
    std::same_as<T, std::int32_t> || std::same_as<T, std::int64_t> || std::same_as<T, float> || std::same_as<T, double>;

template <Number T>
using BitsOf = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;

// Read off the bits, so that no compiler setting about finite arithmetic can remove it.
template <Number T>
constexpr bool is_nan(T number) {
  if constexpr (std::floating_point<T>) {
    const auto magnitude = std::bit_cast<BitsOf<T>>(number) & ~std::bit_cast<BitsOf<T>>(T{-0.0});
    return magnitude > std::bit_cast<BitsOf<T>>(std::numeric_limits<T>::infinity());
  } else {
    return false;
  }
}

// Every NaN becomes the positive quiet one without payload (0x7fc00000, 0x7ff8000000000000); numbers stay as they are.
template <Number T>
constexpr T canonical(T number) {
  if constexpr (std::same_as<T, float>) {
    return is_nan(number) ? std::bit_cast<T>(std::uint32_t{0x7fc00000}) : number;
  } else if constexpr (std::same_as<T, double>) {
    return is_nan(number) ? std::bit_cast<T>(std::uint64_t{0x7ff8000000000000}) : number;
  } else {
    return number;
  }
}

// Equality of what is stored: NaN equals itself, -0.0 is not +0.0.
template <Number T>
constexpr bool same_bits(T a, T b) {
  return std::bit_cast<BitsOf<T>>(a) == std::bit_cast<BitsOf<T>>(b);
}

// The order of the numbers, NaN aside.
template <Number T>
constexpr bool number_before(T a, T b) {
  if constexpr (std::floating_point<T>) {
    constexpr auto sign = std::bit_cast<BitsOf<T>>(T{-0.0});
    if (a < b) return true;
    return !(b < a) && (std::bit_cast<BitsOf<T>>(a) & sign) != 0 && (std::bit_cast<BitsOf<T>>(b) & sign) == 0;
  } else {
    return a < b;
  }
}

// What an extreme keeps: wins(offered, held) says that the offered number replaces the held one.
struct Greatest {
  template <Number T>
  static constexpr bool wins(T offered, T held) {
    return !is_nan(offered) && (is_nan(held) || number_before(held, offered));
  }
};
struct Least {
  template <Number T>
  static constexpr bool wins(T offered, T held) {
    return !is_nan(offered) && (is_nan(held) || number_before(offered, held));
  }
};

}  // namespace lath
