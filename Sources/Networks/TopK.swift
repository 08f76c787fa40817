import OneDNN

/// The `count` largest values of a row.
///
///     y_i = m_i x_i,   m_i = 1 for the `count` largest x_i and 0 otherwise,   ∂L/∂x_i = m_i ∂L/∂y_i
///
/// Makhzani, Frey (2013), k-sparse autoencoders. <https://arxiv.org/abs/1312.5663>
///
/// Among equal values the earlier ones are kept, so that exactly `count` are. A NaN counts as the largest: it is kept,
/// and is found where results are checked for it.
struct TopK {
  let count: Int
  /// A heap of keys with the smallest on top. The upper half of a key orders by value, the lower one by position.
  private var heap: [UInt64]

  /// - Parameter count: Positive.
  init(count: Int) {
    self.count = count
    heap = Array(repeating: 0, count: count)
  }

  /// - Parameters:
  ///   - values: At least `count`.
  ///   - mask: Room for as many values: 1 where a value is kept, 0 elsewhere.
  mutating func writeMask(of values: UnsafeBufferPointer<Float>, to mask: UnsafeMutablePointer<Float>) {
    mask.update(repeating: 0, count: values.count)
    let count = count
    heap.withUnsafeMutableBufferPointer { heap in
      for place in 0..<count { heap[place] = Self.key(values[place], place) }
      for root in (0..<count / 2).reversed() { Self.sink(root, in: heap) }
      for place in count..<values.count {
        let key = Self.key(values[place], place)
        guard key > heap[0] else { continue }
        heap[0] = key
        Self.sink(0, in: heap)
      }
      for key in heap { mask[Int(UInt32.max - UInt32(truncatingIfNeeded: key))] = 1 }
    }
  }

  /// Larger for a larger value, and for the earlier of two equal ones.
  private static func key(_ value: Float, _ place: Int) -> UInt64 {
    // Adding 0 turns −0 into 0. Bit patterns of negative numbers fall as the numbers rise, and lie above those of
    // positive ones.
    let bits = (value + 0).bitPattern
    let order = value.isNaN ? .max : bits >> 31 == 0 ? bits | 1 << 31 : ~bits
    return UInt64(order) << 32 | UInt64(UInt32.max - UInt32(place))
  }

  /// Sifts an element down until neither of its children is smaller.
  private static func sink(_ start: Int, in heap: UnsafeMutableBufferPointer<UInt64>) {
    var parent = start
    let key = heap[parent]
    while true {
      var child = 2 * parent + 1
      guard child < heap.count else { break }
      if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
      guard heap[child] < key else { break }
      heap[parent] = heap[child]
      parent = child
    }
    heap[parent] = key
  }
}

extension PlanBuilder {
  func lowerTopK(_ position: Int, count: Int, _ source: Value) throws -> Value {
    let (images, length) = (microBatch, graph.nodes[position].shape[0])
    let layout = try MemoryDescription.plain([images, length])
    let from = try converted(source.memory, to: layout)
    let result = Value(try allocate(layout), needsGradient: source.needsGradient)
    let mask = try allocate(layout)
    let to = result.memory
    var selection = TopK(count: count)
    emit("top k") { _, _ in
      for image in 0..<images {
        let values = UnsafeBufferPointer(start: from.floats + image * length, count: length)
        let (kept, row) = (mask.floats + image * length, to.floats + image * length)
        selection.writeMask(of: values, to: kept)
        // Not a product: infinity times 0 is NaN.
        for index in 0..<length { row[index] = kept[index] == 0 ? 0 : values[index] }
      }
    }
    if source.needsGradient {
      onGradient { [self] in
        guard let gradient = result.gradient else { return }
        try contribute(to: source, in: layout) { target in
          emit("top k, gradient") { _, _ in
            for index in 0..<images * length {
              target.floats[index] = gradient.floats[index] * mask.floats[index]
            }
          }
        }
      }
    }
    return result
  }
}
