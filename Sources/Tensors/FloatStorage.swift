/// Floats that lie where they are, unchanged, as long as the object lives: a file that is mapped, for instance.
public protocol FloatStorage: AnyObject, Sendable {
  /// Valid as long as the object lives, which reading them does not prolong: see ``withFloats(_:)``.
  var floats: UnsafeBufferPointer<Float> { get }

  /// Says that some floats will not be read for a while. They stay readable; memory that holds a copy of them may
  /// be given back until then.
  func release(_ range: Range<Int>)
}

extension FloatStorage {
  /// Calls `body` with all floats, and keeps them until it returns.
  public func withFloats<Result>(_ body: (UnsafeBufferPointer<Float>) -> Result) -> Result {
    withExtendedLifetime(self) { body(floats) }
  }
}
