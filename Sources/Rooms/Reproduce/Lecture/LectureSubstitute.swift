import Figures
import Lab
import Networks
import SubstituteRoom
import Tensors

/// Can a network be attacked of which only answers are seen? ``SubstituteExperiment``, against one black box, by substitutes
/// of its own architecture and of others.
struct LectureSubstitute {
  let bench: ReproductionBench

  /// Of MetaMind's classifier, Papernot et al. (2017).
  static let printed = 84.24

  private var scale: LectureScale { bench.scale.lecture }
  private var blackBox: Architecture.Named { scale.architectures[scale.architectures.count - 1] }

  func measure() throws -> [Reproduction.Section] {
    let runs = try scale.architectures.map(results)
    let epsilon = Numbers.epsilon(bench.lectureEpsilon)
    return [
      Reproduction.Section(
        "Black box: a substitute trained on its answers",
        columns: [.init("black box fooled", .percent), .init("agreement with the black box", .percent)],
        rows: runs.flatMap(rows) + [
          .init("the black box itself, its gradient known", [.init(runs[0].whiteBox), nil]),
          .init("random signs of the same size", [.init(runs[0].noise), nil]),
        ],
        shown: [0],
        remarks: [
          "Black box: \(blackBox.rawValue). \(scale.networkCount) substitutes of each architecture, \(runs[0].differences); images "
            + "made for it by momentum iterative steps within L∞ ≤ \(epsilon), of \(runs[0].imageCount) held-out images those "
            + "that the black box gets right. The last two rows are shares of these images.",
          "Papernot et al. (2017) print \(Self.printed) % for MetaMind's classifier of digits, 96.19 % for Amazon's and 88.94 % "
            + "for Google's: other black boxes, other substitutes, other sizes of step. That is the order of magnitude to expect, "
            + "not a number to meet.",
        ])
    ]
  }

  private func results(_ substitute: Architecture.Named) throws -> SubstituteResults {
    let subject = try bench.subject(.usual(blackBox, 0))
    return try SubstituteExperiment(
      SubstituteExperiment.Configuration(
        model: subject.source, data: bench.source,
        substitute: NetworkRecipe(substitute.rawValue, seed: bench.seed),
        repetitionCount: scale.networkCount,
        seedImageCount: max(1, min(150, bench.dataset.heldOut.count / 2)), roundCount: scale.roundCount,
        epsilon: bench.lectureEpsilon, imageCount: 10 * scale.attackedCount, seed: bench.seed),
      workerCount: bench.workerCount
    ).run(
      subject.model, on: bench.dataset, in: bench.place("substitute-\(substitute.rawValue)"),
      progress: stages(of: "substitute \(substitute.rawValue) of \(blackBox.rawValue)", bench.progress))
  }

  private func rows(_ results: SubstituteResults) -> [Reproduction.Row] {
    let rounds = results.substitutes.first?.indices ?? 0..<0
    return rounds.map { round in
      // The paper's substitute is a network of the black box's kind.
      let isPapers = round == rounds.last && results.substitute == results.modelName
      return .init(
        "\(results.substitute), \(results.substitutes[0][round].queryCount) queries",
        [
          .init(
            paper: isPapers ? Self.printed : nil, shares: results.substitutes.map { $0[round].success.value }),
          .init(shares: results.substitutes.map { $0[round].agreement.value }),
        ])
    }
  }
}
