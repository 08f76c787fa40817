import Foundation
import Tensors

/// Trains a network to reconstruct its input.
///
///     minimise  mean over x of ‖f(x) − x‖² / d
///
/// x is the network's normalised input, if its first node normalises. Batches, order of sums and workers are as in
/// ``Trainer``: any number of workers gives the same bytes.
public struct ReconstructionTrainer: Sendable {
  public struct Progress: Sendable {
    /// From 1.
    public let epoch: Int
    public let epochCount: Int
    public let examplesDone: Int
    public let exampleCount: Int
    /// Mean over the epoch so far.
    public let loss: Double
  }

  public let configuration: TrainingConfiguration
  public let inputs: Tensor
  /// The linear layer whose weight columns are kept at length 1.
  public let unitColumnsNode: String?
  /// A node of sigmoid units with a sparsity penalty, which the reported loss excludes.
  public let sparsity: (node: String, Sparsity)?
  public let workerCount: Int

  /// - Parameters:
  ///   - configuration: `patience` and `augmentation` are not used.
  ///   - inputs: `[count, channels, height, width]`, any finite values, at least one.
  ///   - unitColumnsNode: A linear layer that reads a vector; nil for none.
  public init(
    _ configuration: TrainingConfiguration, inputs: Tensor, unitColumnsNode: String? = nil,
    sparsity: (node: String, Sparsity)? = nil,
    workerCount: Int = ProcessInfo.processInfo.activeProcessorCount
  ) {
    precondition(inputs.count > 0, "there must be examples to train on")
    precondition(configuration.augmentation.isIdentity, "features are not images: they cannot be augmented")
    self.configuration = configuration
    self.inputs = inputs
    self.unitColumnsNode = unitColumnsNode
    self.sparsity = sparsity
    self.workerCount = workerCount
  }

  /// - Parameters:
  ///   - network: Its last node has as many values as its input.
  ///   - progress: Called several times per second from a worker; an error it throws stops training.
  /// - Returns: The trained network, and the mean loss of each epoch.
  /// - Throws: ``NetworkError/diverged(epoch:step:)`` when the loss is no longer finite.
  public func train(
    _ network: Network, progress: @escaping @Sendable (Progress) throws -> Void = { _ in }
  ) throws -> (network: Network, losses: [Double]) {
    let examples = ReconstructionExamples(inputs: TensorImages(inputs))
    precondition(
      network.inputShape == examples.imageShape && network.classCount == examples.imageShape.pixelCount,
      "the network reads \(network.inputShape) and gives \(network.classCount) values, "
        + "the examples are \(examples.imageShape)")
    let session = try TrainingSession(
      configuration, examples: examples, workerCount: workerCount, state: TrainingState(starting: network),
      unitColumnsNode: unitColumnsNode, sparsity: sparsity)
    var losses: [Double] = []
    var stepCount = 0
    for epoch in 0..<configuration.epochCount {
      let sums = try session.runEpoch(epoch, stepCount: stepCount) {
        try progress(
          Progress(
            epoch: $0.epoch, epochCount: $0.epochCount, examplesDone: $0.imagesDone,
            exampleCount: $0.imageCount, loss: $0.loss))
      }
      stepCount += sums.stepCount
      losses.append(sums.loss / Double(sums.imageCount))
    }
    return (try session.snapshot().0, losses)
  }
}
