import Foundation
import Tensors

/// Everything that decides a training run besides the network, the data and the machine.
public struct TrainingConfiguration: Codable, Equatable, Sendable {
  public var epochCount: Int
  public var batchSize: Int
  /// Number of images in one forward and backward pass. Batch normalization takes its statistics over these, and
  /// partial gradients are summed in their order, so the result does not depend on the number of workers.
  public var microBatch: Int
  public var optimizer: Optimizer
  public var learningRate: LearningRate
  public var augmentation: Augmentation
  /// Stop when the validation loss has not fallen for this many epochs, and return the best weights; nil: never.
  public var patience: Int?
  /// Seeds initial weights, shuffling, augmentation and dropout.
  public var seed: UInt64
  /// Penalties on weights in addition to the optimizer's own decay; nil: none.
  public var penalties: Penalties?
  /// A first stage of training; nil: none.
  public var pretraining: AutoencoderPretraining?
  /// Perturbed images to train on; nil: none.
  public var adversarial: AdversarialTraining?
  /// Bounds and masks each image's effect on the network; nil: not private.
  public var privacy: PrivateTraining?
  /// Names of layers whose parameters stay fixed, as do the running statistics of batch normalization among them.
  public var frozenLayers: [String] {
    get { frozen ?? [] }
    set { frozen = newValue.isEmpty ? nil : newValue }
  }
  /// Absent where there are none, so that files of earlier versions stay readable and unchanged.
  private var frozen: [String]?
  /// Loss minimised over labelled images.
  public var loss: TrainingLoss {
    get { trainingLoss ?? .softmax }
    set { trainingLoss = newValue == .softmax ? nil : newValue }
  }
  /// Absent where it is softmax, for the same reason.
  private var trainingLoss: TrainingLoss?

  public init(
    epochCount: Int = 5, batchSize: Int = 128, microBatch: Int = 64,
    optimizer: Optimizer = .sgd(momentum: 0.9, weightDecay: 0), learningRate: LearningRate = LearningRate(),
    augmentation: Augmentation = Augmentation(), patience: Int? = nil, seed: UInt64 = 1,
    penalties: Penalties? = nil, pretraining: AutoencoderPretraining? = nil,
    adversarial: AdversarialTraining? = nil, frozenLayers: [String] = [],
    loss: TrainingLoss = .softmax, privacy: PrivateTraining? = nil
  ) {
    precondition(epochCount >= 0 && batchSize > 0 && microBatch > 0, "counts must be positive")
    self.epochCount = epochCount
    self.batchSize = batchSize
    self.microBatch = min(microBatch, batchSize)
    self.optimizer = optimizer
    self.learningRate = learningRate
    self.augmentation = augmentation
    self.patience = patience
    self.seed = seed
    self.penalties = penalties
    self.pretraining = pretraining
    self.adversarial = adversarial
    self.frozenLayers = frozenLayers
    self.loss = loss
    self.privacy = privacy
  }
}

/// The learning rate over the course of training.
public struct LearningRate: Codable, Equatable, Sendable {
  public enum Schedule: Codable, Equatable, Sendable {
    case constant
    /// Multiplied by `factor` every `epochs` epochs.
    case step(epochs: Int, factor: Float)
    /// `η = ½ initial (1 + cos(π t))`, t from 0 to 1 over the run. Loshchilov, Hutter (2017).
    case cosine
  }

  public var initial: Float
  public var schedule: Schedule
  /// Number of epochs of linear warm-up from 0.
  public var warmupEpochs: Float

  public init(initial: Float = 0.05, schedule: Schedule = .constant, warmupEpochs: Float = 0) {
    self.initial = initial
    self.schedule = schedule
    self.warmupEpochs = warmupEpochs
  }

  /// - Parameter epoch: Completed epochs, with the fraction of the current one.
  func value(at epoch: Double, of epochCount: Int) -> Float {
    let warmup = Double(warmupEpochs)
    if epoch < warmup { return initial * Float(epoch / warmup) }
    switch schedule {
    case .constant: return initial
    case .step(let epochs, let factor): return initial * pow(factor, Float(Int(epoch) / epochs))
    case .cosine:
      let progress = (epoch - warmup) / max(Double(epochCount) - warmup, 1e-9)
      return Float(Double(initial) * 0.5 * (1 + cos(.pi * min(progress, 1))))
    }
  }
}

extension TrainingConfiguration: Checked {
  public func check() throws(CheckFailure) {
    try requireSome(batchSize, "batchSize")
    try requirePart(microBatch, of: batchSize, "microBatch")
    try requireSome(microBatch, "microBatch")
  }
}

extension LearningRate: Checked {
  public func check() throws(CheckFailure) {
    try require(warmupEpochs >= 0, "warmupEpochs", "expected a number that is not negative")
    if case .step(let epochs, _) = schedule { try requireSome(epochs, "schedule") }
  }
}
