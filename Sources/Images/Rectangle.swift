/// A rectangle of whole pixels, origin at the upper left.
public struct Rectangle: Hashable, Sendable {
  public var x: Int
  public var y: Int
  public var width: Int
  public var height: Int

  public init(x: Int, y: Int, width: Int, height: Int) {
    precondition(width >= 0 && height >= 0, "extents must be non-negative, got \(width)×\(height)")
    (self.x, self.y, self.width, self.height) = (x, y, width, height)
  }

  /// The first column to its right.
  public var right: Int { x + width }
  /// First row below it.
  public var bottom: Int { y + height }

  /// The rectangle shrunk on every side by `margin`, or grown if it is negative.
  public func inset(by margin: Int) -> Rectangle {
    Rectangle(
      x: x + margin, y: y + margin, width: max(0, width - 2 * margin), height: max(0, height - 2 * margin))
  }
}
