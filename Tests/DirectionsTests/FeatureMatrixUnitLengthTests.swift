import Tensors
import Testing

@testable import Directions

@Suite struct FeatureMatrixUnitLengthTests {
  @Test("Every row has length 1 and its direction; a row of zeros stays")
  func lengths() throws {
    let features = try FeatureMatrix(
      values: Tensor(shape: [3, 2], elements: [3, 4, 0, 0, -1e-20, 0]), layer: "made up")
    #expect(features.scaledToUnitLength.values.elements == [0.6, 0.8, 0, 0, -1, 0])
  }

  @Test("Scaling any image changes no ranking by cosine")
  func scaling() throws {
    let features = try FeatureMatrix.normal(images: 50, dimension: 4, seed: 8)
    let stretched = try FeatureMatrix(
      values: Tensor(
        shape: [50, 4], elements: features.values.elements.enumerated().map { $1 * Float(1 << ($0 / 4 % 5)) }),
      layer: "made up")
    let directions = DirectionSet.randomSphere(count: 6, dimension: 4, seed: 1)
    func images(_ features: FeatureMatrix) -> [[Int]] {
      Ranking(of: features, along: directions, topCount: 9).topImages.map { $0.map(\.imageIndex) }
    }
    #expect(images(features.scaledToUnitLength) == images(stretched.scaledToUnitLength))
    #expect(images(features) != images(stretched))
  }
}
