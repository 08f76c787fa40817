import Adversarial
import Tensors

/// Errors of the MNIST networks, and how little their images must change.
struct SzegedyTable1 {
  let bench: ReproductionBench

  /// Training error, test error, average smallest distortion.
  static let printed: [(training: Double, test: Double, distortion: Double)] = [
    (6.7, 7.4, 0.062), (10, 9.4, 0.1), (21.2, 20, 0.14), (0, 1.64, 0.058), (0, 1.54, 0.065),
    (0.57, 1.9, 0.086),
  ]

  func measure() throws -> [Reproduction.Section] {
    let batch = bench.searched(.training)
    let rows = try zip(PapersNetwork.table1, Self.printed).map { network, paper in
      let subject = try bench.subject(network)
      let nearest = try bench.smallestPerturbations(of: subject, .training, .nearest)
      let random = try bench.smallestPerturbations(of: subject, .training, .random)
      return Reproduction.Row(
        subject.name,
        [
          .init(paper: paper.training, subject.trainingError), .init(paper: paper.test, subject.heldOutError),
          Self.distortion(of: random, paper: paper.distortion),
          Self.distortion(of: nearest, paper: paper.distortion),
          .init(paper: 100, nearest.summary.success), exactDistortion(for: subject, on: batch, nearest),
        ])
    }
    return [
      Reproduction.Section(
        "Errors and average smallest distortion",
        columns: [
          .init("training error", .percent), .init("test error", .percent),
          .init("distortion, random class", .distortion), .init("distortion, nearest class", .distortion),
          .init("found", .percent), .init("exact, nearest class", .distortion),
        ], rows: rows,
        remarks: [
          "Decay: the paper prints λ Σw²/k for each layer; its errors come out with λ/2 (Σw² + Σb²), which is used here "
            + "(with the printed form FC10(1) errs on 14.6 % of the test images, not 20 %).",
          "The paper does not say towards which class l its images are moved. Its distortions are near those towards a class "
            + "drawn at random, and about twice those towards the nearest, so it hardly took the nearest.",
          "Distortion: mean over the images of √(Σ(x′−x)²/n), of \(batch.count) training images drawn at random those that the "
            + "network gets right. The paper averages until the accuracy is 0, so images that are wrong without help have 0 "
            + "there or are left out; it does not say.",
          "Exact: of linear networks the distance to the nearest adversarial image in the box has a closed form. The "
            + "probabilities of FC10(1) are nearly flat, so that its cross-entropy pulls away from all classes at once and "
            + "the minimum of the penalty lies beyond the nearest image; more iterations do not change that.",
          "The autoencoder's sparsity, its size of steps and its end are not printed; those here are choices.",
        ])
    ]
  }

  static func distortion(of evaluation: Evaluation, paper: Double? = nil) -> Reproduction.Value {
    let summary = evaluation.summary
    return .init(paper: paper, ours: summary.meanDistortion, count: summary.success.count)
  }

  private func exactDistortion(
    for subject: ReproductionBench.Subject, on batch: AttackBatch, _ evaluation: Evaluation
  ) -> Reproduction.Value? {
    guard let linear = LinearModelDistance(of: subject.network) else { return nil }
    let rows = evaluation.images.indices.filter { evaluation.images[$0].verdict == .succeeded }
    guard !rows.isEmpty else { return .init(count: 0) }
    let length = Double(batch.images.rowLength).squareRoot()
    let distances = Workers.map(count: rows.count) { place in
      linear.distance(
        from: batch.images[row: rows[place]], label: batch.labels[rows[place]], norm: .l2, bounds: 0...1)
    }
    return .init(ours: distances.reduce(0, +) / Double(rows.count) / length, count: rows.count)
  }
}
