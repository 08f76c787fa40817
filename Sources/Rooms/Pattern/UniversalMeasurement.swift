import Adversarial
import Datasets
import Lab
import Networks
import Tensors

/// Computes a universal perturbation from training images and counts the held-out images that it fools, beside noise of
/// the same norm.
struct UniversalMeasurement {
  let configuration: PatternExperiment.Configuration

  /// - Parameters:
  ///   - numbers: The held-out images that are counted.
  ///   - engine: Runs `network` on them.
  func measure(
    _ network: Network, _ dataset: Dataset, _ numbers: [Int], _ engine: Engine, _ progress: ProgressHandler
  ) throws -> (results: PatternExperiment.UniversalResults, values: [Float]) {
    var generator = SeededGenerator(seed: configuration.seed, purpose: "images of universal")
    let count = min(configuration.universalCount, dataset.training.count)
    let own = generator.sample(count, of: dataset.training.count)
    let maker = UniversalPerturbation(
      norm: configuration.universalNorm, radius: configuration.universalRadius,
      passLimit: configuration.universalPassLimit)
    try progress(.stage("computing a universal perturbation from \(count) training images"))
    // One image at a time: a plan for one image wastes nothing on empty places.
    let single = try Engine(running: network, workerCount: 1, microBatch: 1)
    let made = try maker.made(
      from: dataset.training.tensor(of: own), order: Array(0..<count), classifier: single
    ) { try progress(.step(done: $0, total: $1, unit: "images")) }
    let images = dataset.heldOut.tensor(of: numbers)
    let clean = Prediction.rows(of: try engine.logits(of: images)).map(\.label)
    let after = Prediction.rows(
      of: try engine.logits(of: UniversalPerturbation.applied(made.values, to: images))
    ).map(\.label)
    var takenFor = [Int](repeating: 0, count: dataset.heldOut.classNames.count)
    for (now, before) in zip(after, clean) where now != before { takenFor[now] += 1 }
    var noiseCount = 0
    for draw in 0..<configuration.noiseCount {
      noiseCount += try UniversalPerturbation.fooled(
        maker.noise(pixelCount: images.rowLength, seed: configuration.seed, draw: draw), images, clean: clean,
        classifier: engine
      ).count
    }
    return (
      PatternExperiment.UniversalResults(
        norm: configuration.universalNorm, radius: configuration.universalRadius, passCount: made.passCount,
        fooledOwn: made.fooled, fooledHeldOut: Proportion(takenFor.reduce(0, +), of: numbers.count),
        fooledByNoise: Proportion(noiseCount, of: numbers.count * configuration.noiseCount),
        noiseDraws: configuration.noiseCount, takenFor: takenFor), made.values
    )
  }
}
