import CKernels
import Tensors
import Testing

@testable import Directions

@Suite struct ByteFeaturesTests {
  static let proposers = Proposer.allCases.filter(\.isSupported)
  static let byteProposers = proposers.filter { $0 != .singlePrecision }

  /// Data that bytes take well and data that they take badly.
  enum Data: CaseIterable, Sendable {
    case normal, rectified, tied, constant, zero, rare, outlier, outliers, tiny, large, offset, sorted

    func features(images: Int, dimension: Int, seed: UInt64) throws -> FeatureMatrix {
      var values = try FeatureMatrix.normal(images: images, dimension: dimension, seed: seed).values
      func change(_ transform: (Int, Float) -> Float) {
        for index in values.elements.indices {
          values.elements[index] = transform(index, values.elements[index])
        }
      }
      switch self {
      case .normal: break
      case .rectified: change { max($1, 0) }
      case .tied: return try .tied(images: images, dimension: dimension, seed: seed)
      case .constant: change { index, _ in Float(index % dimension) - 1.1 }
      case .zero: change { _, _ in 0 }
      case .rare: change { index, value in index % 7 == 0 || value > 3 ? value : 0 }
      case .outlier: values.elements[values.elements.count / 2] = 1e6
      case .outliers: change { index, value in index % 41 == 0 ? value * 1e4 : value }
      case .tiny: change { $1 * 1e-38 }
      case .large: change { $1 * 1e36 }
      case .offset: change { index, value in value * 1e-3 + Float(index % dimension) * 50 }
      case .sorted:
        let norms = (0..<images).map { Norm.l2(values[row: $0]) }
        values = values.rows((0..<images).sorted { norms[$0] < norms[$1] })
      }
      return try FeatureMatrix(values: values, layer: "made up")
    }
  }

  @Test("Every proposer finds the beginning of a full sort", arguments: proposers, Data.allCases)
  func bruteForce(proposer: Proposer, data: Data) throws {
    for (images, dimension, topCount) in [
      (1300, 1, 9), (700, 3, 1), (1100, 127, 9), (1450, 130, 5), (95, 6, 200),
    ] {
      let features = try data.features(images: images, dimension: dimension, seed: 5)
      let directions = DirectionSet.randomSphere(count: 19, dimension: dimension, seed: 6)
      let ranking = Ranking(of: features, along: directions, topCount: topCount, proposer: proposer)
      #expect(ranking.topImages == sortedRanking(of: features, along: directions, topCount: topCount))
    }
  }

  @Test("Directions of any length, zero among them, are ranked as by a full sort", arguments: proposers)
  func lengths(proposer: Proposer) throws {
    let features = try FeatureMatrix.normal(images: 1200, dimension: 20, seed: 11)
    var matrix = DirectionSet.randomSphere(count: 9, dimension: 20, seed: 12).matrix
    for (row, length) in [0, 1e-44, 1e-30, 1e-3, 1, 1e3, 1e20, 1e36, 1e38].enumerated() {
      matrix[row: row] = ArraySlice(matrix[row: row].map { $0 * Float(length) })
    }
    let directions = DirectionSet(kind: .randomSphere, ids: (0..<9).map { "v\($0)" }, matrix: matrix)
    let ranking = Ranking(of: features, along: directions, topCount: 6, proposer: proposer)
    #expect(ranking.topImages == sortedRanking(of: features, along: directions, topCount: 6))
  }

  @Test("Directions of unequal components and dead features keep their ranking", arguments: proposers)
  func unequalComponents(proposer: Proposer) throws {
    var values = try FeatureMatrix.normal(images: 2000, dimension: 24, seed: 13).values
    for index in values.elements.indices where index % 24 < 8 { values.elements[index] = 3 }
    let features = try FeatureMatrix(values: values, layer: "made up")
    var matrix = DirectionSet.randomSphere(count: 30, dimension: 24, seed: 14).matrix
    for row in 0..<30 {
      matrix[row: row] = ArraySlice(
        matrix[row: row].enumerated().map { index, value in
          row % 3 == 0 && index >= 8 ? 0 : value * Float(1 << (index % 12))
        })
    }
    let directions = DirectionSet(kind: .randomSphere, ids: (0..<30).map { "v\($0)" }, matrix: matrix)
    let ranking = Ranking(of: features, along: directions, topCount: 12, proposer: proposer)
    #expect(ranking.topImages == sortedRanking(of: features, along: directions, topCount: 12))
  }

