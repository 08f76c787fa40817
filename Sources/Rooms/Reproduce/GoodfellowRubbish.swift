import Adversarial
import Networks
import Tensors

/// Gaussian noise that networks take for a digit, and noise that one step makes any digit of.
struct GoodfellowRubbish {
  let bench: ReproductionBench

  func measure() throws -> [Reproduction.Section] {
    let shape = bench.dataset.heldOut.shape
    let noise = RubbishClass.noise(count: bench.scale.rubbishCount, shape: shape, seed: bench.seed)
    var rows: [Reproduction.Row] = []
    var classes: [Reproduction.Row] = []
    let names = bench.dataset.heldOut.classNames
    for (network, scores, name, error, confidence) in [
      (.maxout, .softmax, "maxout, softmax", 98.35, 92.8),
      (.maxoutWithSigmoids, .sigmoid, "maxout, independent sigmoids", 68, 87.9),
      (.softmax, .softmax, "softmax regression", 59.8, 70.8),
      (.fc10Weak, .softmax, "softmax regression, decay 1e-4", nil, nil),
      (.fc10Middle, .softmax, "softmax regression, decay 1e-2", nil, nil),
      (.rbf, .exponential, "RBF", 0, nil),
      (.rbfAsSoftmax, .softmax, "RBF, trained and read as a softmax", nil, nil),
    ] as [(PapersNetwork, ScoreKind, String, Double?, Double?)] {
      let subject = try bench.subject(network)
      try bench.progress(.stage("\(name): \(noise.count) images of noise"))
      let found = RubbishClass(of: try subject.engine.logits(of: noise), by: scores)
      rows.append(
        .init(
          name,
          [
            .init(paper: error, found.accepted),
            .init(
              paper: confidence, ours: found.meanConfidence.map { 100 * $0 }, count: found.accepted.count),
          ]))
      guard name == "maxout, softmax" else { continue }
      // The paper names two classes of its skew.
      for (label, count) in found.acceptedByClass.enumerated() {
        let paper: Double? = label == 5 ? 45.3 : label == 8 ? 0 : nil
        classes.append(
          .init(names[label], [.init(paper: paper, Proportion(count, of: found.accepted.count))]))
      }
    }
    return [
      Reproduction.Section(
        "Noise of N(0, I) taken for a class with a probability above 1/2",
        columns: [.init("taken for a class", .percent), .init("confidence", .percent)], rows: rows,
        remarks: [
          "\(noise.count) images, the same for all. What a softmax regression says of noise depends on how large its weights have "
            + "grown, which the paper does not tell: rows with decay stand beside it.",
          "Not measured: the convolutional maxout network on CIFAR-10 (93.4 %).",
        ]),
      Reproduction.Section(
        "Which class maxout takes it for", columns: [.init("share of those taken for a class", .percent)],
        rows: classes,
        remarks: ["The paper names the most frequent class, 5, and the one that never comes, 8."]),
      try foolingSection(),
    ]
  }

  private func foolingSection() throws -> Reproduction.Section {
    let subject = try bench.subject(.maxout)
    try bench.progress(
      .stage("one step from noise towards each class, \(bench.scale.foolingCount) images"))
    let count = bench.scale.foolingCount
    let found = try FoolingImages(
      count: count, epsilon: Double(PapersNetwork.epsilon), scores: .softmax, seed: bench.seed,
      classifier: subject.engine
    ) { try bench.progress(.step(done: $0, total: count, unit: "images")) }
    let reached = found.outcomes.compactMap(\.fooled.value)
    return Reproduction.Section(
      "One step of ε = 0.25 from noise towards each class",
      columns: [.init("taken for it after the step", .percent), .init("before", .percent)],
      rows: zip(bench.dataset.heldOut.classNames, found.outcomes).map { name, outcome in
        .init(name, [.init(outcome.fooled), .init(outcome.before)])
      } + [
        .init(
          "mean of the classes",
          [.init(ours: 100 * reached.reduce(0, +) / Double(reached.count), count: count), nil])
      ],
      remarks: [
        "Success: a probability of at least 1/2. The paper's 75.3 % is of a convolutional network on CIFAR-10; it has no "
          + "number for MNIST, nor the size of its step."
      ])
  }
}
