import Tensors
import Testing

@testable import Directions

@Suite struct DirectionSetClassMeansTests {
  @Test(
    "From the mean of the class means to each, by hand; classes without images or difference are left out")
  func byHand() throws {
    // Class means (4, 0), (0, 0) and (2, 0) of 1, 2 and 1 images: their mean is (2, 0), that of class 3 itself.
    let features = try FeatureMatrix(
      values: Tensor(shape: [4, 2], elements: [4, 0, 0, 1, 0, -1, 2, 0]), layer: "made up")
    let set = DirectionSet.classMeans(of: features, labels: ClassLabels([0, 1, 1, 3], classCount: 4))
    #expect(set.ids == ["y000", "y001"])
    #expect(set.matrix.elements == [1, 0, -1, 0])
  }

  @Test("A shift of all features changes nothing")
  func shift() throws {
    let features = try FeatureMatrix.normal(images: 60, dimension: 6, seed: 3)
    let labels = ClassLabels((0..<60).map { $0 % 4 }, classCount: 4)
    let shifted = try FeatureMatrix(
      values: Tensor(
        shape: [60, 6], elements: features.values.elements.enumerated().map { $1 + Float($0 % 6) }),
      layer: "made up")
    let (one, other) = (
      DirectionSet.classMeans(of: features, labels: labels),
      DirectionSet.classMeans(of: shifted, labels: labels)
    )
    for (first, second) in zip(one.matrix.elements, other.matrix.elements) {
      #expect(abs(first - second) < 1e-5)  // rounding of x + 5 to Float
    }
  }
}
