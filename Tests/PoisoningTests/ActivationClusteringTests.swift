import Directions
import Tensors
import Testing

@testable import Poisoning

@Suite struct ActivationClusteringTests {
  /// Three labels of 200 images in 12 dimensions; of the second a tenth is something else.
  private func features(planted: Bool, seed: UInt64 = 1) throws -> (matrix: FeatureMatrix, poisons: [Int]) {
    var generator = SeededGenerator(seed: seed, purpose: "test")
    let labels = (0..<600).map { $0 % 3 }
    let poisons = planted ? (0..<20).map { 30 * $0 + 1 } : []
    let values = labels.indices.flatMap { image -> [Float] in
      let normals = generator.normals(12)
      return (0..<12).map { axis in
        let shift: Float = axis == labels[image] ? 4 : axis == 7 && poisons.contains(image) ? 9 : 0
        return normals[axis] + shift
      }
    }
    return (
      try FeatureMatrix(
        values: Tensor(shape: [600, 12], elements: values), labels: ClassLabels(labels, classCount: 3),
        layer: "made up"), poisons
    )
  }

  @Test(
    "Planted poisons are flagged, all of them and nothing else, and only their label is suspicious",
    arguments: ActivationClustering.Reduction.allCases)
  func planted(reduction: ActivationClustering.Reduction) throws {
    let (matrix, poisons) = try features(planted: true)
    let settings = ActivationClustering.Settings(reduction: reduction)
    let found = ActivationClustering(of: matrix, settings: settings, seed: 1, workerCount: 1)
    #expect(found.flagged == poisons)
    #expect(found.labels.map(\.isSuspicious) == [false, true, false])
    #expect(found.labels[1].smallerCount == 20 && found.labels[1].imageCount == 200)
    let two = ActivationClustering(of: matrix, settings: settings, seed: 1, workerCount: 2)
    #expect(two.labels == found.labels && two.flagged == found.flagged)
    // The same clusters, but a tenth is now too much.
    var strict = settings
    strict.sizeLimit = 0.09
    #expect(ActivationClustering(of: matrix, settings: strict, seed: 1).flagged.isEmpty)
    strict = settings
    strict.silhouetteLimit = 0.99
    #expect(ActivationClustering(of: matrix, settings: strict, seed: 1).flagged.isEmpty)
  }

  @Test("Without poisons no label is suspicious", arguments: ActivationClustering.Reduction.allCases)
  func clean(reduction: ActivationClustering.Reduction) throws {
    let found = ActivationClustering(
      of: try features(planted: false).matrix, settings: .init(reduction: reduction), seed: 1)
    #expect(found.flagged.isEmpty && found.labels.allSatisfy { $0.silhouette != nil })
  }

  @Test("A label with two images, or with equal ones, has no clusters")
  func few() throws {
    let rows: [Float] = [1, 2, 3, 4, 5, 5, 5, 5, 5, 5]
    let found = ActivationClustering(
      of: try FeatureMatrix(
        values: Tensor(shape: [5, 2], elements: rows), labels: ClassLabels([0, 0, 1, 1, 1], classCount: 3),
        layer: "made up"), seed: 1)
    #expect(found.labels.map(\.imageCount) == [2, 3, 0] && found.flagged.isEmpty)
    #expect(found.labels.allSatisfy { $0.silhouette == nil && $0.smallerCount == 0 })
  }
}

@Suite struct TwoMeansTests {
  @Test("Two pairs and a triple: clusters, inertia and silhouette are those worked out by hand")
  func hand() {
    let points: [Double] = [0, 1, 10, 12, 11]
    let found = TwoMeans(of: points, dimension: 1, seed: 1)
    #expect(found.clusters == [1, 1, 0, 0, 0])
    #expect(abs(found.inertia - 2.5) < 1e-12)
    // a and b of each point: (1, 11), (1, 10), (1.5, 9.5), (1.5, 11.5), (1, 10.5).
    let each: [Double] = [10.0 / 11, 9.0 / 10, 8 / 9.5, 10 / 11.5, 9.5 / 10.5]
    let expected = each.reduce(0, +) / 5
    let silhouette = found.silhouette(of: points, dimension: 1, workerCount: 2)
    #expect(abs((silhouette ?? 0) - expected) < 1e-12)
  }

  @Test("Equal points are one cluster without a silhouette; a point alone has silhouette 0")
  func degenerate() {
    let equal = TwoMeans(of: [3, 3, 3], dimension: 1, seed: 1)
    #expect(
      equal.clusters == [0, 0, 0] && equal.silhouette(of: [3, 3, 3], dimension: 1, workerCount: 1) == nil)
    let points: [Double] = [0, 0, 9]
    let alone = TwoMeans(of: points, dimension: 1, seed: 1)
    #expect(alone.clusters == [0, 0, 1])
    #expect(abs((alone.silhouette(of: points, dimension: 1, workerCount: 1) ?? 9) - 2.0 / 3) < 1e-12)
  }
}
