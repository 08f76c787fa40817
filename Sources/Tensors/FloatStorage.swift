/// Floats that stay in place, unchanged, as long as the object lives: a mapped file, for instance.
public protocol FloatStorage: AnyObject, Sendable {
  /// Valid as long as the object lives, which reading does not prolong: see ``withFloats(_:)``.
  var floats: UnsafeBufferPointer<Float> { get }

  /// Announces that some floats will not be read for a while. They stay readable; memory that holds a copy of them may
  /// be freed until then.
  func release(_ range: Range<Int>)
}

extension FloatStorage {
  /// Calls `body` with all floats and keeps the object alive until it returns.
  public func withFloats<Result>(_ body: (UnsafeBufferPointer<Float>) -> Result) -> Result {
    withExtendedLifetime(self) { body(floats) }
  }
}
