import Tensors
import Testing

@testable import Directions

@Suite struct RankingTests {
  struct Size: Sendable, CustomTestStringConvertible {
    let images: Int
    let dimension: Int
    let topCount: Int
    var testDescription: String { "\(images) images × \(dimension) features, top \(topCount)" }
  }

  // Around the block of 512 images, one image, no image, k above the number of images.
  static let sizes = [
    Size(images: 0, dimension: 3, topCount: 2), Size(images: 1, dimension: 1, topCount: 1),
    Size(images: 5, dimension: 4, topCount: 9), Size(images: 511, dimension: 17, topCount: 9),
    Size(images: 512, dimension: 16, topCount: 1), Size(images: 1300, dimension: 33, topCount: 100),
    Size(images: 700, dimension: 128, topCount: 1000),
  ]

  @Test("A ranking is the beginning of a full sort", arguments: sizes, 0..<6 as Range<UInt64>)
  func bruteForce(size: Size, seed: UInt64) throws {
    for features in [
      try FeatureMatrix.normal(images: size.images, dimension: size.dimension, seed: seed),
      try FeatureMatrix.tied(images: size.images, dimension: size.dimension, seed: seed),
    ] {
      for directions in [
        DirectionSet.randomSphere(count: 37, dimension: size.dimension, seed: seed),
        DirectionSet.neurons(dimension: size.dimension),
      ] {
        let ranking = Ranking(of: features, along: directions, topCount: size.topCount)
        #expect(ranking.directionIDs == directions.ids)
        #expect(ranking.topImages == sortedRanking(of: features, along: directions, topCount: size.topCount))
      }
    }
  }

  @Test("Integer directions over tied features leave most places to the image index, and they are right")
  func manyTies() throws {
    for seed in 0..<10 as Range<UInt64> {
      let features = try FeatureMatrix.tied(images: 900, dimension: 3, seed: seed)
      let matrix = Tensor(shape: [3, 3], elements: [1, 1, 1, 0, 0, 0, -1, 2, -1])
      let directions = DirectionSet(kind: .randomSphere, ids: ["a", "b", "c"], matrix: matrix)
      let ranking = Ranking(of: features, along: directions, topCount: 200)
      #expect(ranking.topImages == sortedRanking(of: features, along: directions, topCount: 200))
      #expect(ranking.imageIndices(ofRow: 1) == Array(0..<200))  // every score is 0
    }
  }

  @Test("Equal images far apart tie exactly, wherever the product put them")
  func duplicates() throws {
    var values = try FeatureMatrix.normal(images: 1111, dimension: 100, seed: 3).values
    for image in [0, 511, 512, 700, 1110] { values[row: image] = values[row: 42] }
    let features = try FeatureMatrix(values: values, layer: "made up")
    let directions = DirectionSet(kind: .randomSphere, ids: ["own"], matrix: values.rows([42]))
    let ranking = Ranking(of: features, along: directions, topCount: 6)
    #expect(ranking.imageIndices(ofRow: 0) == [0, 42, 511, 512, 700, 1110])
    #expect(Set(ranking.topImages[0].map(\.score)).count == 1)
  }

  @Test("The result does not depend on the number of workers or on the company of a direction")
  func workers() throws {
    let features = try FeatureMatrix.normal(images: 2000, dimension: 64, seed: 8)
    let many = DirectionSet.randomSphere(count: 300, dimension: 64, seed: 1)
    let one = Ranking(of: features, along: many, topCount: 9, workerCount: 1)
    for workerCount in [2, 3, 7] {
      #expect(Ranking(of: features, along: many, topCount: 9, workerCount: workerCount) == one)
    }
    let few = DirectionSet.randomSphere(count: 5, dimension: 64, seed: 1)
    let alone = Ranking(of: features, along: few, topCount: 9)
    #expect(alone.topImages == Array(one.topImages.prefix(5)))
  }

