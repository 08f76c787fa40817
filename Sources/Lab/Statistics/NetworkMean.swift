import Inference
import Tensors

/// One number from each network, and what they say together.
public struct NetworkMean: Codable, Equatable, Sendable {
  /// In the order of the networks.
  public var values: [Double]
  public var mean: Double
  /// 95 %, Student's, over the networks; nil for one network, and where all are equal.
  public var interval: ConfidenceInterval?

  /// - Parameter values: At least one, finite.
  package init(_ values: [Double]) {
    self.values = values
    mean = values.reduce(0, +) / Double(values.count)
    interval = StudentInterval.interval(ofMeanOf: values)
  }
}

extension NetworkMean: Checked {
  public func check() throws(CheckFailure) {
    try requireSome(values.count, "values")
  }
}