  // Remainders along the direction leave nothing of the inequality of Cauchy and Schwarz to spare.
  @Test(
    "An image that rounding puts far behind is not lost when the bound is tight", arguments: byteProposers)
  func roundedFeatures(proposer: Proposer) throws {
    let dimension = 16
    let levels = Float(byte_product_levels(proposer.byteInstructions!))
    // One image at the top of each feature, so that bytes are the integers.
    var rows = (0..<dimension).map { top in (0..<dimension).map { $0 == top ? levels : 0 } }
    // 50 everywhere in bytes, sum 807.84; 51 but for one 50, sum 807.16. The bytes differ by 15, the bound is 15.7.
    rows.append([Float](repeating: 50.49, count: dimension))
    rows.append([Float](repeating: 50.51, count: dimension - 1) + [49.51])
    let features = try FeatureMatrix(
      values: Tensor(shape: [rows.count, dimension], elements: Array(rows.joined())), layer: "made up")
    let ranking = Ranking(
      of: features,
      along: DirectionSet(
        kind: .randomSphere, ids: ["v"], matrix: Tensor(repeating: 1, shape: [1, dimension])),
      topCount: 1, proposer: proposer)
    #expect(ranking.imageIndices(ofRow: 0) == [dimension])
  }

  @Test("An image along a rounded direction is not lost when the bound is tight", arguments: byteProposers)
  func roundedDirections(proposer: Proposer) throws {
    let levels = Float(byte_product_levels(proposer.byteInstructions!))
    func row(_ first: Float, _ others: Float) -> [Float] { [first] + [Float](repeating: others, count: 13) }
    // The direction is (127, 1.499, …), in bytes (127, 1, …), in units of 1/127.
    let slope: Float = 1.499
    let lead = (13 * levels * slope / 127).rounded(.down)
    // A panel with the ends of the first feature, so that bytes are the integers, and images around the centre.
    var rows = [row(0, 0), row(levels, 0)]
    for image in 2..<100 { rows.append(image % 2 == 0 ? row(50, 0) : row(49, levels)) }
    // Both are as far from the centre as those. The second has the higher score; in bytes it lies behind by
    // 92 (127 levels) or 99 (255) hundredths of what the bound allows.
    rows.append(row(50 + lead, 0))
    rows.append(row(50, levels))
    let features = try FeatureMatrix(
      values: Tensor(shape: [rows.count, 14], elements: Array(rows.joined())), layer: "made up")
    let direction = Tensor(shape: [1, 14], elements: row(1, slope / 127))
    let ranking = Ranking(
      of: features, along: DirectionSet(kind: .randomSphere, ids: ["v"], matrix: direction), topCount: 2,
      proposer: proposer)
    #expect(ranking.imageIndices(ofRow: 0) == [1, 101])
  }

  @Test(
    "All proposers and any number of workers give one ranking of many images",
    arguments: [Data.rectified, .outlier, .sorted])
  func agreement(data: Data) throws {
    let features = try data.features(images: 12_000, dimension: 48, seed: 21)
    let directions = DirectionSet.randomSphere(count: 600, dimension: 48, seed: 22)
    let expected = Ranking(
      of: features, along: directions, topCount: 8, firstImage: 5, proposer: .singlePrecision)
    for proposer in Self.byteProposers {
      for workerCount in [1, 2, 3] {
        let ranking = Ranking(
          of: features, along: directions, topCount: 8, firstImage: 5, workerCount: workerCount,
          proposer: proposer)
        let isSame = ranking == expected
        #expect(isSame, "\(proposer), \(workerCount) workers")
      }
    }
    let isSame = Ranking(of: features, along: directions, topCount: 8, firstImage: 5) == expected
    #expect(isSame)
  }

