import Adversarial
import Networks
import Tensors

/// Do a softmax and an RBF network call adversarial images of a maxout network what it calls them?
struct GoodfellowAgreement {
  let bench: ReproductionBench

  func measure() throws -> [Reproduction.Section] {
    let batch = bench.batch(bench.scale.fastCount, of: .heldOut)
    let (maxout, softmax, rbf) = (
      try bench.subject(.maxout), try bench.subject(.softmax), try bench.subject(.rbf)
    )
    try bench.progress(.stage("what three networks call the images of one"))
    let images = try bench.fastPerturbations(
      of: maxout.engine, on: batch, bounds: ReproductionBench.wideBounds)
    func labels(_ subject: ReproductionBench.Subject) throws -> [Int] {
      try bench.mistakes(of: subject.engine, on: images, labels: batch.labels).labels
    }
    let (first, linear, radial) = (try labels(maxout), try labels(softmax), try labels(rbf))
    let truth = batch.labels
    func row(_ name: String, _ paper: Double, _ one: [Int], _ other: [Int], bothWrong: Bool)
      -> Reproduction.Row
    {
      let rows = truth.indices.filter { one[$0] != truth[$0] && (!bothWrong || other[$0] != truth[$0]) }
      let chance = AnswerAgreement.byChance(rows.map { (truth[$0], one[$0], other[$0]) })
      return .init(
        name,
        [
          .init(paper: paper, Proportion(rows.count { one[$0] == other[$0] }, of: rows.count)),
          .init(ours: chance.map { 100 * $0 }, count: rows.count),
        ])
    }
    return [
      Reproduction.Section(
        "Same class on images made for maxout by one step of ε = 0.25",
        columns: [.init("same class", .percent), .init("by chance", .percent)],
        rows: [
          row("softmax and maxout, where maxout is wrong", 54.6, first, linear, bothWrong: false),
          row("RBF and maxout, where maxout is wrong", 16, first, radial, bothWrong: false),
          row("softmax and maxout, where both are wrong", 84.6, first, linear, bothWrong: true),
          row("RBF and maxout, where both are wrong", 54.3, first, radial, bothWrong: true),
          row("RBF and softmax, where both are wrong", 53.6, linear, radial, bothWrong: true),
        ],
        remarks: [
          "By chance: how often they would agree if each kept its answers but gave them to other images of the same true class; "
            + "the paper has no such number. Where both are wrong a few classes take most of the images, so chance is far "
            + "above one in nine.",
          "On \(batch.count) held-out images, pixels not clipped, as in the paper.",
        ])
    ]
  }
}
