import Adversarial
import Attacks
import Figures
import Lab
import Networks
import Tensors

/// How much can be had by asking alone? Attacks that see scores or labels, beside attacks that see the gradient.
struct LectureBlackBox {
  let bench: ReproductionBench

  private var scale: LectureScale { bench.scale.lecture }

  /// One attack on every network of one architecture.
  private struct Line {
    let name: String
    let evaluations: [Evaluation]

    var successes: [Double?] { evaluations.map { $0.summary.success.value } }

    /// Over the images attacked, those never fooled counted as infinitely far.
    func medians(_ value: (AttackedImage) -> Double?) -> [Double?] {
      evaluations.map { evaluation in
        let attacked = evaluation.images.filter { !$0.verdict.isSkipped }
        let median = Statistics.median(
          attacked.map { $0.verdict == .succeeded ? value($0) ?? .infinity : .infinity })
        return median.flatMap { $0.isFinite ? $0 : nil }
      }
    }

    var queries: [Double?] { medians { $0.queries?.firstSuccess.map(Double.init) } }
    var distances: [Double?] { medians(\.distortion.l2) }
  }

  func measure() throws -> [Reproduction.Section] {
    [try withinBudget(), try smallest(), try fewPixels()]
  }

  // MARK: Sections

  private func withinBudget() throws -> Reproduction.Section {
    let pixelCount = bench.dataset.heldOut.shape.pixelCount
    let model = ThreatModel(norm: .linf, epsilon: bench.lectureEpsilon)
    var rows: [Reproduction.Row] = []
    for architecture in scale.architectures {
      for (card, limit) in [
        (PGDSettings.card, nil), (FiniteDifferencesSettings.card, pixelCount + 2),
        (NESSettings.card, scale.queryLimit), (SPSASettings.card, scale.queryLimit),
        (SquareSettings.card, scale.queryLimit),
      ] as [(AttackCard, Int?)] {
        let line = try line(architecture, card, queries: limit, under: model)
        rows.append(
          .init(line.name, [.init(shares: line.successes), limit.map { _ in .init(values: line.queries) }]))
      }
    }
    let epsilon = Numbers.epsilon(bench.lectureEpsilon)
    return Reproduction.Section(
      "Black box: images fooled within L∞ ≤ \(epsilon)",
      columns: [.init("fooled", .percent), .init("queries, median", .number)], rows: rows, shown: [0],
      remarks: [
        "Of \(scale.attackedCount) held-out images drawn at random, those that the network gets right. \(sample) The first "
          + "row of an architecture knows the gradient; the others see a score for each class and nothing else.",
        "At most \(scale.queryLimit) queries for each image, pixel by pixel \(pixelCount + 2), which is one step. Median "
          + "over the images, those never fooled among them as infinitely many; a dash where they are half or more.",
      ])
  }

  private func smallest() throws -> Reproduction.Section {
    let model = ThreatModel(norm: .l2, epsilon: .infinity)
    var rows: [Reproduction.Row] = []
    for architecture in scale.architectures {
      var known: [Double?] = []
      for (card, limit) in [
        (DDNSettings.card, nil), (BoundarySettings.card, scale.queryLimit),
        (HopSkipJumpSettings.card, scale.queryLimit),
      ] as [(AttackCard, Int?)] {
        let line = try line(architecture, card, queries: limit, under: model)
        if limit == nil { known = line.distances }
        let ratios = zip(line.distances, known).map { own, least in
          own.flatMap { own in least.map { own / $0 } }
        }
        rows.append(
          .init(
            line.name,
            [
              .init(shares: line.successes), .init(values: line.distances),
              limit.map { _ in .init(values: ratios) },
            ]))
      }
    }
    return Reproduction.Section(
      "Black box: the nearest image of another class, from labels alone",
      columns: [
        .init("found", .percent), .init("L2, median", .number), .init("times the white box's", .number),
      ], rows: rows,
      remarks: [
        "The same images. \(sample) Boundary and HopSkipJump are told the class and nothing else, by at most "
          + "\(scale.queryLimit) queries for each image, and begin at noise or at a training image; DDN knows the gradient."
      ])
  }

  private func fewPixels() throws -> Reproduction.Section {
    let channels = bench.dataset.heldOut.shape.channels
    var rows: [Reproduction.Row] = []
    for architecture in scale.architectures {
      for count in [1, 3, 5] {
        let line = try line(
          architecture, FewPixelSettings.card, queries: scale.queryLimit,
          under: ThreatModel(norm: .l0, epsilon: Float(count * channels)))
        rows.append(
          .init(
            "\(architecture.rawValue), \(count) \(count == 1 ? "pixel" : "pixels")",
            [.init(shares: line.successes)]))
      }
    }
    return Reproduction.Section(
      "Black box: a few pixels changed at will", columns: [.init("fooled", .percent)], rows: rows, shown: [0],
      remarks: [
        "The same images, differential evolution with at most \(scale.queryLimit) queries for each. \(sample)",
        "Su, Vargas, Sakurai (2019) fool 67.97 % of CIFAR-10 images with one pixel, on large networks with up to 40,000 "
          + "queries: other images and a larger budget, so their number does not stand in the table.",
      ])
  }

  // MARK: Attacks

  private var sample: String {
    let count = scale.networkCount
    return count == 1
      ? "One network of each architecture." : "Means and 95 % intervals over \(count) networks."
  }

  /// - Parameter queries: nil of an attack that knows the gradient.
  private func line(
    _ architecture: Architecture.Named, _ card: AttackCard, queries: Int?, under threatModel: ThreatModel
  ) throws -> Line {
    let subjects = try bench.lectureSubjects { .usual(architecture, $0) }
    let batch = bench.batch(scale.attackedCount, of: .heldOut)
    var method = AttackMethod(defaultsOf: card)
    if let queries { method = method.limited(toQueries: queries) }
    let attack = method.attack(
      seed: bench.seed, workerCount: bench.workerCount,
      startingImages: StartingImages(drawnFrom: bench.dataset.training, seed: bench.seed))
    let listener = ProgressListener(bench.progress)
    try listener.tell(.stage("\(architecture.rawValue): \(card.heading), \(batch.count) images"))
    let evaluations = try subjects.enumerated().map { number, subject in
      try listener.tell(.step(done: number, total: subjects.count, unit: "networks"))
      return try Evaluation(
        of: attack, on: batch, under: threatModel,
        classifier: ListeningClassifier(base: subject.engine, listener: listener))
    }
    let sees: String =
      switch card.access {
      case .whiteBox: "knows the gradient"
      case .scoreBased: "sees scores"
      case .decisionBased: "sees labels"
      case .none: "sees nothing"
      }
    return Line(name: "\(architecture.rawValue), \(card.name), \(sees)", evaluations: evaluations)
  }
}
