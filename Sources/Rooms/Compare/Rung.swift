import Directions
import Tensors

/// One step of the ladder of controls: how far the top images of some directions share a class.
///
/// A verdict on neurons against rotations says nothing about where the agreement comes from. Random directions
/// through raw pixels and through an untrained network show what the data and the architecture give without any
/// learning; random images are the floor and logits the ceiling.
public struct Rung: Codable, Equatable, Sendable {
  public enum Control: String, Codable, CaseIterable, Sendable {
    case randomImages
    case pixelDirections
    case untrainedDirections
    case untrainedNeurons
    case randomDirections
    case rotations
    case neurons
    case logits

    /// For the axis of a chart.
    public var words: String {
      switch self {
      case .randomImages: "random images"
      case .pixelDirections: "random directions in pixel space"
      case .untrainedDirections: "random directions, untrained network"
      case .untrainedNeurons: "neurons, untrained network"
      case .randomDirections: "random directions"
      case .rotations: "rotated bases"
      case .neurons: "neurons"
      case .logits: "logits"
      }
    }
  }

  public var control: Control
  public var directionCount: Int
  /// Mean κ, one per size of top sets.
  public var means: [Double]
}

extension Rung {
  /// As many sets of random images as there are neurons.
  init(randomImageSets count: Int, labels: ClassLabels, topCounts: [Int], seed: UInt64) {
    let sets = RandomImageSet.draw(
      count: count, size: topCounts.max()!, imageCount: labels.values.count, seed: seed)
    let means = topCounts.map { size in
      sets.reduce(0.0) { sum, set in
        // Some of a random set is a random set.
        sum + (LabelAgreement(of: Array(set.imageIndices.prefix(size)), in: labels).kappa ?? 0)
      } / Double(count)
    }
    self.init(control: .randomImages, directionCount: count, means: means)
  }
}

extension Rung: Checked {
  public func check() throws(CheckFailure) {
    try requireSome(means.count, "means")
  }
}
