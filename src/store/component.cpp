#include "store/component.hpp"

namespace lath {

Component::Component() = default;
Component::Component(ComponentState held) : state(std::move(held)) {}
Component::Component(const Component&) = default;
Component::Component(Component&&) noexcept = default;
Component& Component::operator=(const Component&) = default;
Component& Component::operator=(Component&&) noexcept = default;
Component::~Component() = default;
bool Component::operator==(const Component&) const = default;

}  // namespace lath
