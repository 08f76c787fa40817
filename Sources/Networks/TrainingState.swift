import Tensors

/// What one epoch did, or one iteration of L-BFGS.
public struct EpochRecord: Codable, Equatable, Sendable {
  /// From 1.
  public let epoch: Int
  /// Mean ``TrainingLoss`` over the epoch's images, each as it was trained on; of L-BFGS, after the iteration.
  public let trainingLoss: Double
  public let trainingAccuracy: Double
  /// On images kept apart from training, after the epoch; nil where none were kept.
  public var validationLoss: Double?
  public var validationAccuracy: Double?
  /// In the middle of the epoch; 0 of L-BFGS, which has none.
  public let learningRate: Float
  public let seconds: Double
  public let imagesPerSecond: Double
  /// Of L-BFGS alone: the mean loss with its penalties, and the length of its gradient.
  public var objective: Double?
  public var gradientNorm: Double?
}

/// Training between two epochs: all that is needed to go on as if it had never stopped.
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

  /// Before the first step.
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

  /// Epochs since the validation loss was lowest.
  var epochsSinceBest: Int {
    let losses = history.map { $0.validationLoss ?? .infinity }
    guard let lowest = losses.min(), let position = losses.firstIndex(of: lowest) else { return 0 }
    return losses.count - 1 - position
  }
}

/// Why training came to its end.
public enum TrainingEnding: String, Codable, Sendable {
  case epochLimit
  /// The validation loss no longer fell.
  case patience
  /// The gradient became small enough.
  case converged
  /// L-BFGS found no lower loss, even from an empty memory: the rest is rounding.
  case exhausted
}

/// Where training is, told several times a second.
public struct TrainingProgress: Sendable {
  public let epoch: Int
  public let epochCount: Int
  public let imagesDone: Int
  public let imageCount: Int
  public let imagesPerSecond: Double
  /// Mean over the epoch so far.
  public let loss: Double
  public let accuracy: Double
  /// Of L-BFGS alone: the length of the gradient.
  public var gradientNorm: Double?
}

extension EpochRecord: Checked {
  public func check() throws(CheckFailure) {
    try requireShare(trainingAccuracy, "trainingAccuracy")
    try requireShare(validationAccuracy, "validationAccuracy")
    try requireNotNegative(seconds, "seconds")
  }
}
