import Datasets
import Lab
import Networks
import PoisonRoom
import Poisoning
import Tensors

/// How much does poisoned training cost, and what does a defence give? The four experiments of `intrigue poison`.
struct LecturePoison {
  let bench: ReproductionBench

  private var scale: LectureScale { bench.scale.lecture }

  private var victim: VictimTraining {
    VictimTraining(
      architecture: .named("mlp"), training: Architecture.Named.mlp.recommendedTraining(seed: bench.seed),
      imageCount: scale.poisonedCount)
  }

  /// Those that are of an image at least.
  private func measurable(_ shares: [Double]) -> [Double] {
    let count = Double(victim.images(of: bench.dataset).count)
    return shares.filter { $0 == 0 || ($0 * count).rounded() > 0 }
  }

  func measure() throws -> [Reproduction.Section] {
    [try labels(), try backdoor(), try collision(), try linear()]
  }

  private func labels() throws -> Reproduction.Section {
    let shares = measurable(scale.flippedShares)
    let results = try LabelPoisonExperiment(
      LabelPoisonExperiment.Configuration(
        data: bench.source, victim: victim, shares: shares, repetitions: scale.networkCount,
        trimmings: [.known]),
      workerCount: bench.workerCount
    ).run(
      on: bench.dataset, in: bench.place("poison-labels"),
      progress: stages(of: "wrong labels", bench.progress))
    return Reproduction.Section(
      "Poisoning: wrong labels",
      columns: [.init("error", .percent), .init("error after trimming", .percent)],
      rows: shares.map { share in
        let own = results.outcomes.filter { $0.share == share }
        return .init(
          "\(PoisonWords.percent(share)) of labels flipped",
          [
            .init(shares: own.map(\.plain.error.value)),
            .init(shares: own.map { $0.trimmed.first?.judged.error.value }),
          ])
      },
      shown: [0],
      remarks: results.sentences.map(\.asSentence))
  }

  private func backdoor() throws -> Reproduction.Section {
    let shares = measurable(scale.markedShares)
    let results = try BackdoorExperiment(
      BackdoorExperiment.Configuration(
        data: bench.source, victim: victim, shares: shares, repetitions: scale.networkCount),
      workerCount: bench.workerCount
    ).run(
      on: bench.dataset, in: bench.place("poison-backdoor"), progress: stages(of: "backdoor", bench.progress))
    return Reproduction.Section(
      "Poisoning: a backdoor",
      columns: [
        .init("marked images taken for the target", .percent), .init("error without the mark", .percent),
        .init("taken for it after the defence", .percent), .init("error after the defence", .percent),
      ],
      rows: shares.map { share in
        let own = results.outcomes.filter { $0.share == share }
        let repaired = own.map { $0.repaired ?? $0.judged }
        return .init(
          "\(PoisonWords.percent(share)) of images marked",
          [
            .init(shares: own.map(\.judged.success.value)), .init(shares: own.map(\.judged.error.value)),
            .init(shares: repaired.map(\.success.value)), .init(shares: repaired.map(\.error.value)),
          ])
      },
      shown: [0],
      remarks: results.sentences.map(\.asSentence))
  }

  private func collision() throws -> Reproduction.Section {
    let results = try CollisionExperiment(
      CollisionExperiment.Configuration(
        data: bench.source, network: victim, victim: .transfer(imagesPerClass: perClass, decay: 0.001),
        pairCount: scale.pairCount, targetsPerPair: scale.targetsPerPair, similarity: 0.3),
      workerCount: bench.workerCount
    ).run(
      on: bench.dataset, in: bench.place("poison-collision"),
      progress: stages(of: "collision", bench.progress))
    // Attacks on one pair share their victim, so the pairs are the sample.
    func share(_ isHit: (CollisionExperiment.Attack) -> Bool?) -> Reproduction.Value {
      .init(shares: results.shares(isHit))
    }
    return Reproduction.Section(
      "Poisoning: one poison with the features of its target, and the right label",
      columns: [.init("target taken for the base class", .percent)],
      rows: [
        .init("with the poison", [share { $0.success }]),
        .init("with its starting image in its place", [share { $0.controlSuccess }]),
        .init("with the poison, after the neighbour check", [share { $0.checkedSuccess }]),
      ],
      shown: [0],
      remarks: [
        "Means over \(results.shares { $0.success }.count) pairs of classes, with Student's interval; one clean network."
      ] + results.sentences.map(\.asSentence))
  }

  /// Images of a class that a victim trains its last layer on; the poisons' bases are others.
  private var perClass: Int {
    max(2, min(100, (victim.images(of: bench.dataset).countOfEachClass.min() ?? 0) / 2))
  }

  private func linear() throws -> Reproduction.Section {
    // As many as the paper has, or what there is.
    let available = 2 * (bench.dataset.training.countOfEachClass.min() ?? 0)
    let pointCount = max(2, min(5, available / 8))
    let results = try LinearPoisonExperiment(
      LinearPoisonExperiment.Configuration(
        data: bench.source, pairs: pairs, trainingCount: max(2, min(100, available / 4)),
        validationCount: max(1, min(500, available / 4)), pointCount: pointCount,
        repetitions: scale.linearCount, seed: bench.seed),
      workerCount: bench.workerCount
    ).run(
      on: bench.dataset, in: bench.place("poison-linear"),
      progress: stages(of: "linear classifier", bench.progress))
    let points = [0, 1, pointCount]
    return Reproduction.Section(
      "Poisoning: points moved to where they hurt a linear classifier",
      columns: points.map { .init("error, \($0) \($0 == 1 ? "point" : "points")", .percent) },
      rows: results.pairs.enumerated().flatMap { number, pair -> [Reproduction.Row] in
        let own = results.outcomes.filter { $0.pair == number }
        func row(_ name: String, _ errors: (LinearPoisonExperiment.Outcome) -> [Proportion?])
          -> Reproduction.Row
        {
          .init(
            "\(pair[0]) against \(pair[1]), \(name)",
            points.map { point in .init(shares: own.map { errors($0)[point]?.value }) })
        }
        return [
          row("points moved", \.moved), row("labels flipped alone", \.flipped),
          row("moved, trimmed", \.trimmed),
        ]
      }, shown: [1], remarks: results.sentences.map(\.asSentence))
  }

  /// The paper's where there are ten classes.
  private var pairs: [[String]] {
    bench.dataset.heldOut.classNames.count >= 10 ? [["7", "1"], ["9", "8"], ["4", "0"]] : [["1", "0"]]
  }
}
