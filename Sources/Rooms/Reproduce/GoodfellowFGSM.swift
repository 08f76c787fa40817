import Adversarial
import LinearityRoom
import Networks
import Tensors

/// Errors under x + ε sign ∇ₓL at ε = 0.25, and how sure the networks are of them.
struct GoodfellowFGSM {
  let bench: ReproductionBench

  private static let epsilon = PapersNetwork.epsilon

  func measure() throws -> [Reproduction.Section] {
    let batch = bench.batch(bench.scale.fastCount, of: .heldOut)
    var rows: [Reproduction.Row] = []
    for (network, error, confidence, clean) in [
      (PapersNetwork.softmax, 99.9, 79.3, nil), (.maxout, 89.4, 97.6, 0.94), (.rbf, 55.4, nil, nil),
      (.rbfAsSoftmax, nil, nil, nil),
    ] as [(PapersNetwork, Double?, Double?, Double?)] {
      let subject = try bench.subject(network)
      rows.append(
        try row(
          subject.name, subject.engine, batch, error: error, confidence: confidence, clean: clean))
    }
    let members = try bench.subjects(PapersNetwork.ensemble(of: bench.scale.ensembleSize))
    let ensemble = Ensemble(members.map(\.engine))
    rows.append(
      try row(
        "\(members.count) maxout networks, all attacked", ensemble, batch, error: 91.1, confidence: nil,
        clean: nil))
    rows.append(
      try row(
        "\(members.count) maxout networks, one attacked", ensemble, from: members[0].engine, batch,
        error: 87.9,
        confidence: nil, clean: nil))
    if let logistic = try logisticRow() { rows.append(logistic) }
    return [
      Reproduction.Section(
        "ε = 0.25 on held-out images",
        columns: [
          .init("test error", .percent), .init("error", .percent), .init("confidence in mistakes", .percent),
          .init("error, pixels kept in [0, 1]", .percent),
        ], rows: rows,
        remarks: [
          "Error on all \(batch.count) images, those that are wrong without help among them. The paper does not clip; with "
            + "clipping the step is half as long where pixels are at a bound already, which in MNIST most are.",
          "The softmax's confidence depends on how large its weights have grown, which the paper does not tell; it was trained "
            + "here without decay.",
          "An ensemble's probabilities are the means of its members'; the paper's has 12 of them, and its way of averaging is "
            + "not printed.",
          "Not measured: the convolutional maxout network on CIFAR-10 (87.15 %), GoogLeNet and MP-DBM (97.5 %), which are not "
            + "built here.",
        ]),
      try radialSection(batch),
    ]
  }

  private func row(
    _ name: String, _ judge: some Classifier, from source: (any DifferentiableClassifier)? = nil,
    _ batch: AttackBatch, error: Double?, confidence: Double?, clean: Double?
  ) throws -> Reproduction.Row {
    try bench.progress(.stage("\(name): one step of ε = \(Self.epsilon) on \(batch.count) images"))
    guard let source = source ?? (judge as? any DifferentiableClassifier) else {
      preconditionFailure("\(name) has no gradient")
    }
    func mistakes(_ bounds: ClosedRange<Float>) throws -> ReproductionBench.Mistakes {
      try bench.mistakes(
        of: judge, on: try bench.fastPerturbations(of: source, on: batch, bounds: bounds),
        labels: batch.labels)
    }
    let (free, clipped) = (try mistakes(ReproductionBench.wideBounds), try mistakes(0...1))
    return .init(
      name,
      [
        .init(
          paper: clean, try bench.mistakes(of: judge, on: batch.images, labels: batch.labels).error),
        .init(paper: error, free.error),
        .init(paper: confidence, ours: free.confidence.map { 100 * $0 }, count: free.error.count),
        .init(clipped.error),
      ])
  }

  /// Classes 3 and 7, where the step is the worst there is.
  private func logisticRow() throws -> Reproduction.Row? {
    let pair = [3, 7]
    guard pair.allSatisfy(bench.dataset.training.classNames.indices.contains) else { return nil }
    let (training, heldOut) = (
      LogisticRegression.Data(bench.dataset.training, pair: pair),
      LogisticRegression.Data(bench.dataset.heldOut, pair: pair)
    )
    try bench.progress(.stage("logistic regression on \(training.signs.count) images of two classes"))
    let steps = 500
    let model = try LogisticRegression.trained(on: training, epsilon: 0, stepCount: steps) {
      try bench.progress(.step(done: $0, total: steps, unit: "steps"))
    }
    let (count, epsilon) = (heldOut.signs.count, Double(Self.epsilon))
    return .init(
      "logistic regression, 3 against 7",
      [
        .init(paper: 1.6, Proportion(model.errorCount(on: heldOut, epsilon: 0), of: count)),
        .init(paper: 99, Proportion(model.errorCount(on: heldOut, epsilon: epsilon), of: count)), nil,
        .init(Proportion(model.clippedErrorCount(on: heldOut, epsilon: epsilon), of: count)),
      ])
  }

  /// The RBF network's own probabilities, which add up to nothing.
  private func radialSection(_ batch: AttackBatch) throws -> Reproduction.Section {
    var rows: [Reproduction.Row] = []
    for (network, papers) in [(PapersNetwork.rbf, (1.2, 60.6)), (.rbfAsSoftmax, (nil, nil))]
      as [(
        PapersNetwork, (wrong: Double?, clean: Double?)
      )]
    {
      let subject = try bench.subject(network)
      let attacked = try bench.fastPerturbations(
        of: subject.engine, on: batch, bounds: ReproductionBench.wideBounds)
      for isAttacked in [true, false] {
        let logits = try subject.engine.logits(of: isAttacked ? attacked : batch.images)
        let counted = (0..<logits.count).filter {
          !isAttacked || Prediction(logits: logits[row: $0]).label != batch.labels[$0]
        }
        func mean(_ scores: ScoreKind) -> Double? {
          guard !counted.isEmpty else { return nil }
          return counted.reduce(0.0) { $0 + (scores.probabilities(of: logits[row: $1]).max() ?? 0) }
            * 100 / Double(counted.count)
        }
        rows.append(
          .init(
            "\(subject.name), \(isAttacked ? "in mistakes at ε = 0.25" : "on clean images")",
            [
              .init(
                paper: isAttacked ? papers.wrong : papers.clean, ours: mean(.exponential),
                count: counted.count),
              .init(ours: mean(.softmax), count: counted.count),
            ]))
      }
    }
    return Reproduction.Section(
      "How sure the RBF networks are",
      columns: [.init("exp(−distance)", .percent), .init("softmax", .percent)], rows: rows,
      remarks: [
        "1.2 % is less than any softmax of ten classes can give its winner: the paper's probabilities are not normalised, and "
          + "its formula exp((x−μ)ᵀβ(x−μ)) lacks a minus sign. Its loss is not printed; here each class is a yes or no of "
          + "probability exp(−Σ β(x−μ)²), with β for each pixel and class. Trained as a softmax, that number has no scale."
      ])
  }
}
