import Adversarial
import Networks
import Poisoning
import Tensors

/// Bounds of the layers, their product, and how far below the distances that are found it stays.
struct SzegedySpectral {
  let bench: ReproductionBench

  /// Table 5: AlexNet.
  static let printed: [(layer: String, bound: Double)] = [
    ("conv 1", 2.75), ("conv 2", 10), ("conv 3", 7), ("conv 4", 7.5), ("conv 5", 11), ("FC 1", 3.12),
    ("FC 2", 4), ("FC 3", 4),
  ]

  func measure() throws -> [Reproduction.Section] {
    let batch = bench.searched(.fewHeldOut)
    let length = Double(batch.images.rowLength).squareRoot()
    var layers: [Reproduction.Row] = []
    var networks: [Reproduction.Row] = []
    for network in PapersNetwork.table1 + [.lenet] {
      let subject = try bench.subject(network)
      try bench.progress(.stage("\(subject.name): norms of its layers"))
      let bound = try LipschitzBound(of: subject.network, iterationCount: 100, seed: bench.seed)
      for layer in bound.layers {
        guard let estimate = layer.estimate else { continue }
        layers.append(
          .init("\(subject.name), \(layer.name)", [.init(ours: estimate), .init(ours: layer.bound)]))
      }
      let certificate = CertifiedRadius(bound, of: subject.network)
      let logits = try subject.engine.logits(of: batch.images)
      let evaluation = try bench.smallestPerturbations(of: subject, .fewHeldOut, .nearest)
      let attacked = evaluation.images.indices.filter { evaluation.images[$0].verdict == .succeeded }
      let radii = attacked.map { certificate.radius(logits[row: $0], label: batch.labels[$0]) / length }
      let found = attacked.map { evaluation.images[$0].distortion.rootMeanSquare }
      func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
      }
      networks.append(
        .init(
          subject.name,
          [
            .init(ours: bound.logits), .init(ours: mean(radii), count: attacked.count),
            .init(ours: mean(found), count: attacked.count),
            .init(
              ours: Statistics.median(zip(found, radii).filter { $1 > 0 }.map { $0 / $1 }),
              count: attacked.count),
            .init(Proportion(zip(found, radii).count { $0 < $1 * (1 - 1e-5) }, of: attacked.count)),
          ]))
    }
    let product = Self.printed.reduce(1) { $0 * $1.bound }
    return [
      Reproduction.Section(
        "What the bounds exclude, and what is found",
        columns: [
          .init("product of bounds", .number), .init("excluded distortion", .distortion),
          .init("found distortion", .distortion), .init("found over excluded, median", .number),
          .init("found below excluded", .percent),
        ], rows: networks,
        remarks: [
          "On \(batch.count) test images drawn at random, those that the network gets right. Excluded: no image nearer than "
            + "this can be taken for another class (mean). A large product says nothing; a small one would exclude "
            + "adversarial images. That none is found below what is excluded is a check of both.",
          "A sigmoid has the bound 1/4. The paper calls max pooling contractive, which holds where windows do not overlap; "
            + "its own network has windows of 3 × 3 with stride 2, where the bound is 2 for each pooling.",
        ]),
      Reproduction.Section(
        "Largest singular values of the layers here",
        columns: [.init("‖W‖, power iteration", .number), .init("bound with slack", .number)], rows: layers,
        remarks: [
          "The second is not below the norm except with probability 10⁻⁹ over the random start."
        ]),
      Reproduction.Section(
        "The paper's bounds of AlexNet (table 5)", columns: [.init("bound", .number)],
        rows: Self.printed.map { .init($0.layer, [.init(paper: $0.bound)]) } + [
          .init("product of these", [.init(paper: product)])
        ],
        remarks: [
          "Not measured: AlexNet's weights and ImageNet are not here. The product is computed from the printed numbers; "
            + "the paper prints none. Its conv 1 at 2.75 alone lets a perturbation grow almost threefold."
        ]),
    ]
  }
}
