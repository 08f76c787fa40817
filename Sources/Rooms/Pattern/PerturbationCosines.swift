import Lab
import Tensors

/// How alike the perturbations of two images are, by what the two have in common.
public enum PairKind: String, Codable, CaseIterable, Sendable {
  /// Same true class, taken for the same class.
  case sameBoth
  case sameTrue
  case samePredicted
  /// The true class of each is what the other is taken for.
  case swapped
  case different
}

public struct CosineSummary: Codable, Equatable, Sendable {
  public var kind: PairKind
  /// Pairs of images.
  public var pairCount: Int
  /// Mean cosine over images: of each image's own mean over its partners. Images are the sample, not pairs, which share
  /// images.
  public var cosine: MeanWithInterval
}

enum PerturbationCosines {
  static func kind(_ first: (label: Int, prediction: Int), _ second: (label: Int, prediction: Int))
    -> PairKind
  {
    switch (first.label == second.label, first.prediction == second.prediction) {
    case (true, true): .sameBoth
    case (true, false): .sameTrue
    case (false, true): .samePredicted
    case (false, false):
      first.label == second.prediction && first.prediction == second.label ? .swapped : .different
    }
  }

  /// - Returns: Kinds that occur, in their order.
  static func summaries(of set: PerturbationSet, workerCount: Int) -> [CosineSummary] {
    let rows = set.unitRows
    let byImage = Workers.map(count: set.count, workerCount: workerCount) { image in
      var sums: [PairKind: (sum: Double, count: Int)] = [:]
      for other in 0..<set.count where other != image {
        let kind = kind(
          (set.labels[image], set.predictions[image]), (set.labels[other], set.predictions[other]))
        var product = 0.0
        for index in rows[image].indices { product += rows[image][index] * rows[other][index] }
        let known = sums[kind] ?? (0, 0)
        sums[kind] = (known.sum + product, known.count + 1)
      }
      return sums
    }
    return PairKind.allCases.compactMap { kind in
      let known = byImage.compactMap { $0[kind] }
      guard let mean = MeanWithInterval(known.map { $0.sum / Double($0.count) }) else { return nil }
      return CosineSummary(kind: kind, pairCount: known.map(\.count).reduce(0, +) / 2, cosine: mean)
    }
  }
}
