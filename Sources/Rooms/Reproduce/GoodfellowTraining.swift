import Adversarial
import Lab
import Tensors

/// What training on perturbed images changes, and what its controls do.
struct GoodfellowTraining {
  let bench: ReproductionBench

  func measure() throws -> [Reproduction.Section] {
    let batch = bench.batch(bench.scale.fastCount, of: .heldOut)
    let plain = try bench.subject(.maxout)
    let robust = try bench.subject(.maxoutAgainstFGSM)
    var rows: [Reproduction.Row] = []
    for (network, clean, error, confidence) in [
      (.maxout, 0.94, 89.4, 97.6), (.maxoutAgainstFGSM, 0.84, 17.9, 81.4),
      (.maxoutAgainstSigns, nil, 86.2, 97.3), (.maxoutAgainstUniform, nil, 90.4, 97.8),
    ] as [(PapersNetwork, Double?, Double, Double)] {
      let subject = try bench.subject(network)
      try bench.progress(.stage("\(subject.name): one step and forty"))
      let free = try mistakes(of: subject, by: subject, on: batch, ReproductionBench.wideBounds)
      let clipped = try mistakes(of: subject, by: subject, on: batch, 0...1)
      rows.append(
        .init(
          subject.name,
          [
            .init(paper: clean, subject.heldOutError), .init(paper: error, free.error),
            .init(paper: confidence, ours: free.confidence.map { 100 * $0 }, count: free.error.count),
            .init(clipped.error), .init(try iterated(subject)),
          ]))
    }
    let penalised = try bench.subject(.maxoutWithL1)
    return [
      Reproduction.Section(
        "ε = 0.25 on held-out images",
        columns: [
          .init("test error", .percent), .init("FGSM error", .percent),
          .init("confidence in mistakes", .percent),
          .init("FGSM error, pixels in [0, 1]", .percent), .init("PGD error, pixels in [0, 1]", .percent),
        ], rows: rows,
        remarks: [
          "The paper's 17.9 %, 81.4 % and the transfer below are those of 1,600 units a layer, its 0.84 % that of 240; here all "
            + "have 240 and \(bench.scale.maxoutEpochCount) epochs, without its early stopping on adversarial images.",
          "Training keeps pixels in [0, 1] here, so the second column asks the network about images of a kind that it was not "
            + "trained on, as does the paper's for noise.",
          "PGD: 40 steps of 0.025 from a random start, on \(pgdCount) images. A network that resists one step and not forty hides "
            + "its gradient rather than being robust; the paper, which made images by one step alone, could not see that.",
        ]),
      Reproduction.Section(
        "Images made for one network, shown to the other",
        columns: [.init("error", .percent), .init("error, pixels in [0, 1]", .percent)],
        rows: [
          .init(
            "made for maxout, shown to the adversarially trained",
            [
              .init(
                paper: 19.6,
                try mistakes(of: robust, by: plain, on: batch, ReproductionBench.wideBounds).error),
              .init(try mistakes(of: robust, by: plain, on: batch, 0...1).error),
            ]),
          .init(
            "made for the adversarially trained, shown to maxout",
            [
              .init(
                paper: 40.9,
                try mistakes(of: plain, by: robust, on: batch, ReproductionBench.wideBounds).error),
              .init(try mistakes(of: plain, by: robust, on: batch, 0...1).error),
            ]),
        ],
        remarks: [
          "In the paper images of another network fool the trained one more often (19.6 %) than its own (17.9 %): a sign of "
            + "a hidden gradient."
        ]),
      Reproduction.Section(
        "L1 on the first layer, coefficient 0.0025",
        columns: [.init("training error", .percent), .init("test error", .percent)],
        rows: [
          .init(penalised.name, [.init(paper: 5, penalised.trainingError), .init(penalised.heldOutError)])
        ],
        remarks: [
          "The paper says \"over 5 %\" of training error, and that smaller coefficients bring nothing."
        ]),
    ]
  }

  private var pgdCount: Int { min(1000, bench.scale.fastCount) }

  private func mistakes(
    of judge: ReproductionBench.Subject, by source: ReproductionBench.Subject, on batch: AttackBatch,
    _ bounds: ClosedRange<Float>
  ) throws -> ReproductionBench.Mistakes {
    try bench.mistakes(
      of: judge.engine, on: try bench.fastPerturbations(of: source.engine, on: batch, bounds: bounds),
      labels: batch.labels)
  }

  private func iterated(_ subject: ReproductionBench.Subject) throws -> Proportion {
    let batch = bench.batch(pgdCount, of: .heldOut)
    let attack = AttackInPortions(
      attack: ProjectedGradientDescent(
        stepCount: 40, relativeStepSize: 0.1, start: .random(restartCount: 1, seed: bench.seed)),
      portion: 256, progress: bench.progress)
    let evaluation = try Evaluation(
      of: attack, on: batch, under: ThreatModel(norm: .linf, epsilon: PapersNetwork.epsilon),
      classifier: subject.engine)
    let robust = evaluation.summary.robustAccuracy
    return Proportion(robust.total - robust.count, of: robust.total)
  }
}
