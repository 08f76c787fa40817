import Foundation
import Tensors

@testable import Directions

/// What SciPy and scikit-learn say of made-up data: Tests/Reference/Coherence.
struct CoherenceReference: Decodable {
  struct Column: Decodable {
    let scores: [Float]
    let aucs: [Double]
    let dPrime: Double
    let skewness: Double
    let excessKurtosis: Double
    let hoyer: Double
  }

  struct Draws: Decodable {
    let population: Int
    let marked: Int
    let draws: Int
    let probabilities: [Double]
  }

  let labels: [Int]
  let classCount: Int
  let columns: [String: Column]
  let features: [[Float]]
  let correlations: [[Double]]
  let sets: [[Int]]
  let entropies: [Double]
  let coherences: [Double]
  let chanceCoherence: Double
  let meanJaccard: Double
  let hypergeometric: [Draws]

  static func load() throws -> CoherenceReference {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Reference/Coherence/coherence.json")
    return try JSONDecoder().decode(CoherenceReference.self, from: Data(contentsOf: file))
  }

  var classLabels: ClassLabels { ClassLabels(labels, classCount: classCount) }

  func featureMatrix() throws -> FeatureMatrix {
    try FeatureMatrix(
      values: Tensor(shape: [features.count, features[0].count], elements: features.flatMap { $0 }),
      layer: "reference")
  }
}
