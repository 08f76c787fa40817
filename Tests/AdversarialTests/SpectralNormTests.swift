import Networks
import TestSupport
import Tensors
import Testing

@testable import Adversarial

/// Singular values of small matrices by one-sided Jacobi rotations: slow, plain and nothing like power iteration.
func singularValues(_ matrix: [Double], rows: Int, columns: Int) -> [Double] {
  var work = (0..<columns).map { column in (0..<rows).map { matrix[$0 * columns + column] } }
  func dot(_ first: [Double], _ second: [Double]) -> Double {
    zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
  }
  for _ in 0..<60 {
    var largest = 0.0
    for first in 0..<columns {
      for second in first + 1..<max(columns, first + 1) {
        let (a, b, c) = (
          dot(work[first], work[first]), dot(work[second], work[second]), dot(work[first], work[second])
        )
        guard abs(c) > 1e-15 * (a * b).squareRoot() else { continue }
        largest = max(largest, abs(c) / (a * b).squareRoot())
        let zeta = (b - a) / (2 * c)
        let tangent = (zeta >= 0 ? 1 : -1) / (abs(zeta) + (1 + zeta * zeta).squareRoot())
        let cosine = 1 / (1 + tangent * tangent).squareRoot()
        let (left, right) = (work[first], work[second])
        work[first] = zip(left, right).map { cosine * ($0 - tangent * $1) }
        work[second] = zip(left, right).map { cosine * (tangent * $0 + $1) }
      }
    }
    if largest < 1e-14 { break }
  }
  return work.map { dot($0, $0).squareRoot() }.sorted(by: >)
}

/// Row-major matrix of a linear map, one column for each unit vector.
func explicitMatrix(_ map: LinearOperator) -> [Double] {
  var matrix = [Double](repeating: 0, count: map.outputCount * map.inputCount)
  for column in 0..<map.inputCount {
    var unit = [Double](repeating: 0, count: map.inputCount)
    unit[column] = 1
    for (row, value) in map.apply(unit).enumerated() { matrix[row * map.inputCount + column] = value }
  }
  return matrix
}

@Suite struct SpectralNormTests {
  private func normals(_ count: Int, seed: UInt64) -> [Double] {
    var generator = SeededGenerator(seed: seed)
    return generator.normals(count).map(Double.init)
  }

  @Test("The judge itself: rotations find the singular values of a matrix made from known ones")
  func judge() {
    // A diagonal of 3, 2, 1 between two rotations.
    let (c, s) = (0.6, 0.8)
    let matrix = [3 * c, -2 * s, 0, 3 * s * 0.6, 2 * c * 0.6, -0.8, 3 * s * 0.8, 2 * c * 0.8, 0.6]
    for (found, expected) in zip(singularValues(matrix, rows: 3, columns: 3), [3.0, 2, 1]) {
      expectClose(found, expected, relative: 1e-12)
    }
  }

  @Test(
    "Estimate and bound enclose the largest singular value",
    arguments: [(7, 5), (5, 9), (1, 6), (6, 1), (20, 20)])
  func dense(rows: Int, columns: Int) throws {
    let matrix = normals(rows * columns, seed: UInt64(rows))
    let largest = try #require(singularValues(matrix, rows: rows, columns: columns).first)
    let norm = SpectralNorm(
      of: LinearOperator(matrix: matrix, rows: rows, columns: columns), iterationCount: 300, seed: 1)
    #expect(norm.estimate <= largest * (1 + 1e-12) && largest <= norm.upperBound)
    // 300 steps on 20 dimensions separate the two largest values all but completely.
    expectClose(norm.estimate, largest, relative: 1e-6)
    #expect(norm.upperBound < 1.05 * norm.estimate)
  }

