#include <algorithm>
#include <span>
#include <type_traits>
#include <vector>

#include "store/cell_codec.hpp"
#include "store/cell_layout.hpp"
#include "store/component.hpp"
#include "store/mv_context.hpp"
#include "wire/writer.hpp"

namespace lath {

namespace {

// Two sinks, so that what is measured is what is written.
class FrameSink {
 public:
  explicit FrameSink(FrameBuffer& out) : out_(out) {}
  template <class T>
  void put(T value) {
    write(out_, value);
  }
  void put_bytes(Bytes bytes) { out_.append(bytes); }
  std::size_t begin_sized() {
    const std::size_t begun = out_.size();
    write(out_, std::uint32_t{0});
    return begun;
  }
  void end_sized(std::size_t begun) { write_at(out_, begun, static_cast<std::uint32_t>(out_.size() - begun - kCountBytes)); }

 private:
  FrameBuffer& out_;
};

class SizeSink {
 public:
  template <class T>
  void put(T) {
    size_ += sizeof(T);
  }
  void put_bytes(Bytes bytes) { size_ += bytes.size(); }
  std::size_t begin_sized() {
    size_ += kCountBytes;
    return 0;
  }
  void end_sized(std::size_t) {}
  std::size_t size() const { return size_; }

 private:
  std::size_t size_ = 0;
};

template <class Sink>
void put_count(Sink& sink, std::size_t count) {
  sink.put(static_cast<std::uint32_t>(count));
}
template <class Sink>
void put_writer(Sink& sink, const WriterId& writer) {
  sink.put(writer.node.value);
  sink.put(writer.shard.value);
  sink.put(writer.incarnation);
}
template <class Sink>
void put_sized(Sink& sink, const std::string& bytes) {
  put_count(sink, bytes.size());
  sink.put_bytes(as_bytes(bytes));
}
template <class Sink, class T>
void put_numbers(Sink& sink, const std::vector<T>& numbers) {
  put_count(sink, numbers.size());
  sink.put_bytes(std::as_bytes(std::span(numbers)));
}

// The writers of a context, sorted: the dots after it name them by their index.
std::vector<WriterId> writers_of(const DotContext& context) {
  std::vector<WriterId> writers;
  for (const auto& entry : context.versions().entries()) writers.push_back(entry.key);
  for (const Dot& dot : context.cloud()) writers.push_back(dot.writer);
  std::sort(writers.begin(), writers.end());
  writers.erase(std::unique(writers.begin(), writers.end()), writers.end());
  return writers;
}

template <class Sink>
void put_context(Sink& sink, const DotContext& context, const std::vector<WriterId>& writers) {
  put_count(sink, writers.size());
  auto next = context.cloud().begin();  // both are sorted by writer
  for (const WriterId& writer : writers) {
    const auto first = next;
    while (next != context.cloud().end() && next->writer == writer) ++next;
    put_writer(sink, writer);
    sink.put(context.versions().count(writer));
    put_count(sink, static_cast<std::size_t>(next - first));
    std::for_each(first, next, [&](const Dot& dot) { sink.put(dot.counter); });
  }
}

template <class Sink>
void put_dot(Sink& sink, const Dot& dot, const std::vector<WriterId>& writers) {
  put_count(sink, static_cast<std::size_t>(std::lower_bound(writers.begin(), writers.end(), dot.writer) - writers.begin()));
  sink.put(dot.counter);
}

template <class Sink>
void put_cell(Sink& sink, const Cell& cell);

template <class Sink>
void put_part(Sink& sink, const GCounter& counter) {
  put_count(sink, counter.slots().size());
  for (const auto& slot : counter.slots()) {
    put_writer(sink, slot.key);
    sink.put(slot.value.value);
  }
}
template <class Sink>
void put_part(Sink& sink, const PnCounter& counter) {
  put_count(sink, counter.slots().size());
  for (const auto& slot : counter.slots()) {
    put_writer(sink, slot.key);
    sink.put(slot.value.up);
    sink.put(slot.value.down);
  }
}
template <class Sink, class T, class Order>
void put_part(Sink& sink, const Extreme<T, Order>& extreme) {
  sink.put(*extreme.value());
}
template <class Sink>
void put_part(Sink& sink, const ByteSet& set) {
  put_count(sink, set.elements().size());
  for (const std::string& element : set.elements()) put_sized(sink, element);
}
template <class Sink>
void put_part(Sink& sink, const ByteOrSet& set) {
  const std::vector<WriterId> writers = writers_of(set.context());
  put_context(sink, set.context(), writers);
  put_count(sink, set.entries().size());
  for (const auto& entry : set.entries()) {
    put_sized(sink, entry.element);
    put_count(sink, entry.dots.size());
    for (const Dot& dot : entry.dots) put_dot(sink, dot, writers);
  }
}
template <class Sink>
void put_part(Sink& sink, const ByteMv& mv) {
  const std::vector<WriterId> writers = writers_of(mv.context());
  put_context(sink, mv.context(), writers);
  put_count(sink, mv.siblings().size());
  for (const auto& sibling : mv.siblings()) {
    put_dot(sink, sibling.dot, writers);
    put_sized(sink, sibling.value);
  }
}
template <class Sink>
void put_part(Sink& sink, const HyperLogLog& hll) {
  const std::vector<std::uint8_t>& registers = hll.registers();
  const auto raised = HyperLogLog::kRegisters - static_cast<std::size_t>(std::ranges::count(registers, std::uint8_t{0}));
  if (raised > kHllSparseMax) {
    sink.put(kHllDense);
    sink.put_bytes(std::as_bytes(std::span(registers)));
    return;
  }
  sink.put(kHllSparse);
  sink.put(static_cast<std::uint16_t>(raised));
  for (std::size_t index = 0; index < registers.size(); ++index) {
    if (registers[index] == 0) continue;
    sink.put(static_cast<std::uint16_t>(index));
    sink.put(registers[index]);
  }
}
template <class Sink>
void put_part(Sink& sink, const FieldMap& map) {
  sink.put(map.floor().value);
  put_count(sink, map.entries().size());
  for (const auto& field : map.entries()) {
    sink.put(static_cast<std::uint16_t>(field.key.size()));
    sink.put_bytes(as_bytes(field.key));
    const std::size_t begun = sink.begin_sized();
    put_cell(sink, field.value);
    sink.end_sized(begun);
  }
}
template <class Sink, class T, class Order>
void put_part(Sink& sink, const ArrayExtreme<T, Order>& array) {
  put_numbers(sink, array.values());
}
template <class Sink, class T>
void put_part(Sink& sink, const ArraySum<T>& sum) {
  put_count(sink, sum.slots().size());
  for (const auto& slot : sum.slots()) {
    put_writer(sink, slot.key);
    sink.put(slot.value.version);
    put_numbers(sink, slot.value.elements);
  }
}

template <class Sink>
void put_cell(Sink& sink, const Cell& cell) {
  const bool wrote = !cell.value().is_bottom();
  const bool erased = wrote && !cell.value().value;
  const bool later = cell.generation() != Cell::Generation{};
  const std::vector<Component>& components = cell.components();
  sink.put(static_cast<std::uint8_t>((wrote ? kFormWrite : 0) | (erased ? kFormErased : 0) | (later ? kFormGeneration : 0) |
                                     (cell.is_settled() ? kFormSettled : 0) | (components.empty() ? 0 : kFormComponents) |
                                     (cell.is_large() ? kFormLarge : 0)));
  if (later) {
    sink.put(cell.generation().stamp.value);
    put_writer(sink, cell.generation().writer);
  }
  if (!components.empty()) {
    sink.put(static_cast<std::uint8_t>(components.size()));
    for (const Component& component : components) {
      sink.put(component.tag());
      std::visit([&](const auto& part) { put_part(sink, part); }, component.state);
    }
  }
  if (!wrote) return;
  sink.put(cell.value().stamp.value);
  put_writer(sink, cell.value().writer);
  if (!erased) sink.put_bytes(as_bytes(*cell.value().value));
}

}  // namespace

void encode_cell(const Cell& cell, FrameBuffer& out) {
  FrameSink sink(out);
  put_cell(sink, cell);
}

std::size_t encoded_bytes(const Cell& cell) {
  SizeSink sink;
  put_cell(sink, cell);
  return sink.size();
}

void encode_plain_value(const PlainValue& plain, FrameBuffer& out) {
  FrameSink sink(out);
  sink.put(static_cast<std::uint8_t>(kFormWrite | (plain.erased ? kFormErased : 0)));
  sink.put(plain.stamp.value);
  put_writer(sink, plain.writer);
  if (!plain.erased) sink.put_bytes(plain.value);
}

void encode_mv_context(const MvContext& context, FrameBuffer& out) {
  FrameSink sink(out);
  sink.put(context.generation.stamp.value);
  put_writer(sink, context.generation.writer);
  put_context(sink, context.seen, writers_of(context.seen));
}

}  // namespace lath
