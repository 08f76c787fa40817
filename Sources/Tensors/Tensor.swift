/// A dense array of Float in row-major order.
///
/// A value type: copies share storage until one of them is changed. All numerical data that crosses module boundaries
/// (images, features, logits, gradients, weights) is one of these.
public struct Tensor: Equatable, Sendable {
  /// Extent of each axis, slowest first. Images are `[count, channels, height, width]`.
  public let shape: [Int]
  /// The values, last axis fastest, `shape.product` of them.
  public var elements: [Float]

  public init(shape: [Int], elements: [Float]) {
    precondition(
      shape.reduce(1, *) == elements.count,
      "shape \(shape) holds \(shape.reduce(1, *)) elements, got \(elements.count)")
    self.shape = shape
    self.elements = elements
  }

  public init(repeating value: Float = 0, shape: [Int]) {
    precondition(shape.allSatisfy { $0 >= 0 }, "extents must be non-negative, got \(shape)")
    self.shape = shape
    elements = [Float](repeating: value, count: shape.reduce(1, *))
  }

  /// Extent of the first axis: how many images, rows or classes.
  public var count: Int { shape.first ?? 1 }

  /// Elements in one slice along the first axis. Zero when any other axis is empty.
  public var rowLength: Int { shape.dropFirst().reduce(1, *) }

  /// Row `index` along the first axis.
  public subscript(row index: Int) -> ArraySlice<Float> {
    get { elements[index * rowLength..<(index + 1) * rowLength] }
    set {
      precondition(newValue.count == rowLength, "a row has \(rowLength) elements, got \(newValue.count)")
      elements.replaceSubrange(index * rowLength..<(index + 1) * rowLength, with: newValue)
    }
  }

  /// The rows with the given indices, in that order.
  public func rows(_ indices: some Collection<Int>) -> Tensor {
    var taken: [Float] = []
    taken.reserveCapacity(indices.count * rowLength)
    for index in indices { taken += self[row: index] }
    return Tensor(shape: [indices.count] + shape.dropFirst(), elements: taken)
  }

  /// The same elements under another shape.
  public func reshaped(_ shape: [Int]) -> Tensor { Tensor(shape: shape, elements: elements) }

  /// Index of the first element that is NaN or infinite, if there is one.
  public var firstNonFiniteIndex: Int? { elements.firstIndex { !$0.isFinite } }
}
