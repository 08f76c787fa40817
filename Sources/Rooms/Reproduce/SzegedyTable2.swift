import Adversarial
import Figures
import Foundation
import Inference
import Networks
import Tensors

/// Adversarial images of each network, shown to all the others.
struct SzegedyTable2 {
  let bench: ReproductionBench

  /// Error in percent: made for the row, fed to the column, in the order of ``PapersNetwork/table1``.
  static let printed: [[Double]] = [
    [100, 11.7, 22.7, 2, 3.9, 2.7], [87.1, 100, 35.2, 35.9, 27.3, 9.8], [71.9, 76.2, 100, 48.1, 47, 34.4],
    [28.9, 13.7, 21.1, 100, 6.6, 2], [38.2, 14, 23.8, 20.3, 100, 2.7], [23.4, 16, 24.8, 9.4, 6.6, 100],
  ]
  /// The same under noise of a standard deviation.
  static let printedNoise: [(deviation: Double, errors: [Double])] = [
    (0.1, [5, 10.1, 18.3, 0, 0, 0.8]), (0.3, [15.6, 11.3, 22.7, 5, 4.3, 3.1]),
  ]

  func measure() throws -> [Reproduction.Section] {
    let subjects = try bench.subjects(PapersNetwork.table1)
    let batch = bench.searched(.training)
    let targets = subjects.map { (name: $0.name, classifier: $0.engine as any Classifier) }
    var rows: [Reading: [Reproduction.Row]] = [:]
    var pairs: [Reading: [(paper: Double, ours: Double)]] = [:]
    var excess: [Reproduction.Row] = []
    for (number, subject) in subjects.enumerated() {
      let printed = SzegedyTable1.printed[number].distortion
      func matrix(_ aim: ReproductionBench.Aim, sizes: [TransferMatrix.Size]) throws -> TransferMatrix {
        let evaluation = try bench.smallestPerturbations(of: subject, .training, aim)
        try bench.progress(.stage("\(subject.name): its images, shown to all"))
        return try TransferMatrix(
          of: [TransferSource(name: subject.name, classifier: subject.engine, evaluation: evaluation)],
          on: batch, to: targets, sizes: sizes, noise: [.gaussian], seed: bench.seed)
      }
      let random = try matrix(.random, sizes: [.asFound, .rootMeanSquare(printed)])
      let nearest = try matrix(.nearest, sizes: [.asFound])
      let rescaled = random.row(.rootMeanSquare(printed), .attack)
      let noise = random.row(.rootMeanSquare(printed), .noise(.gaussian))
      for (reading, row) in [
        (.random, random.row(.asFound, .attack)), (.nearest, nearest.row(.asFound, .attack)),
        (.rescaled, rescaled),
      ] as [(Reading, TransferMatrix.Row)] {
        rows[reading, default: []].append(
          .init(
            subject.name,
            zip(Self.printed[number], row.cells).map { .init(paper: $0, $1.errorOnAll) }
              + [.init(paper: printed, ours: row.meanDistortion, count: row.moved.count)]))
        for target in subjects.indices where target != number {
          guard let error = row.cells[target].errorOnAll.value else { continue }
          pairs[reading, default: []].append((Self.printed[number][target], 100 * error))
        }
      }
      excess.append(
        .init(
          subject.name,
          zip(rescaled.cells, noise.cells).map { attacked, noisy in
            .init(
              ours: attacked.errorOnAll.value.flatMap { value in
                noisy.errorOnAll.value.map { 100 * (value - $0) }
              }, count: attacked.errorOnAll.total)
          }))
    }
    let columns = subjects.map { Reproduction.Column($0.name, .percent) }
    func section(_ title: String, _ reading: Reading, more: [Reproduction.Row] = [], _ remarks: [String])
      -> Reproduction.Section
    {
      let pairs = pairs[reading] ?? []
      let correlation = RankCorrelation.spearman(pairs.map(\.paper), pairs.map(\.ours)).map {
        "Cells off the diagonal against the paper's: rank correlation ρ = \(Numbers.threeDecimals($0, signed: true)), medians "
          + "\(Self.median(pairs.map(\.ours))) and \(Self.median(pairs.map(\.paper))) %."
      }
      return .init(
        title, columns: columns + [.init("distortion", .distortion)], rows: (rows[reading] ?? []) + more,
        remarks: remarks + [correlation].compactMap(\.self))
    }
    return [
      section(
        "Error on training images made for the row, shown to the column; each moved to a class drawn at random",
        .random, more: try noiseRows(subjects, batch), remarks(batch.count)),
      section(
        "The same, each moved to its nearest class", .nearest,
        [
          "Smaller perturbations transfer less, whatever they are made for."
        ]),
      section(
        "To a class drawn at random, every perturbation brought to the paper's average distortion", .rescaled,
        [
          "x + d (x′−x)/rms, then clipped to [0, 1], which takes a little of the length away. The paper's perturbations have "
            + "this length on average, not one by one."
        ]),
      Reproduction.Section(
        "What of that is owed to the direction: error less that under Gaussian noise of the same length, image by image",
        columns: columns, rows: excess,
        remarks: [
          "The paper's errors contain those on clean images, up to 21 %, and it has no noise of the same length; of its 30 "
            + "cells off the diagonal four are less than 2 points above the clean error."
        ]),
    ]
  }

  /// What the perturbations were made to do, and how long they are.
  private enum Reading { case random, nearest, rescaled }

  private static func median(_ values: [Double]) -> String {
    Statistics.median(values).map { String(format: "%.1f", $0) } ?? "–"
  }

  private func remarks(_ count: Int) -> [String] {
    [
      "Error on all \(count) training images, those that a network gets wrong without help among them, as in the paper.",
      "Noise is not clipped: its standard deviation is that of the row. With a standard deviation of 1 the text has an "
        + "accuracy of 51 %, that is 49 % of errors, without a network's name.",
    ]
  }

  private func noiseRows(_ subjects: [ReproductionBench.Subject], _ batch: AttackBatch) throws
    -> [Reproduction.Row]
  {
    let rows: [(deviation: Double, errors: [Double?])] =
      Self.printedNoise.map { ($0.deviation, $0.errors) } + [(1, subjects.map { _ in nil })]
    return try rows.map { deviation, errors in
      let images = bench.noisy(batch, deviation: deviation)
      let values = try zip(subjects, errors).map { subject, paper in
        Reproduction.Value(
          paper: paper,
          try bench.mistakes(of: subject.engine, on: images, labels: batch.labels).error)
      }
      return .init(
        "Gaussian noise, \(deviation)", values + [.init(ours: deviation, count: batch.count)])
    }
  }
}

extension TransferMatrix {
  /// Of a matrix with one source.
  fileprivate func row(_ size: Size, _ direction: Direction) -> Row {
    guard let row = rows.first(where: { $0.size == size && $0.direction == direction }) else {
      preconditionFailure("the matrix has no row of \(size) and \(direction)")
    }
    return row
  }
}
