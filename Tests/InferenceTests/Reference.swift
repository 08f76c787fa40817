import Foundation

/// Tests/Reference/Inference/inference.json: what SciPy computed. The script that made it stands beside it.
struct Reference: Decodable {
  struct Student: Decodable { let df, t, cumulative, p, quantile: Double }
  struct Normal: Decodable { let z, cumulative, p, quantile: Double }
  struct Binomial: Decodable {
    let n: Int
    let p: Double
    let k: Int
    let cumulative: Double
  }
  struct BinomialRange: Decodable {
    let n: Int
    let p, level: Double
    let lower, upper: Int
  }
  struct ClopperPearson: Decodable {
    let count, total: Int
    let level, lower, upper: Double
  }
  struct Sample: Decodable {
    let values: [Double]
    let mean, deviation, level, lower, upper, p, upperP, lowerP: Double
    let margin, aboveLowerMarginP, belowUpperMarginP: Double
  }
  struct BCa: Decodable {
    let values, replicates: [Double]
    let level, lower, upper: Double
  }
  struct Adjusted: Decodable { let p, holm, benjaminiHochberg: [Double] }
  struct Stouffer: Decodable {
    let p, weights: [Double]
    let z, combined, weightedZ, weightedCombined: Double
  }
  struct Cliff: Decodable {
    let first, second: [Double]
    let delta: Double
  }

  let student: [Student]
  let normal: [Normal]
  let binomial: [Binomial]
  let binomialRange: [BinomialRange]
  let clopperPearson: [ClopperPearson]
  let samples: [Sample]
  let bca: BCa
  let bcaCoverage: Double
  let adjusted: Adjusted
  let stouffer: Stouffer
  let cliff: Cliff

  static func load() throws -> Reference {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Reference/Inference/inference.json").standardizedFileURL
    return try JSONDecoder().decode(Reference.self, from: Data(contentsOf: file))
  }
}

/// Two programs with their own series and continued fractions agree to this, relative to the value.
func agrees(_ value: Double, _ expected: Double, within tolerance: Double = 1e-11) -> Bool {
  abs(value - expected) <= tolerance * max(abs(expected), 1e-300) || abs(value - expected) < 1e-15
}
