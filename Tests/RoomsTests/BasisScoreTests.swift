import Directions
import Tensors
import Testing

@testable import CompareRoom
@testable import Lab

@Suite struct BasisScoreTests {
  /// Class 0 far out on one side of the first axis, class 1 less far on the other; the rest is small.
  private func scene() throws -> (features: FeatureMatrix, labels: ClassLabels) {
    var generator = SeededGenerator(seed: 2, purpose: "test features")
    let labels = (0..<300).map { $0 % 3 }
    var values = Tensor(shape: [300, 4], elements: generator.normals(1200))
    for (image, label) in labels.enumerated() { values.elements[4 * image] += [12, -8, 0][label] }
    return (try FeatureMatrix(values: values, layer: "made up"), ClassLabels(labels, classCount: 3))
  }

  private func table(_ families: [DirectionFamily]) throws -> [BasisScore] {
    let (features, labels) = try scene()
    return try BasisScore.table(
      of: families, features: features, labels: labels,
      fittedTo: DirectionFamily.Material(features: features, labels: labels), topCounts: [9], seed: 1,
      workerCount: 2, progress: { _ in })
  }

  @Test("Both ends of a component are looked at, each with the images that lie there")
  func ends() throws {
    let rows = try table([.principalComponents])
    #expect(rows.map(\.isNegated) == [false, true] && rows.allSatisfy { $0.directionCount == 4 })
    // By hand: the images furthest out on either side, for each component.
    let (features, labels) = try scene()
    let components = PrincipalComponents(of: features, count: 4, workerCount: 1).directions
    for row in rows {
      let directions = row.isNegated ? components.negated : components
      let expected = (0..<4).map { component in
        let order = (0..<300).sorted { first, second in
          func score(_ image: Int) -> Double {
            zip(features.values[row: image], directions.matrix[row: component]).reduce(0) {
              $0 + Double($1.0) * Double($1.1)
            }
          }
          return score(first) > score(second)
        }
        return LabelAgreement(of: Array(order.prefix(9)), in: labels).kappa!
      }
      #expect(abs(row.means[0] - expected.reduce(0, +) / 4) < 1e-12)
    }
    #expect(rows[0].means != rows[1].means)
  }

  @Test("Neurons are compared with a family as it ranks, and a family that cannot be had is left out")
  func ranking() throws {
    let rows = try table([.sphere, .cosine, .nonNegativeFactors])
    #expect(rows.map(\.family) == [.sphere, .cosine])
    let (features, labels) = try scene()
    let measures = BasisMeasures(labels: labels, topCounts: [9])
    func neurons(_ features: FeatureMatrix) -> Double {
      measures.means(
        of: Ranking(of: features, along: .neurons(dimension: 4), topCount: 9), basisSize: 4)[0][0]
    }
    #expect(
      rows[0].neurons == [neurons(features)] && rows[1].neurons == [neurons(features.scaledToUnitLength)])
    #expect(rows[0].neurons != rows[1].neurons)
  }
}