  @Test("A bound holds even where a few steps leave the estimate far below")
  func fewSteps() {
    var missed = 0
    for seed in 0..<200 as Range<UInt64> {
      let diagonal = (0..<30).map { $0 == 0 ? 1 : 0.98 }
      var matrix = [Double](repeating: 0, count: 900)
      for index in 0..<30 { matrix[index * 31] = diagonal[index] }
      let norm = SpectralNorm(
        of: LinearOperator(matrix: matrix, rows: 30, columns: 30), iterationCount: 3, seed: seed)
      #expect(norm.upperBound >= 1)
      if norm.estimate < 0.985 { missed += 1 }
    }
    #expect(missed > 100)
  }

  @Test("The zero map has norm zero, and one step more never loosens the bound")
  func edges() {
    let zero = SpectralNorm(
      of: LinearOperator(matrix: [0, 0, 0, 0], rows: 2, columns: 2), iterationCount: 5, seed: 0)
    #expect(zero.estimate == 0 && zero.upperBound == 0)
    let slacks = [1, 2, 10, 100, 1000].map { SpectralNorm.slack(dimension: 784, iterationCount: $0) }
    #expect(slacks == slacks.sorted(by: >) && slacks[3] < 0.2 && slacks[4] < 0.03)
  }

  static let convolutions = [
    Convolution(outputChannels: 3, kernel: 3, padding: 1, bias: false),
    Convolution(outputChannels: 2, kernel: 3, stride: 2, bias: false),
    Convolution(
      outputChannels: 4, kernel: Extent(height: 2, width: 3), stride: Extent(height: 1, width: 2),
      padding: Extent(height: 1, width: 2), dilation: Extent(height: 2, width: 1), groups: 2, bias: false),
    Convolution(outputChannels: 2, kernel: 1, stride: 3, padding: 1, bias: false),
  ]

  private func network(_ convolution: Convolution) throws -> Network {
    let graph = try Graph(
      Architecture(
        name: "one", input: ImageShape(channels: 2, height: 6, width: 7),
        nodes: [
          .init("conv", .convolution(convolution)), .init("flatten", .flatten),
          .init("fc", .linear(outputs: 2, bias: false)),
        ]))
    return Network(initializing: graph, seed: 3)
  }

  private func convolutionOperator(_ convolution: Convolution) throws -> (LinearOperator, Network) {
    let network = try network(convolution)
    return (
      LinearOperator(
        convolution, weights: network.parameters[0].elements.map(Double.init), input: [2, 6, 7],
        output: network.graph.nodes[0].shape), network
    )
  }

  @Test(
    "A convolution as an operator is the network's, and its transpose is its transpose",
    arguments: convolutions.indices)
  func operators(index: Int) throws {
    let (map, network) = try convolutionOperator(Self.convolutions[index])
    let (image, maps) = (normals(map.inputCount, seed: 1), normals(map.outputCount, seed: 2))
    let found = map.apply(image)
    let expected = DoubleReference(network).results([image], .inference)[0][0]
    for (found, expected) in zip(found, expected) { expectClose(found, expected, absolute: 1e-12) }
    #expect(found.count == expected.count)
    let forward = zip(found, maps).reduce(0) { $0 + $1.0 * $1.1 }
    let backward = zip(image, map.applyTransposed(maps)).reduce(0) { $0 + $1.0 * $1.1 }
    expectClose(forward, backward, absolute: 1e-11)
  }

  @Test(
    "A convolution's norm is the largest singular value of its explicit matrix",
    arguments: convolutions.indices)
  func convolution(index: Int) throws {
    let (map, _) = try convolutionOperator(Self.convolutions[index])
    let largest = try #require(
      singularValues(explicitMatrix(map), rows: map.outputCount, columns: map.inputCount).first)
    let norm = SpectralNorm(of: map, iterationCount: 500, seed: 1)
    #expect(norm.estimate <= largest * (1 + 1e-12) && largest <= norm.upperBound)
    expectClose(norm.estimate, largest, relative: 1e-4)
  }
}
