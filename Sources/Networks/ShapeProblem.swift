/// Why a layer is not possible at its position; a clause that follows the node's name.
struct ShapeProblem: Error {
  let text: String

  init(_ text: String) { self.text = text }
}

extension LayerKind {
  /// A shape as that of maps.
  func maps(_ shape: [Int]) throws(ShapeProblem) -> (channels: Int, height: Int, width: Int) {
    guard shape.count == 3 else { throw ShapeProblem("\(Self.word) needs maps, its input is \(shape)") }
    return (shape[0], shape[1], shape[2])
  }

  /// A shape as that of a vector.
  func vector(_ shape: [Int]) throws(ShapeProblem) -> Int {
    guard shape.count == 1 else { throw ShapeProblem("\(Self.word) needs a vector, its input is \(shape)") }
    return shape[0]
  }
}

extension Extent {
  /// Checks the settings of a window on their own. Within these bounds no arithmetic overflows.
  static func check(
    kernel: Extent, stride: Extent, padding: Extent, dilation: Extent = 1
  ) throws(ShapeProblem) {
    let largest = 1 << 16 - 1
    for (name, extent, least) in [
      ("kernel", kernel, 1), ("stride", stride, 1), ("dilation", dilation, 1), ("padding", padding, 0),
    ] where min(extent.height, extent.width) < least || max(extent.height, extent.width) > largest {
      let sign = least == 0 ? "non-negative" : "positive"
      throw ShapeProblem(
        "\(name) must be \(sign) and at most \(largest), got \(extent.height)×\(extent.width)")
    }
  }

  /// Height and width of what a window gives that moves over maps; rounded down.
  ///
  /// - Parameter reach: From the first to the last element of the window, holes included.
  static func places(
    reach: Extent, stride: Extent, padding: Extent, height: Int, width: Int
  ) throws(ShapeProblem) -> [Int] {
    let rows = height + 2 * padding.height - reach.height
    let columns = width + 2 * padding.width - reach.width
    guard rows >= 0, columns >= 0 else {
      throw ShapeProblem("a \(reach.height)×\(reach.width) window does not fit into \(height)×\(width)")
    }
    return [rows / stride.height + 1, columns / stride.width + 1]
  }
}
