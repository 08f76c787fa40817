import Datasets
import Foundation
import Lab
import Networks
import Tensors

/// Trains non-private networks that stop at the accuracy of another network.
///
/// A rung is a length of training: one pass over the first k batches of images, k = 1, 2, …, and after a whole pass one
/// epoch more per rung. The first rung has at least two images, as many as membership inference needs. The rung with the
/// nearest accuracy is found by bisection, as if accuracy increased with the rung, among all that were tried on the way,
/// including the first and the last. Where accuracy is not monotonic, another rung may be nearer.
struct StoppedEarly {
  let training: TrainingConfiguration
  let dataset: Dataset
  let graph: Graph
  let workerCount: Int
  let progress: ProgressHandler
  private let order: [Int]
  private var known: [Int: (network: Network, accuracy: Proportion)] = [:]

  init(
    _ training: TrainingConfiguration, dataset: Dataset, graph: Graph, workerCount: Int,
    progress: @escaping ProgressHandler
  ) {
    self.training = training
    self.dataset = dataset
    self.graph = graph
    self.workerCount = workerCount
    self.progress = progress
    var generator = SeededGenerator(seed: training.seed, purpose: "images before the stop")
    order = generator.permutation(dataset.training.count)
  }

  private var batchCount: Int { (order.count + training.batchSize - 1) / training.batchSize }
  /// The last rung is the whole training.
  private var rungCount: Int { batchCount + training.epochCount - 1 }
  /// The first rung with two images; the last when there are not so many.
  private var firstRung: Int { min((1 + training.batchSize) / training.batchSize, rungCount) }

  /// The images that a network was trained on.
  struct Seen {
    /// Each once.
    let images: [Int]
    /// The number of images, each counted as often as it was used.
    let count: Int
  }

  private func seen(_ rung: Int) -> Seen {
    let images = Array(order[..<min(rung * training.batchSize, order.count)])
    return Seen(images: images, count: images.count * max(1, rung - batchCount + 1))
  }

  /// - Returns: The network whose number of correct predictions on held-out images is nearest to `count`, and the images that
  ///   it was trained on.
  mutating func network(asAccurateAs count: Int) throws -> (network: Network, seen: Seen) {
    var (below, above) = (firstRung, rungCount)
    var tried = [below, above]
    while above - below > 1 {
      let middle = (below + above) / 2
      tried.append(middle)
      if try train(middle).accuracy.count < count { below = middle } else { above = middle }
    }
    let candidates = try tried.map { rung in
      (rung: rung, gap: abs(try train(rung).accuracy.count - count))
    }
    let best = candidates.min { ($0.gap, $0.rung) < ($1.gap, $1.rung) }!.rung
    return (try train(best).network, seen(best))
  }

  private mutating func train(_ rung: Int) throws -> (network: Network, accuracy: Proportion) {
    if let known = known[rung] { return known }
    var settings = training
    settings.epochCount = max(1, rung - batchCount + 1)
    let images =
      rung < batchCount ? dataset.training.selecting(seen(rung).images) : dataset.training
    let start = TrainingState(starting: Network(initializing: graph, seed: training.seed))
    let network = try Trainer(settings, training: images, validation: nil, workerCount: workerCount)
      .train(from: start, progress: { [progress] in try progress(.training($0)) }).network
    let logits = try Engine(running: network, workerCount: workerCount).logits(of: dataset.heldOut)
    let right = Prediction.rows(of: logits).enumerated().count { $1.label == dataset.heldOut.labels[$0] }
    let result = (network, Proportion(right, of: dataset.heldOut.count))
    known[rung] = result
    return result
  }
}
