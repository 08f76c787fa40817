import Directions
import Tensors
import Testing

@testable import CompareRoom
@testable import Lab

@Suite struct DoseResponseTests {
  @Test("Axes that carry the classes lose agreement on the way; the start is the neurons, the same for all")
  func curve() throws {
    let (classCount, imageCount) = (8, 600)
    var generator = SeededGenerator(seed: 5, purpose: "noise")
    let labels = (0..<imageCount).map { $0 % classCount }
    var values = Tensor(
      shape: [imageCount, classCount], elements: generator.normals(imageCount * classCount))
    for (image, label) in labels.enumerated() { values.elements[image * classCount + label] += 4 }
    let features = try FeatureMatrix(values: values, layer: "made up")
    let classes = ClassLabels(labels, classCount: classCount)
    var declared = ComparisonProtocol(topCount: 9)
    declared.doses = [0, 0.5, 1]
    declared.doseRotationCount = 6
    let curve = try DoseResponse.curve(
      of: features, labels: classes, declared: declared, seed: 1, workerCount: 2, progress: { _ in })
    #expect(curve.map(\.dose) == [0, 0.5, 1] && curve.allSatisfy { $0.kappas.count == 6 })
    let neurons = BasisMeasures(labels: classes, topCounts: [9]).means(
      of: Ranking(of: features, along: .neurons(dimension: classCount), topCount: 9), basisSize: classCount)[
        0][0]
    #expect(curve[0].kappas.allSatisfy { $0 == neurons })
    #expect(curve[0].mean > curve[1].mean + 0.05 && curve[1].mean > curve[2].mean + 0.05)
  }
}
