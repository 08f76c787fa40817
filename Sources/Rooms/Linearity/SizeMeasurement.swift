import Datasets
import Lab
import Networks
import Tensors

/// Trains networks on the same images at several sizes and measures the effect of a step of one ‖r‖∞ on their margins.
struct SizeMeasurement {
  let configuration: LinearityExperiment.Configuration
  let workerCount: Int

  private static let architectures: [Architecture.Named] = [.softmax, .mlp]

  /// - Returns: Nothing if there are no sizes.
  func measure(
    _ dataset: Dataset, _ progress: @escaping ProgressHandler
  ) throws -> (rows: [DimensionGrowth.Row], slopes: [DimensionGrowth.Slopes]) {
    guard !configuration.sides.isEmpty else { return ([], []) }
    var generator = SeededGenerator(seed: configuration.seed, purpose: "training images of sizes")
    func sample(_ count: Int, of images: LabelledImages) -> LabelledImages {
      images.selecting(generator.sample(min(count, images.count), of: images.count).sorted())
    }
    let training = sample(configuration.sizeTrainingCount, of: dataset.training)
    let heldOut = sample(configuration.imageCount * 10, of: dataset.heldOut)
    var rows: [DimensionGrowth.Row] = []
    for side in configuration.sides {
      try progress(.stage("training on \(training.count) images of \(side)×\(side)"))
      let small = DimensionGrowth.resized(training, side: side, workerCount: workerCount)
      let judged = DimensionGrowth.resized(heldOut, side: side, workerCount: workerCount)
      for architecture in Self.architectures {
        rows += try self.rows(architecture, trainedOn: small, judgedOn: judged, progress)
      }
    }
    let slopes = Self.architectures.flatMap { architecture in
      [false, true].compactMap { isTrained in
        DimensionGrowth.slopes(
          of: rows.filter { $0.network == architecture.rawValue && $0.isTrained == isTrained })
      }
    }
    return (rows, slopes)
  }

  /// Measures one network at one size, before and after training.
  private func rows(
    _ architecture: Architecture.Named, trainedOn images: LabelledImages, judgedOn judged: LabelledImages,
    _ progress: @escaping ProgressHandler
  ) throws -> [DimensionGrowth.Row] {
    let graph = try Graph(
      .named(architecture, input: images.shape, classCount: images.classNames.count))
    let start = Network(initializing: graph, seed: configuration.seed)
    // Squared norms of images grow like n; a rate that falls like 1/n takes steps of the same effect at any size.
    let training = TrainingConfiguration(
      epochCount: configuration.sizeEpochCount,
      learningRate: LearningRate(
        initial: 0.02 * 784 / Float(images.shape.pixelCount), schedule: .cosine),
      seed: configuration.seed)
    let state = try Trainer(training, training: images, validation: nil, workerCount: workerCount)
      .train(from: TrainingState(starting: start), progress: { try progress(.training($0)) })
    return try [(start, false), (state.network, true)].compactMap { network, isTrained in
      try DimensionGrowth.row(
        of: network, isTrained: isTrained, on: judged, epsilon: configuration.sizeEpsilon,
        seed: configuration.seed, workerCount: workerCount)
    }
  }
}
