import Figures
import Lab
import SmoothRoom
import Tensors

/// Can one inject noise at inference? ``SmoothingExperiment``, on networks that were trained with the noise of the vote.
struct LectureNoise {
  let bench: ReproductionBench

  func measure() throws -> [Reproduction.Section] {
    let scale = bench.scale.lecture
    let name = scale.smoothedArchitecture.rawValue
    var runs: [SmoothingResults] = []
    for number in 0..<scale.networkCount {
      let subjects = try scale.deviations.map {
        try bench.subject(.noisy(scale.smoothedArchitecture, $0, number))
      }
      runs.append(
        try SmoothingExperiment(
          SmoothingExperiment.Configuration(
            data: bench.source,
            levels: zip(subjects, scale.deviations).map { .init(model: $0.source, deviation: $1) },
            imageCount: scale.smoothedCount, estimationCount: scale.sampleCount, epsilons: Self.radii,
            seed: bench.seed),
          workerCount: bench.workerCount
        ).run(
          subjects.map(\.model), on: bench.dataset, in: bench.place("smooth-\(number + 1)"),
          progress: stages(of: "vote, network \(number + 1) of \(scale.networkCount)", bench.progress)))
    }
    return [answers(runs, scale, name), attacked(runs, scale)]
  }

  /// In L2, of certificates and attacks.
  private static let radii = [0.5, 1]

  /// Each network at one σ.
  private func levels(_ runs: [SmoothingResults], _ place: Int) -> [SmoothingResults.Level] {
    runs.map { $0.levels[place] }
  }

  private func answers(_ runs: [SmoothingResults], _ scale: LectureScale, _ name: String)
    -> Reproduction.Section
  {
    Reproduction.Section(
      "Noise at inference: what a vote on noisy copies answers",
      columns: [
        .init("right without noise", .percent), .init("right on one noisy copy", .percent),
        .init("right by the vote", .percent), .init("no answer", .percent),
        .init("certain radius, mean L2", .number),
      ],
      rows: scale.deviations.enumerated().map { place, deviation in
        let own = levels(runs, place)
        return .init(
          "σ = \(deviation)",
          [
            .init(shares: own.map(\.base.value)), .init(shares: own.map(\.oneDraw)),
            .init(shares: own.map(\.right.value)), .init(shares: own.map(\.abstained.value)),
            .init(values: own.map(\.meanRadius)),
          ])
      },
      shown: [2],
      remarks: [
        "\(name), trained with noise of the same σ, \(scale.networkCount) networks for each; \(runs[0].imageCount) held-out images "
          + "drawn at random, \(runs[0].selectionCount) + \(scale.sampleCount) noisy copies of each, α = \(runs[0].alpha). "
          + "Radius 0 where nothing true is certain."
      ])
  }

  private func attacked(_ runs: [SmoothingResults], _ scale: LectureScale) -> Reproduction.Section {
    let contradictions = runs.flatMap(\.levels).flatMap(\.attacks)
    let contradicted = contradictions.reduce(0) { $0 + $1.violations.count }
    let covered = contradictions.reduce(0) { $0 + $1.violations.total }
    return Reproduction.Section(
      "Noise at inference: what no attack can take, and what one leaves",
      columns: Self.radii.flatMap { radius -> [Reproduction.Column] in
        let text = Numbers.epsilon(Float(radius))
        return [
          .init("certain beyond L2 \(text)", .percent), .init("left by the attack at \(text)", .percent),
          .init("left without noise at \(text)", .percent),
        ]
      },
      rows: scale.deviations.enumerated().map { place, deviation in
        let own = levels(runs, place)
        return .init(
          "σ = \(deviation)",
          Self.radii.indices.flatMap { radius -> [Reproduction.Value?] in
            let attacks = own.map { $0.attacks[radius] }
            // An image whose copies all agree is certain up to there; beyond, nothing can be.
            let reach = own[0].largestRadius > Self.radii[radius]
            return [
              reach ? .init(shares: attacks.map(\.certified.value)) : nil,
              .init(shares: attacks.map(\.robust.value)), .init(shares: attacks.map(\.base.value)),
            ]
          })
      },
      shown: [1, 4],
      remarks: [
        "The same images. Certain: no perturbation within that L2 changes the answer, whatever the attack; empty where "
          + "\(scale.sampleCount) copies cannot say so much. Left: right under projected gradient descent on the mean over 16 copies, "
          + "judged by the vote. Without noise: the same network asked once, attacked by itself.",
        "Answers that contradict a certificate: \(contradicted) of \(covered) attacks that ended inside one.",
        "Cohen, Rosenfeld, Kolter (2019) print 49 % certain within L2 0.5 for ImageNet; the lecture, of the same year, said that "
          + "no such thing was known.",
      ])
  }
}
