import Foundation
import Tensors

@testable import Directions

/// What scikit-learn makes of made-up features: Tests/Reference/Bases.
struct BasesReference: Decodable {
  struct Components: Decodable {
    let features: [[Float]]
    let explainedVariance: [Double]
    /// Of unit length and any sign, in order.
    let principal: [[Float]]
    /// Of unit length and any sign, in any order.
    let independent: [[Float]]
  }

  struct Factors: Decodable {
    let features: [[Float]]
    let count: Int
    /// Of the best of several runs.
    let explainedShare: Double
  }

  struct Clusters: Decodable {
    let features: [[Float]]
    let count: Int
    /// Of the best of many runs.
    let inertia: Double
    let memberCounts: [Int]
  }

  let components: Components
  let factors: Factors
  let clusters: Clusters

  static func load() throws -> BasesReference {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Reference/Bases/bases.json")
    return try JSONDecoder().decode(BasesReference.self, from: Data(contentsOf: file))
  }
}

extension FeatureMatrix {
  init(rows: [[Float]]) throws {
    try self.init(
      values: Tensor(shape: [rows.count, rows[0].count], elements: rows.flatMap { $0 }), layer: "made up")
  }
}

/// ⟨a, b⟩ / (‖a‖ ‖b‖)
func cosine(_ first: some Collection<Float>, _ second: some Collection<Float>) -> Double {
  let product = zip(first, second).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
  return product / (Norm.l2(first) * Norm.l2(second))
}
