import Datasets
import Foundation
import Lab
import Networks
import Tensors

/// Networks that are not private, stopped where they are as accurate as another one.
///
/// A rung is a length of training: one pass over a few batches of images, a batch more for each rung, and after the whole
/// pass an epoch more for each. The first has two images at least, as many as a question about membership needs. The
/// images of shorter passes are the first of those of longer ones. The rung
/// with the nearest accuracy is looked for by bisection, as if accuracy rose with the rung, and taken from all that were
/// tried on the way, the first and the last among them. Where accuracy does not quite rise, another may be nearer.
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
  /// The last is the whole training.
  private var rungCount: Int { batchCount + training.epochCount - 1 }
  /// The first with two images; the last where there are not so many.
  private var firstRung: Int { min((1 + training.batchSize) / training.batchSize, rungCount) }

  /// What a network was trained on.
  struct Seen {
    /// Different ones.
    let images: [Int]
    /// Each as often as it was seen.
    let count: Int
  }

  private func seen(_ rung: Int) -> Seen {
    let images = Array(order[..<min(rung * training.batchSize, order.count)])
    return Seen(images: images, count: images.count * max(1, rung - batchCount + 1))
  }

  /// - Returns: The network whose accuracy on the held-out images is nearest to `count` right ones, and what it saw.
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

  /// The last rung, once it was tried.
  var wholeTraining: Network? { known[rungCount]?.network }

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
