import Tensors

/// Can a network be attacked of which only answers are seen? ``SubstituteExperiment``, against one black box.
struct LectureSubstitute {
  let bench: ReproductionBench

  /// Of MetaMind's classifier, Papernot et al. (2017).
  static let printed = 84.24

  func measure() throws -> [Reproduction.Section] {
    let scale = bench.scale.lecture
    let architecture = scale.architectures[scale.architectures.count - 1]
    let subject = try bench.subject(.usual(architecture, 0))
    let results = try SubstituteExperiment(
      SubstituteExperiment.Configuration(
        model: subject.source, data: bench.source, substitute: NetworkRecipe("mlp", seed: bench.seed),
        repetitionCount: scale.networkCount,
        seedImageCount: max(1, min(150, bench.dataset.heldOut.count / 2)), roundCount: scale.roundCount,
        epsilon: bench.lectureEpsilon, imageCount: 10 * scale.attackedCount, seed: bench.seed),
      workerCount: bench.workerCount
    ).run(
      subject.model, on: bench.dataset, in: bench.place("substitute"),
      progress: stages(of: "substitute of \(architecture.rawValue)", bench.progress))
    let rounds = results.substitutes.first?.indices ?? 0..<0
    var rows = rounds.map { round in
      Reproduction.Row(
        "\(results.substitutes[0][round].queryCount) queries",
        [
          .init(
            paper: round == rounds.last ? Self.printed : nil,
            shares: results.substitutes.map { $0[round].success.value }),
          .init(shares: results.substitutes.map { $0[round].agreement.value }),
        ])
    }
    rows += [
      .init("the black box itself, its gradient known", [.init(results.whiteBox), nil]),
      .init("random signs of the same size", [.init(results.noise), nil]),
    ]
    let epsilon = AttackFigures.text(ofEpsilon: bench.lectureEpsilon)
    return [
      Reproduction.Section(
        "Black box: a substitute trained on its answers",
        columns: [.init("black box fooled", .percent), .init("agreement with the black box", .percent)],
        rows: rows,
        remarks: [
          "Black box: \(architecture.rawValue). \(scale.networkCount) substitutes (mlp), \(results.differences); images made for it "
            + "by momentum iterative steps within L∞ ≤ \(epsilon), of \(results.imageCount) held-out images those that the "
            + "black box gets right. The last two rows are shares of these images.",
          "Papernot et al. (2017) print \(Self.printed) % for MetaMind's classifier of digits, 96.19 % for Amazon's and 88.94 % "
            + "for Google's: other black boxes, other substitutes, other sizes of step. That is the order of magnitude to expect, "
            + "not a number to meet.",
        ])
    ]
  }
}
