import Foundation
import Intrigue

extension IntrigueSide {
  func serveRanking(_ workload: Workload, _ requests: Requests) throws {
    let inputs = try sharedInputs()
    let features = try FeatureMatrix(values: Self.rows(of: inputs.features, imageCount), layer: "relu3")
    let matrix = try Self.rows(of: inputs.directions, directionCount ?? workload.directionCount)
    let directions = DirectionSet(
      kind: .randomSphere, ids: (0..<matrix.count).map(String.init), matrix: matrix)
    try requests.greet(ready(features.imageCount, ["directions": directions.count]))
    while requests.next() {
      _ = Ranking(of: features, along: directions, topCount: workload.topCount, workerCount: workerCount)
      try requests.answer()
    }
  }

  /// The first rows of an array on disk; nil: all.
  private static func rows(of file: URL, _ limit: Int?) throws -> Tensor {
    let array = try NPYFile(contentsOf: file)
    guard case .floats(let values) = array.elements, array.shape.count == 2 else {
      throw WorkerUnavailable(reason: "\(file.path) holds no matrix of floats")
    }
    guard let limit, limit < array.shape[0] else { return Tensor(shape: array.shape, elements: values) }
    return Tensor(shape: [limit, array.shape[1]], elements: Array(values.prefix(limit * array.shape[1])))
  }
}
