import Foundation

/// Tests/Reference/Smoothing/smoothing.json: what SciPy computed. The script that made it stands beside it.
struct SmoothingReference: Decodable {
  struct Prediction: Decodable {
    let counts: [Int]
    let p: Double
  }
  struct Certificate: Decodable {
    let agreed, total: Int
    let alpha, sigma, bound: Double
    let radius: Double?
  }

  let predictions: [Prediction]
  let certificates: [Certificate]

  static func load() throws -> SmoothingReference {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Reference/Smoothing/smoothing.json").standardizedFileURL
    return try JSONDecoder().decode(SmoothingReference.self, from: Data(contentsOf: file))
  }
}
