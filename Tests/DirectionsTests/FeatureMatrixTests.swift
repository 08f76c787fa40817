import Tensors
import Testing

@testable import Directions

@Suite struct FeatureMatrixTests {
  @Test(
    "A feature that is not finite is named by image and column",
    arguments: [Float.nan, .infinity, -.infinity])
  func notFinite(value: Float) {
    var values = Tensor(shape: [4, 3])
    values.elements[2 * 3 + 1] = value
    #expect(throws: NonFiniteFeature(layer: "fc2", row: 2, column: 1, value: value)) {
      try FeatureMatrix(values: values, layer: "fc2")
    }
    let error = NonFiniteFeature(layer: "fc2", row: 2, column: 1, value: value)
    #expect("\(error)" == "feature 1 of image 2 in layer fc2 is \(value); every feature must be finite")
  }

  /// Floats that count how often they were released.
  final class Lent: FloatStorage, @unchecked Sendable {
    let floats: UnsafeBufferPointer<Float>
    private(set) var released: [Range<Int>] = []

    init(_ values: [Float]) {
      let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: values.count)
      _ = memory.initialize(from: values)
      floats = UnsafeBufferPointer(memory)
    }

    deinit { floats.deallocate() }

    func release(_ range: Range<Int>) { released.append(range) }
  }

  @Test("Features that lie elsewhere are read where they are, also by rows, and are ranked like a tensor's")
  func storage() throws {
    let made = try FeatureMatrix.normal(images: 300, dimension: 8, seed: 1)
    let lent = Lent(made.values.elements)
    let features = try FeatureMatrix(lent, imageCount: 300, dimension: 8, layer: "made up")
    #expect(features.values == made.values)
    #expect(features.withValues { $0.baseAddress } == lent.floats.baseAddress)
    let rows = features.rows(100..<250).rows(10..<20)
    #expect(rows.imageCount == 10 && rows.values == made.values.rows(110..<120))
    #expect(rows.withValues { $0.baseAddress } == lent.floats.baseAddress! + 110 * 8)
    #expect(made.rows(110..<120).values == rows.values)
    let directions = DirectionSet.randomSphere(count: 80, dimension: 8, seed: 2)
    let before = lent.released.count
    #expect(
      Ranking(of: features, along: directions, topCount: 9, imagesAtOnce: 128)
        == Ranking(of: made, along: directions, topCount: 9))
    #expect(lent.released.dropFirst(before) == [0..<1024, 1024..<2048, 2048..<2400])
  }

  @Test("A number elsewhere that is not finite is found as well")
  func storageNotFinite() {
    var values = [Float](repeating: 0, count: 12)
    values[7] = .infinity
    #expect(throws: NonFiniteFeature(layer: "fc2", row: 2, column: 1, value: .infinity)) {
      try FeatureMatrix(Lent(values), imageCount: 4, dimension: 3, layer: "fc2")
    }
  }

  @Test("No images at all are a valid matrix")
  func empty() throws {
    let features = try FeatureMatrix(
      values: Tensor(shape: [0, 8]), labels: ClassLabels([], classCount: 10), layer: "fc2")
    #expect(features.imageCount == 0)
    #expect(features.dimension == 8)
  }
}
