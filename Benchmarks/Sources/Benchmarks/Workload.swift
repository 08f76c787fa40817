import ArgumentParser

/// What is timed: the same work for both sides. `peer/worker.py` knows it by the same name.
enum Workload: String, CaseIterable, Codable, ExpressibleByArgument {
  case training
  case features
  case fgsm
  case boxLBFGS = "box-lbfgs"
  case blackBox = "black-box"
  case mlpEpoch = "mlp-epoch"
  case privateEpoch = "private-epoch"
  case ranking
  case rankingLarge = "ranking-large"

  var title: String {
    switch self {
    case .training: "one training epoch, conv 32, conv 64, 128, 10; batch 128"
    case .features: "features (128) of the same network"
    case .fgsm: "FGSM on 10,000 images with verdicts, same network"
    case .boxLBFGS: "box L-BFGS of 64 images to their next class; conv 16, conv 32, 64, 10"
    case .blackBox: "Square attack, 1,000 queries for each of 64 images, network of FGSM; an image is a query"
    case .mlpEpoch: "one training epoch, 784-100-100-10; batch 128"
    case .privateEpoch: "the same epoch, private: gradients clipped one by one, with noise"
    case .ranking: "ranking along 4,096 directions, top 8 of 60,000 images"
    case .rankingLarge: "ranking along 10,000 directions, top 100 of 60,000 images"
    }
  }

  /// Whether it needs a network, or its features, that ``SharedInputs`` has.
  var needsSharedInputs: Bool { self == .fgsm || self == .blackBox || self == .boxLBFGS || isRanking }

  var isRanking: Bool { self == .ranking || self == .rankingLarge }

  /// Directions of a ranking at its full size.
  var directionCount: Int { self == .rankingLarge ? SharedInputs.directionCount : 4096 }

  /// k of a ranking.
  var topCount: Int { self == .rankingLarge ? 100 : 8 }

  /// Whether what people write first differs so much from PyTorch's best that both are measured. All scores of the
  /// large ranking at once would be 2.4 GB.
  var hasPlainPeer: Bool { self == .ranking }
}
