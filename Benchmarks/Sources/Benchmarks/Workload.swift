import ArgumentParser

/// What is timed: the same work for both sides. `peer.py` knows it by the same name.
enum Workload: String, CaseIterable, Codable, ExpressibleByArgument {
  case training
  case features
  case mlpEpoch = "mlp-epoch"

  var title: String {
    switch self {
    case .training: "one training epoch, conv 32, conv 64, 128, 10; batch 128"
    case .features: "features (128) of the same network"
    case .mlpEpoch: "one training epoch, 784-100-100-10; batch 128"
    }
  }
}