  @Test("Bytes alone rank usual features; where they are too coarse they say so", arguments: byteProposers)
  func coarseness(proposer: Proposer) throws {
    let directions = DirectionSet.randomSphere(count: 40, dimension: 32, seed: 31)
    func rows(_ data: Data) throws -> [[RankedImage]?] {
      let features = try data.features(images: 12_000, dimension: 32, seed: 32)
      return ByteFeatures(features, instructions: proposer.byteInstructions!, workerCount: 1).topImages(
        along: directions.matrix, count: 8, firstImage: 0, workerCount: 1)
    }
    for data in [Data.normal, .rectified, .rare, .outlier, .constant] {
      #expect(try rows(data).allSatisfy { $0 != nil })
    }
    // One dimension is 10⁷ times as wide as the others, and only the others count.
    var values = try FeatureMatrix.normal(images: 12_000, dimension: 32, seed: 33).values
    var matrix = directions.matrix
    for image in 0..<12_000 { values.elements[image * 32 + 4] *= 1e7 }
    for row in 0..<matrix.count { matrix.elements[row * 32 + 4] = 0 }
    let features = try FeatureMatrix(values: values, layer: "made up")
    let blind = ByteFeatures(features, instructions: proposer.byteInstructions!, workerCount: 1).topImages(
      along: matrix, count: 8, firstImage: 0, workerCount: 1)
    #expect(blind.allSatisfy { $0 == nil })
    let ranking = Ranking(
      of: features, along: DirectionSet(kind: .randomSphere, ids: directions.ids, matrix: matrix),
      topCount: 8,
      proposer: proposer)
    #expect(
      ranking.topImages
        == sortedRanking(
          of: features, along: DirectionSet(kind: .randomSphere, ids: directions.ids, matrix: matrix),
          topCount: 8))
  }

  @Test(
    "Scores in bytes are those of integers, in every instruction set and at the ends of their range",
    arguments: byteProposers)
  func integers(proposer: Proposer) throws {
    let instructions = proposer.byteInstructions!
    let (quadCount, groupCount) = (33, 2)
    let (panelLength, groupLength) = (Int(byte_product_panel_length), Int(byte_product_group_length))
    var generator = SeededGenerator(seed: 1, purpose: "bytes")
    let levels = UInt64(byte_product_levels(instructions))
    let panel = UnsafeMutableRawPointer.allocate(byteCount: quadCount * panelLength * 4, alignment: 64)
      .bindMemory(to: UInt8.self, capacity: quadCount * panelLength * 4)
    defer { panel.deallocate() }
    for index in 0..<quadCount * panelLength * 4 {
      let image = index / 4 % panelLength
      panel[index] = UInt8(image == 0 ? levels : image == 1 ? 0 : generator.next() % (levels + 1))
    }
    let bytes = (0..<groupCount * quadCount * groupLength * 4).map { index in
      let direction = index / 4 % groupLength
      return direction == 0 ? Int8(127) : direction == 1 ? -127 : Int8(Int(generator.next() % 255) - 127)
    }
    var expected: [[Int]] = []
    for direction in 0..<groupCount * groupLength {
      expected.append(
        (0..<panelLength).map { image in
          (0..<quadCount * 4).reduce(0) { sum, index in
            let quad =
              (direction / groupLength * quadCount + index / 4) * groupLength + direction % groupLength
            return sum + Int(panel[(index / 4 * panelLength + image) * 4 + index % 4])
              * Int(bytes[quad * 4 + index % 4])
          }
        })
    }
    // θ − 2·3 − 0.5·4 = θ − 8; the last two directions take all and nothing.
    var reach = expected.map { Double($0.sorted()[40]) + 8 }
    reach[14] = -.infinity
    reach[15] = .infinity
    let (perResidual, perDistance) = ([Double](repeating: 3, count: 16), [Double](repeating: 4, count: 16))
    var hits = [byte_product_hit](repeating: byte_product_hit(), count: 16 * panelLength)
    var kernelDirections = byte_product_directions()
    let count = bytes.withUnsafeBufferPointer { bytes in
      reach.withUnsafeBufferPointer { reach in
        perResidual.withUnsafeBufferPointer { perResidual in
          perDistance.withUnsafeBufferPointer { perDistance in
            kernelDirections = byte_product_directions(
              bytes: bytes.baseAddress, reach: reach.baseAddress, perResidual: perResidual.baseAddress,
              perDistance: perDistance.baseAddress, groupCount: groupCount, quadCount: quadCount)
            return byte_product_find(instructions, panel, &kernelDirections, 2, 0.5, &hits)
          }
        }
      }
    }
    let found = Set(hits[..<count].map { [Int($0.direction), Int($0.image), Int($0.score)] })
    var wanted: Set<[Int]> = []
    for (direction, scores) in expected.enumerated() {
      for (image, score) in scores.enumerated() where Double(score) >= reach[direction] - 8 {
        wanted.insert([direction, image, score])
      }
    }
    #expect(found.count == count)
    #expect(found == wanted)
  }

  @Test("Exact scores of any number of images are sums in Double in the order of the features")
  func exactScores() throws {
    let features = try FeatureMatrix.normal(images: 40, dimension: 101, seed: 41)
    let direction = DirectionSet.randomSphere(count: 1, dimension: 101, seed: 42).matrix
    for images in [[], [3], [39, 0, 0], Array(0..<8), Array(7..<40)] as [[Int32]] {
      var scores = [Float](repeating: .nan, count: images.count)
      exact_scores(features.values.elements, 101, images, images.count, direction.elements, &scores)
      let expected = images.map { image in
        Float(
          zip(features.values[row: Int(image)], direction.elements).reduce(0.0) {
            $0 + Double($1.0) * Double($1.1)
          })
      }
      #expect(scores == expected)
    }
  }
}