  @Test("Partial rankings merge into the ranking of the union", arguments: 0..<12 as Range<UInt64>)
  func merging(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed, purpose: "cuts")
    let features = try FeatureMatrix.tied(images: 300, dimension: 5, seed: seed)
    let directions = DirectionSet.randomSphere(count: 11, dimension: 5, seed: seed)
    let topCount = 1 + Int(generator.next() % 40)
    let whole = Ranking(of: features, along: directions, topCount: topCount)
    let first = Int(generator.next() % 301)
    let second = first + Int(generator.next() % UInt64(301 - first))
    let parts = try [0..<first, first..<second, second..<300].map { rows in
      Ranking(
        of: try FeatureMatrix(values: features.values.rows(rows), layer: "made up"), along: directions,
        topCount: topCount, firstImage: rows.lowerBound)
    }
    #expect(parts[0].merged(with: parts[1]).merged(with: parts[2]) == whole)
    #expect(parts[2].merged(with: parts[0].merged(with: parts[1])) == whole)
    #expect(whole.merged(with: whole) == whole)
  }

  /// Of images that come in some order and in parts of some sizes.
  private func pieces(of imageCount: Int, seed: UInt64) -> [Range<Int>] {
    var generator = SeededGenerator(seed: seed, purpose: "pieces")
    var pieces: [Range<Int>] = []
    var start = 0
    while start < imageCount {
      let end = min(imageCount, start + 1 + Int(generator.next() % UInt64(imageCount / 2)))
      pieces.append(start..<end)
      start = end
    }
    return generator.sample(pieces.count, of: pieces.count).map { pieces[$0] }
  }

  @Test(
    "Images that come in parts, in any order, have the ranking of all at once, whatever proposes them",
    arguments: Proposer.allCases.filter(\.isSupported), 0..<8 as Range<UInt64>)
  func parts(proposer: Proposer, seed: UInt64) throws {
    let features =
      seed % 2 == 0
      ? try FeatureMatrix.tied(images: 2500, dimension: 12, seed: seed)
      : try FeatureMatrix.normal(images: 2500, dimension: 12, seed: seed)
    for directions in [
      DirectionSet.randomSphere(count: 70, dimension: 12, seed: seed), .neurons(dimension: 12),
    ] {
      for topCount in [1, 40, 600] {
        let whole = Ranking(
          of: features, along: directions, topCount: topCount, proposer: .singlePrecision)
        for imagesAtOnce in [1000, 2500, 700] {
          #expect(
            Ranking(
              of: features, along: directions, topCount: topCount, imagesAtOnce: imagesAtOnce,
              proposer: proposer) == whole)
        }
        var ranking = Ranking(along: directions, topCount: topCount)
        for rows in pieces(of: 2500, seed: seed) {
          ranking.include(features.rows(rows), along: directions, firstImage: rows.lowerBound)
        }
        #expect(ranking == whole)
      }
    }
  }

  @Test("Scores of earlier images spare most of the exact ones of later images, and lose none that ties")
  func floors() throws {
    // The best images come first; in the last part one ties with the k-th and stands before it.
    let features = try FeatureMatrix(
      values: Tensor(shape: [6, 1], elements: [5, 9, 8, 7, 5, 1]), layer: "made up")
    let directions = DirectionSet.neurons(dimension: 1)
    var ranking = Ranking(along: directions, topCount: 4)
    ranking.include(features.rows(1..<6), along: directions, firstImage: 1)
    #expect(ranking.imageIndices(ofRow: 0) == [1, 2, 3, 4])
    ranking.include(features.rows(0..<1), along: directions, firstImage: 0)
    #expect(ranking.imageIndices(ofRow: 0) == [1, 2, 3, 0])
  }

  @Test("Scaling a direction and shifting every feature change no order")
  func invariance() throws {
    let features = try FeatureMatrix.normal(images: 800, dimension: 24, seed: 21)
    let directions = DirectionSet.randomSphere(count: 40, dimension: 24, seed: 22)
    let order = Ranking(of: features, along: directions, topCount: 9)

    var scaled = directions.matrix
    for index in scaled.elements.indices { scaled.elements[index] *= 37.5 }
    let longer = DirectionSet(kind: .randomSphere, ids: directions.ids, matrix: scaled)
    var shifted = features.values
    for index in shifted.elements.indices { shifted.elements[index] += Float(index % 24) * 0.25 - 3 }
    let moved = try FeatureMatrix(values: shifted, layer: "made up")
    for row in 0..<directions.count {
      #expect(
        Ranking(of: features, along: longer, topCount: 9).imageIndices(ofRow: row)
          == order.imageIndices(ofRow: row))
      #expect(
        Ranking(of: moved, along: directions, topCount: 9).imageIndices(ofRow: row)
          == order.imageIndices(ofRow: row))
    }
  }

  @Test("Rotating features and directions together changes no order, and scores within rounding")
  func rotation() throws {
    let dimension = 16
    let features = try FeatureMatrix.normal(images: 600, dimension: dimension, seed: 31)
    for directions in [
      DirectionSet.neurons(dimension: dimension),
      DirectionSet.randomSphere(count: 30, dimension: dimension, seed: 32),
    ] {
      // A product of two reflections I − 2uuᵀ is a rotation.
      let mirrors = DirectionSet.randomSphere(count: 2, dimension: dimension, seed: 33).matrix
      let turnedFeatures = try FeatureMatrix(values: reflected(features.values, mirrors), layer: "made up")
      let turned = DirectionSet(
        kind: .randomSphere, ids: directions.ids, matrix: reflected(directions.matrix, mirrors))
      let before = Ranking(of: features, along: directions, topCount: 9)
      let after = Ranking(of: turnedFeatures, along: turned, topCount: 9)
      for row in 0..<directions.count {
        #expect(after.imageIndices(ofRow: row) == before.imageIndices(ofRow: row))
        for (old, new) in zip(before.topImages[row], after.topImages[row]) {
          #expect(abs(old.score - new.score) < 1e-5)
        }
      }
    }
  }

  private func reflected(_ rows: Tensor, _ mirrors: Tensor) -> Tensor {
    var result = rows
    for row in 0..<rows.count {
      var vector = rows[row: row].map(Double.init)
      for mirror in 0..<mirrors.count {
        let normal = mirrors[row: mirror].map(Double.init)
        let projection = zip(vector, normal).reduce(0) { $0 + $1.0 * $1.1 }
        vector = zip(vector, normal).map { $0 - 2 * projection * $1 }
      }
      result[row: row] = ArraySlice(vector.map(Float.init))
    }
    return result
  }

  @Test("Scores far below the rounding of single precision are still ranked as in Double")
  func cancellation() throws {
    // Rows made orthogonal to v: what is left is their own rounding, no larger than the error of the product.
    let directions = DirectionSet.randomSphere(count: 1, dimension: 50, seed: 41)
    let normal = directions.matrix.elements.map(Double.init)
    var values = try FeatureMatrix.normal(images: 1000, dimension: 50, seed: 40).values
    for image in 0..<1000 {
      let row = values[row: image].map(Double.init)
      let projection = zip(row, normal).reduce(0) { $0 + $1.0 * $1.1 }
      values[row: image] = ArraySlice(zip(row, normal).map { Float($0 - projection * $1) })
    }
    let features = try FeatureMatrix(values: values, layer: "made up")
    let ranking = Ranking(of: features, along: directions, topCount: 30)
    #expect(ranking.topImages == sortedRanking(of: features, along: directions, topCount: 30))
    let statistics = ActivationStatistics.table(of: features, along: directions, ranking: ranking)
    #expect(statistics[0].tiesAtLastRank == 1)
  }

  @Test("Products that overflow single precision still rank by the score in Double")
  func overflow() throws {
    // 3e38·2 − 3e38·2 + i: infinity minus infinity in single precision, i in Double.
    var values = Tensor(shape: [600, 3])
    for image in 0..<600 {
      values[row: image] = [3e38, 3e38, Float(image)]
    }
    let directions = DirectionSet(
      kind: .randomSphere, ids: ["v"], matrix: Tensor(shape: [1, 3], elements: [2, -2, 1]))
    let ranking = Ranking(
      of: try FeatureMatrix(values: values, layer: "made up"), along: directions, topCount: 3)
    #expect(ranking.imageIndices(ofRow: 0) == [599, 598, 597])
  }
}
