import Lab
import Networks
import ShiftRoom
import Tensors

/// Does resistance to domain shift bring resistance to attack? ``ShiftExperiment``.
struct LectureShift {
  let bench: ReproductionBench

  func measure() throws -> [Reproduction.Section] {
    let scale = bench.scale.lecture
    let results = try ShiftExperiment(
      ShiftExperiment.Configuration(
        data: bench.source, architecture: .named("mlp"),
        training: Architecture.Named.mlp.recommendedTraining(seed: bench.seed), recipes: scale.recipes,
        networkCount: scale.networkCount, imageCount: scale.corruptedCount,
        attackCount: 2 * scale.attackedCount, seed: bench.seed),
      workerCount: bench.workerCount
    ).run(on: bench.dataset, in: bench.place("shift"), progress: stages(of: "shift", bench.progress))
    return [
      Reproduction.Section(
        "Domain shift: what training on changed images brings",
        columns: [
          .init("right", .percent), .init("right under corruptions", .percent),
          .init("right under those seen by none", .percent), .init("L2, median", .number),
          .init("right within L2 1", .percent),
        ],
        rows: results.recipes.map { recipe in
          let own = results.networks.filter { $0.recipe == recipe }
          func shares(_ measure: ShiftResults.Measure) -> Reproduction.Value {
            .init(shares: own.map { $0.value(measure) })
          }
          return .init(
            recipe.rawValue,
            [
              shares(.clean), shares(.corrupted), shares(.unseen), .init(values: own.map(\.medianDistance)),
              shares(.robust),
            ])
        },
        shown: [1, 4],
        remarks: [
          "mlp, \(scale.networkCount) networks of each recipe; \(results.imageCount) held-out images corrupted in "
            + "\(results.networks.first?.corrupted.count ?? 0) ways, \(results.attackCount) of them attacked by DDN and projected "
            + "gradient descent. "
            + scale.recipes.map { $0.words(noise: results.noise) }.joined(separator: "; ") + "."
        ] + results.findings.map(\.asSentence))
    ]
  }
}
