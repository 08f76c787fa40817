import Tensors

/// What a layer says about a set of images: one row per image, one column per feature, all finite.
public struct FeatureMatrix: Sendable {
  /// φ(x) in rows, `[imageCount, dimension]`.
  public let values: Tensor
  /// Present when coherence with the classes is to be measured.
  public let labels: ClassLabels?
  /// Name of the layer the features were read from.
  public let layer: String

  /// - Parameters:
  ///   - values: `[imageCount, dimension]`, row-major.
  ///   - labels: Class of each row.
  ///   - layer: For captions and errors.
  /// - Throws: ``NonFiniteFeature`` for the first NaN or infinity. After this check no score is NaN.
  public init(values: Tensor, labels: ClassLabels? = nil, layer: String) throws {
    precondition(
      values.shape.count == 2 && values.shape[1] > 0,
      "features have the shape [images, features], got \(values.shape)")
    if let labels {
      precondition(
        labels.values.count == values.count,
        "\(values.count) rows need as many labels, got \(labels.values.count)")
    }
    if let index = values.firstNonFiniteIndex {
      throw NonFiniteFeature(
        layer: layer, row: index / values.shape[1], column: index % values.shape[1],
        value: values.elements[index])
    }
    self.values = values
    self.labels = labels
    self.layer = layer
  }

  /// Values that come from a checked matrix.
  init(finite values: Tensor, labels: ClassLabels?, layer: String) {
    self.values = values
    self.labels = labels
    self.layer = layer
  }

  public var imageCount: Int { values.shape[0] }
  public var dimension: Int { values.shape[1] }
}

/// A feature that is NaN or infinite: the network or the file it came from is broken.
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
