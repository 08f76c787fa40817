import Lab
import PrivacyRoom
import Tensors

/// Does a private network resist adversarial images better? ``PrivacyExperiment``.
struct LecturePrivacy {
  let bench: ReproductionBench

  /// Right answers on MNIST's test images, Abadi et al. (2016).
  static func printed(_ arm: PrivacyArm) -> Double? {
    switch arm {
    case .plain: 98.3
    case .epsilon(8): 97
    case .epsilon(2): 95
    case .epsilon(0.5): 90
    case .epsilon, .clipped, .stopped: nil
    }
  }

  func measure() throws -> [Reproduction.Section] {
    let scale = bench.scale.lecture
    var training = PrivacyExperiment.Configuration.suggestedTraining(seed: bench.seed)
    training.epochCount = scale.privacyEpochCount
    training.batchSize = min(training.batchSize, bench.dataset.training.count)
    training.microBatch = min(training.microBatch, training.batchSize)
    let results = try PrivacyExperiment(
      PrivacyExperiment.Configuration(
        data: bench.source, architecture: .named("mlp"), epsilons: scale.privacyEpsilons,
        networkCount: scale.networkCount, training: training, imageCount: 2 * scale.attackedCount),
      workerCount: bench.workerCount
    ).run(on: bench.dataset, in: bench.place("privacy"), progress: stages(of: "privacy", bench.progress))
    return [
      Reproduction.Section(
        "Privacy: accuracy, distance to the nearest adversarial image, and what a network tells",
        columns: [
          .init("right", .percent), .init("L2, median", .number), .init("right within L2 1", .percent),
          .init("membership advantage", .percent),
        ],
        rows: results.summaries.map { summary in
          let own = results.networks.filter { $0.arm == summary.arm }
          return .init(
            summary.arm.words,
            [
              .init(paper: Self.printed(summary.arm), shares: own.map(\.accuracy.value)),
              .init(summary.distance), .init(shares: own.map(\.robust.value)),
              .init(
                ours: summary.advantage.map { 100 * $0.mean },
                interval: summary.advantage?.interval95?.map { 100 * $0 }, count: summary.advantage?.count,
                sample: .networks),
            ])
        },
        shown: [0, 2],
        remarks: [
          "\(results.architectureName), \(results.networkCount) networks of each kind, \(results.epochCount) epochs of lots of "
            + "\(results.lotSize), C = 1, δ = \(PrivacyWords.number(results.delta, "%.4g")). Distance: DDN, of the images that are right among \(results.imageCount); "
            + "advantage: true less false positive rate of an attack by the loss, 0 for a network that tells nothing; "
            + "its intervals hold the error of the images too, which are the same for all networks.",
          "Abadi et al. (2016) print test accuracies of a network of 1,000 units behind a private projection to 60 "
            + "components, on MNIST with their own schedule; they say nothing of adversarial images.",
        ] + results.sentences.map(\.asSentence))
    ]
  }
}
