import Tensors

/// Result of one epoch, or one iteration of L-BFGS.
public struct EpochRecord: Codable, Equatable, Sendable {
  /// From 1.
  public let epoch: Int
  /// Mean ``TrainingLoss`` over the epoch's images, each when it was trained on; for L-BFGS, after the iteration.
  public let trainingLoss: Double
  public let trainingAccuracy: Double
  /// Loss on validation images after the epoch; nil if there are none.
  public var validationLoss: Double?
  public var validationAccuracy: Double?
  /// Value mid-epoch; 0 for L-BFGS, which has none.
  public let learningRate: Float
  public let seconds: Double
  public let imagesPerSecond: Double
  /// For L-BFGS only: the mean loss with its penalties, and the norm of its gradient.
  public var objective: Double?
  public var gradientNorm: Double?
}

/// Training between two epochs: all that is needed to resume as if it had never stopped.
public struct TrainingState: Sendable {
  public var network: Network
  /// The optimizer's memory: for each moment one tensor per trained parameter.
  public var moments: [[Tensor]]
  public var stepCount: Int
  public var history: [EpochRecord]
  /// The network with the lowest validation loss so far, kept only where training may stop early.
  public var best: Network?
  /// Why training ended, once it has.
  public var ending: TrainingEnding?

  public var completedEpochCount: Int { history.count }

  /// State before the first step.
  public init(starting network: Network) {
    self.init(network: network, moments: [], stepCount: 0, history: [], best: nil)
  }

  public init(network: Network, moments: [[Tensor]], stepCount: Int, history: [EpochRecord], best: Network?) {
    self.network = network
    self.moments = moments
    self.stepCount = stepCount
    self.history = history
    self.best = best
  }

  /// Number of epochs since the lowest validation loss.
  var epochsSinceBest: Int {
    let losses = history.map { $0.validationLoss ?? .infinity }
    guard let lowest = losses.min(), let position = losses.firstIndex(of: lowest) else { return 0 }
    return losses.count - 1 - position
  }
}

/// Why training ended.
public enum TrainingEnding: String, Codable, Sendable {
  case epochLimit
  /// The validation loss no longer fell.
  case patience
  /// The gradient became small enough.
  case converged
  /// L-BFGS found no lower loss, even from an empty memory: the rest is rounding.
  case exhausted
}

/// Progress of training, reported several times per second.
public struct TrainingProgress: Sendable {
  public let epoch: Int
  public let epochCount: Int
  public let imagesDone: Int
  public let imageCount: Int
  public let imagesPerSecond: Double
  /// Mean over the epoch so far.
  public let loss: Double
  public let accuracy: Double
  /// For L-BFGS only: the norm of the gradient.
  public var gradientNorm: Double?
}

extension EpochRecord: Checked {
  public func check() throws(CheckFailure) {
    try requireShare(trainingAccuracy, "trainingAccuracy")
    try requireShare(validationAccuracy, "validationAccuracy")
    try requireNotNegative(seconds, "seconds")
  }
}
