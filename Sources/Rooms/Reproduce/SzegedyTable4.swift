import Adversarial
import Networks
import Tensors

/// Transfer between networks that were trained on disjoint halves of the images.
struct SzegedyTable4 {
  let bench: ReproductionBench

  /// Of ``PapersNetwork/halves``: errors on either half and on test images, distortion.
  static let printedErrors: [(first: Double, second: Double, test: Double, distortion: Double)] = [
    (0, 2.4, 2, 0.062), (0, 2.5, 2.1, 0.059), (2.3, 0, 2.1, 0.058),
  ]
  static let printed: [[Double]] = [[100, 26.2, 5.9], [6.25, 100, 5.1], [8.2, 8.2, 100]]
  static let printedAmplified: [[Double]] = [[100, 98, 43], [96, 100, 22], [27, 50, 100]]
  static let printedNoise: [(deviation: Double, errors: [Double])] = [
    (0.06, [2.2, 2.6, 2.4]), (0.1, [2.6, 2.8, 2.7]),
  ]

  func measure() throws -> [Reproduction.Section] {
    let subjects = try bench.subjects(PapersNetwork.halves)
    let batch = bench.searched(.heldOut)
    let halves = (1...2).map { bench.dataset.trainingHalf($0, seed: bench.seed).training }
    let evaluations = try subjects.map { try bench.smallestPerturbations(of: $0, .heldOut, .random) }
    let errors = try zip(zip(subjects, evaluations), Self.printedErrors).map { pair, paper in
      let (subject, evaluation) = pair
      return Reproduction.Row(
        subject.name,
        [
          .init(paper: paper.first, try bench.error(of: subject.engine, on: halves[0])),
          .init(paper: paper.second, try bench.error(of: subject.engine, on: halves[1])),
          .init(paper: paper.test, subject.heldOutError),
          SzegedyTable1.distortion(of: evaluation, paper: paper.distortion),
          .init(paper: 100, evaluation.summary.success),
        ])
    }
    let matrix = try TransferMatrix(
      of: zip(subjects, evaluations).map {
        TransferSource(name: $0.name, classifier: $0.engine, evaluation: $1)
      }, on: batch, to: subjects.map { ($0.name, $0.engine) }, sizes: [.asFound, .rootMeanSquare(0.1)],
      noise: [],
      seed: bench.seed)
    func rows(_ size: TransferMatrix.Size, _ printed: [[Double]]) -> [Reproduction.Row] {
      zip(matrix.rows.filter { $0.size == size }, printed).map { row, paper in
        .init(
          row.source,
          zip(paper, row.cells).map { .init(paper: $0, $1.errorOnAll) } + [
            .init(ours: row.meanDistortion, count: row.moved.count)
          ])
      }
    }
    func noise(_ number: Int) throws -> Reproduction.Row {
      let (deviation, errors) = Self.printedNoise[number]
      let images = bench.noisy(batch, deviation: deviation)
      return .init(
        "Gaussian noise, \(deviation)",
        try zip(subjects, errors).map { subject, paper in
          .init(paper: paper, try bench.mistakes(of: subject.engine, on: images, labels: batch.labels).error)
        } + [.init(ours: deviation, count: batch.count)])
    }
    let columns = subjects.map { Reproduction.Column($0.name, .percent) } + [.init("distortion", .distortion)]
    return [
      Reproduction.Section(
        "Errors of networks trained on halves (table 3)",
        columns: [
          .init("error on half 1", .percent), .init("error on half 2", .percent),
          .init("test error", .percent),
          .init("distortion", .distortion), .init("found", .percent),
        ], rows: errors,
        remarks: [
          "The first two were trained on half 1, the third on half 2; all three begin with weights of their own. Distortions "
            + "are those of \(batch.count) test images drawn at random that the network gets right, each towards a class drawn at random (see table 1)."
        ]),
      Reproduction.Section(
        "Error on test images made for the row, shown to the column (table 4)", columns: columns,
        rows: rows(.asFound, Self.printed) + [try noise(0)],
        remarks: [
          "Error on all \(batch.count) images, those that are wrong without help among them."
        ]),
      Reproduction.Section(
        "The same, amplified to a distortion of 0.1", columns: columns,
        rows: rows(.rootMeanSquare(0.1), Self.printedAmplified) + [try noise(1)],
        remarks: [
          "The paper prints x + 0.1 (x′−x)/‖x′−x‖₂, a distortion of 0.1/28 = 0.0036, and speaks of 40 % more, from 0.06 to 0.1, "
            + "which are 67 %. Its table fits x + 0.1 (x′−x)/rms(x′−x), which is used here; then clipped to [0, 1]."
        ]),
    ]
  }
}
