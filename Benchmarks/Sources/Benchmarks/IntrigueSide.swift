import Foundation
import Intrigue

/// What `peer/worker.py` does, done by the library with its defaults.
struct IntrigueSide {
  let dataFolder: String
  /// Needed by some workloads; see ``Workload/needsSharedInputs``.
  let inputs: SharedInputs?
  let workerCount: Int
  /// The first so many images; nil: all.
  let imageCount: Int?
  /// The first so many directions; nil: all.
  let directionCount: Int?

  func serve(_ workload: Workload, _ requests: Requests) throws {
    switch workload {
    case .training: try serveTraining(of: .convolutionalNetwork, requests)
    case .mlpEpoch: try serveTraining(of: .multilayerPerceptron, requests)
    case .privateEpoch:
      try serveTraining(
        of: .multilayerPerceptron, privacy: PrivateTraining(clip: 1, noiseMultiplier: 1), requests)
    case .features: try serveFeatures(requests)
    case .fgsm: try serveAttack(requests)
    case .boxLBFGS: try serveBoxLBFGS(requests)
    case .blackBox: try serveBlackBox(requests)
    case .ranking, .rankingLarge: try serveRanking(workload, requests)
    }
  }

  /// The results name the commit that was measured; there is no other version to tell.
  func ready(_ imageCount: Int, _ settings: [String: Int] = [:]) -> WorkerGreeting {
    .ready(
      imageCount: imageCount, versions: ["oneDNN": Engine.oneDNNVersion],
      settings: settings.merging(["workers": workerCount]) { own, _ in own }.mapValues(String.init))
  }

  func limited(_ images: LabelledImages) -> LabelledImages {
    imageCount.map { images.selecting(0..<min($0, images.count)) } ?? images
  }

  func sharedInputs() throws -> SharedInputs {
    guard let inputs else { throw WorkerUnavailable(reason: "--inputs is missing") }
    return inputs
  }
}
