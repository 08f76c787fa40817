/// Floats that lie where they are, unchanged, as long as the object lives: a file that is mapped, for instance.
public protocol FloatStorage: AnyObject, Sendable {
  var floats: UnsafeBufferPointer<Float> { get }

  /// Says that some floats will not be read for a while. They stay readable; memory that holds a copy of them may
  /// be given back until then.
  func release(_ range: Range<Int>)
}
