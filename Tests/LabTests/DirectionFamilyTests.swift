import Directions
import Tensors
import Testing

@testable import Lab

@Suite struct DirectionFamilyTests {
  private static func material(_ transform: (Float) -> Float = abs) throws -> DirectionFamily.Material {
    var generator = SeededGenerator(seed: 3, purpose: "test features")
    return DirectionFamily.Material(
      features: try FeatureMatrix(
        values: Tensor(shape: [400, 6], elements: generator.normals(2400).map(transform)), layer: "made up"),
      labels: ClassLabels((0..<400).map { $0 % 3 }, classCount: 3))
  }

  private static func directions(
    _ family: DirectionFamily, workerCount: Int = 2, fittedTo material: DirectionFamily.Material
  ) throws -> DirectionSet {
    try family.directions(
      count: 6, dimension: 6, seed: 4, workerCount: workerCount, fittedTo: { material }, progress: { _ in })
  }

  @Test(
    "Every family has directions of unit length, the same for any number of workers",
    arguments: DirectionFamily.allCases)
  func directions(family: DirectionFamily) throws {
    let material = try Self.material()
    let set = try Self.directions(family, fittedTo: material)
    #expect(set.count > 0 && set.dimension == 6)
    if family == .classMeans { #expect(set.count == 3) }
    if family != .sparseAutoencoder && family != .classMeans { #expect(set.count == 6) }
    for row in 0..<set.count { #expect(abs(Norm.l2(set.matrix[row: row]) - 1) < 1e-5) }
    let again = try Self.directions(family, workerCount: 1, fittedTo: material)
    #expect(again.matrix == set.matrix && again.ids == set.ids)
  }

  @Test("Only fitted families ask for training features", arguments: DirectionFamily.allCases)
  func fitted(family: DirectionFamily) throws {
    struct Asked: Error {}
    func make() throws -> DirectionSet {
      try family.directions(
        count: 6, dimension: 6, seed: 4, workerCount: 1, fittedTo: { throw Asked() }, progress: { _ in })
    }
    if family.isFitted {
      #expect(throws: Asked.self) { try make() }
    } else {
      #expect(try make().count == 6)
    }
  }

  @Test("Only cosine ranks by something else than the features: these at length 1")
  func ranked() throws {
    let features = try Self.material().features
    for family in DirectionFamily.allCases {
      let ranked = family.ranked(features)
      #expect((ranked.values == features.values) == (family != .cosine))
      if family == .cosine {
        for row in 0..<400 { #expect(abs(Norm.l2(ranked.values[row: row]) - 1) < 1e-6) }
      }
    }
  }

  @Test("Features below 0 have no non-negative factors, in one sentence")
  func negative() throws {
    let material = try Self.material { $0 }
    let error = #expect(throws: DirectionFamilyError.self) {
      try Self.directions(.nonNegativeFactors, fittedTo: material)
    }
    #expect("\(try #require(error))".hasPrefix("no non-negative factors: "))
  }
}
