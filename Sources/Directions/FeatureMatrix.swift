import Tensors

/// The features of a set of images in a layer: one row per image, one column per feature, all finite.
///
/// The values are stored in memory as a ``Tensor``, or in a ``FloatStorage``, such as a mapped file larger than memory.
/// Reading them through ``withValues(_:)`` copies nothing in either case.
public struct FeatureMatrix: Sendable {
  private enum Source: Sendable {
    case tensor(Tensor)
    case storage(any FloatStorage)
  }

  private let source: Source
  /// Row of the source that is row 0 here.
  private let firstRow: Int
  public let imageCount: Int
  public let dimension: Int
  /// Present when coherence with the classes is to be measured.
  public let labels: ClassLabels?
  /// Name of the layer the features were read from.
  public let layer: String

  /// - Parameters:
  ///   - values: φ(x) in rows, `[imageCount, dimension]`.
  ///   - labels: Class of each row.
  ///   - layer: Name in captions and errors.
  /// - Throws: ``NonFiniteFeature`` for the first NaN or infinity. After this check no score is NaN.
  public init(values: Tensor, labels: ClassLabels? = nil, layer: String) throws {
    precondition(
      values.shape.count == 2 && values.shape[1] > 0,
      "features have the shape [images, features], got \(values.shape)")
    self.init(
      .tensor(values), firstRow: 0, imageCount: values.shape[0], dimension: values.shape[1], labels: labels,
      layer: layer)
    if let index = values.firstNonFiniteIndex {
      throw NonFiniteFeature(
        layer: layer, row: index / dimension, column: index % dimension, value: values.elements[index])
    }
  }

  /// Features stored elsewhere. They are read once, to be checked, and not copied.
  ///
  /// - Parameters:
  ///   - storage: φ(x) in rows without a gap, `imageCount` × `dimension` floats.
  ///   - labels: Class of each row.
  ///   - layer: Name in captions and errors.
  /// - Throws: As ``init(values:labels:layer:)``.
  public init(
    _ storage: any FloatStorage, imageCount: Int, dimension: Int, labels: ClassLabels? = nil, layer: String
  ) throws {
    precondition(
      imageCount >= 0 && dimension > 0 && storage.floats.count == imageCount * dimension,
      "\(imageCount) × \(dimension) features are not \(storage.floats.count) floats")
    self.init(
      .storage(storage), firstRow: 0, imageCount: imageCount, dimension: dimension, labels: labels,
      layer: layer)
    for rows in Workers.pieces(of: imageCount, length: max(1, (1 << 22) / dimension)) {
      let range = rows.lowerBound * dimension..<rows.upperBound * dimension
      let part = storage.floats[range]
      if let index = part.firstIndex(where: { !$0.isFinite }) {
        throw NonFiniteFeature(
          layer: layer, row: index / dimension, column: index % dimension, value: part[index])
      }
      storage.release(range)
    }
  }

  /// Values from a matrix that was already checked.
  init(finite values: Tensor, labels: ClassLabels?, layer: String) {
    self.init(
      .tensor(values), firstRow: 0, imageCount: values.shape[0], dimension: values.shape[1], labels: labels,
      layer: layer)
  }

  private init(
    _ source: Source, firstRow: Int, imageCount: Int, dimension: Int, labels: ClassLabels?, layer: String
  ) {
    if let labels {
      precondition(
        labels.values.count == imageCount,
        "\(imageCount) rows need as many labels, got \(labels.values.count)")
    }
    self.source = source
    self.firstRow = firstRow
    self.imageCount = imageCount
    self.dimension = dimension
    self.labels = labels
    self.layer = layer
  }

  /// φ(x) in rows, `[imageCount, dimension]`. A copy, unless the matrix was made from a tensor.
  public var values: Tensor {
    if case .tensor(let tensor) = source, tensor.count == imageCount { return tensor }
    return Tensor(shape: [imageCount, dimension], elements: withValues { Array($0) })
  }

  /// Calls `body` with φ(x) in rows, without a copy; the buffer is valid during the call.
  public func withValues<Result>(_ body: (UnsafeBufferPointer<Float>) -> Result) -> Result {
    let range = firstRow * dimension..<(firstRow + imageCount) * dimension
    switch source {
    case .tensor(let tensor):
      return tensor.elements.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[range])) }
    case .storage(let storage):
      return storage.withFloats { body(UnsafeBufferPointer(rebasing: $0[range])) }
    }
  }

  /// A range of rows as a matrix, without labels. Nothing is copied.
  public func rows(_ range: Range<Int>) -> FeatureMatrix {
    precondition(
      0 <= range.lowerBound && range.upperBound <= imageCount, "rows \(range) of \(imageCount) do not exist")
    return FeatureMatrix(
      source, firstRow: firstRow + range.lowerBound, imageCount: range.count, dimension: dimension,
      labels: nil, layer: layer)
  }

  /// Announces that some rows will not be read for a while; see ``FloatStorage/release(_:)``.
  public func release(_ range: Range<Int>) {
    guard case .storage(let storage) = source else { return }
    storage.release((firstRow + range.lowerBound) * dimension..<(firstRow + range.upperBound) * dimension)
  }
}

/// A feature that is NaN or infinite: its network or file is broken.
public struct NonFiniteFeature: Error, Equatable, CustomStringConvertible {
  public let layer: String
  public let row: Int
  public let column: Int
  public let value: Float

  public static func == (left: Self, right: Self) -> Bool { left.description == right.description }

  public var description: String {
    "feature \(column) of image \(row) in layer \(layer) is \(value); every feature must be finite"
  }
}
