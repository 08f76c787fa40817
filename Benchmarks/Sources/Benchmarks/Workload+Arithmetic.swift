/// Floating-point operations that a workload needs by the direct algorithm; a multiplication with its addition is 2.
///
/// Counted are convolutions, linear layers and scores; pooling, activations, the optimizer and the choice of the
/// highest scores are not. Forming gradients of the first layer's input is counted where images are attacked only.
extension Workload {
  /// - Parameter counts: What became of the images of an attack; see ``WorkerAnswer/counts``.
  /// - Returns: Nil where the counts that are needed are missing.
  func operationCount(imageCount: Int, directionCount: Int, counts: [String: Int]?) -> Double? {
    let multiplyAdds: Int
    switch self {
    case .training:
      multiplyAdds = imageCount * LayerCost.convolutionalNetwork.trainingMultiplyAdds
    // Lengths of gradients, their scaling and noise are not counted: what is left is the plain epoch.
    case .mlpEpoch, .privateEpoch:
      multiplyAdds = imageCount * LayerCost.multilayerPerceptron.trainingMultiplyAdds
    case .features:
      multiplyAdds = imageCount * LayerCost.convolutionalNetwork.dropLast().forwardMultiplyAdds
    case .fgsm:
      // Each image once, the attacked ones back and once more, the successes once more after rounding.
      guard let attacked = counts?["attacked"], let succeeded = counts?["succeeded"] else { return nil }
      multiplyAdds =
        (imageCount + 2 * attacked + succeeded) * LayerCost.convolutionalNetwork.forwardMultiplyAdds
    // How many passes the line searches take is theirs to say.
    case .boxLBFGS: return nil
    case .blackBox:
      multiplyAdds = imageCount * LayerCost.convolutionalNetwork.forwardMultiplyAdds
    case .ranking, .rankingLarge:
      multiplyAdds = imageCount * directionCount * LayerCost.featureCount
    }
    return 2 * Double(multiplyAdds)
  }
}

/// What one layer costs for one image.
private struct LayerCost {
  let multiplyAdds: Int

  static let featureCount = 128

  static let convolutionalNetwork = [
    LayerCost(multiplyAdds: 28 * 28 * 32 * 5 * 5),
    LayerCost(multiplyAdds: 14 * 14 * 64 * 5 * 5 * 32),
    LayerCost(multiplyAdds: 64 * 7 * 7 * featureCount),
    LayerCost(multiplyAdds: featureCount * 10),
  ]

  static let multilayerPerceptron = [
    LayerCost(multiplyAdds: 784 * 100), LayerCost(multiplyAdds: 100 * 100), LayerCost(multiplyAdds: 100 * 10),
  ]
}

extension Collection<LayerCost> {
  fileprivate var forwardMultiplyAdds: Int { reduce(0) { $0 + $1.multiplyAdds } }

  /// Forward, gradients of the weights, and gradients of what each layer reads but the first.
  fileprivate var trainingMultiplyAdds: Int { 3 * forwardMultiplyAdds - (first?.multiplyAdds ?? 0) }
}
