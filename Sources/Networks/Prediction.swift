import Foundation
import Tensors

/// A classifier's prediction for one image.
public struct Prediction: Equatable, Codable, Sendable {
  /// The class with the highest logit, the lowest index in a tie.
  public let label: Int
  /// Its softmax probability.
  public let confidence: Double

  /// - Parameter logits: Logits of one image, at least one, finite.
  public init(logits: some Collection<Float>) {
    precondition(!logits.isEmpty, "a prediction needs at least one class")
    label = Self.label(of: logits)
    let best = Double(logits[logits.index(logits.startIndex, offsetBy: label)])
    confidence = 1 / logits.reduce(0.0) { $0 + exp(Double($1) - best) }
  }

  /// The class alone.
  static func label(of logits: some Collection<Float>) -> Int {
    var best = (label: 0, logit: -Float.infinity)
    for (label, logit) in logits.enumerated() where logit > best.logit { best = (label, logit) }
    return best.label
  }

  /// One prediction per row of `[count, classCount]` logits.
  public static func rows(of logits: Tensor) -> [Prediction] {
    (0..<logits.count).map { Prediction(logits: logits[row: $0]) }
  }
}

extension Prediction: Checked {
  public func check() throws(CheckFailure) {
    try require(label >= 0, "label", "a class is counted from 0, found \(label)")
    try requireShare(confidence, "confidence")
  }
}
