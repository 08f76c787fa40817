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

  @Test("No images at all are a valid matrix")
  func empty() throws {
    let features = try FeatureMatrix(
      values: Tensor(shape: [0, 8]), labels: ClassLabels([], classCount: 10), layer: "fc2")
    #expect(features.imageCount == 0)
    #expect(features.dimension == 8)
  }
}
