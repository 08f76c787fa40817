import Networks
import Tensors

/// What a gradient attack raises, of the logits z of one image with label y, and target t where it has one.
///
///                               untargeted                          targeted
///     crossEntropy              L(z, y)                             −L(z, t)
///     margin                    max_{k≠y} z_k − z_y                 z_t − max_{k≠t} z_k
///     differenceOfLogitsRatio   −(z_y − max_{k≠y} z_k) / (z_π1 − z_π3)
///                                                                   −(z_y − z_t) / (z_π1 − (z_π3 + z_π4) / 2)
///
/// π sorts the logits, largest first. The ratio of Croce, Hein (2020), equations 6 and 7, changes neither when a
/// constant is added to all logits nor when all are multiplied by a positive number. As in the authors' code its
/// denominator is at least 10⁻¹². Untargeted it is 1 wherever the label comes third, so that an image which is already
/// fooled may have a gradient of zero. <https://arxiv.org/abs/2003.01690>
///
/// Always of one image: a batch is never averaged.
public enum AttackLoss: String, CaseIterable, Codable, Sendable {
  case crossEntropy, margin, differenceOfLogitsRatio

  /// Fewer classes leave the loss undefined.
  public func leastClassCount(targeted: Bool) -> Int {
    self == .differenceOfLogitsRatio ? (targeted ? 4 : 3) : 2
  }

  /// The loss as an attacker counts it: the higher, the nearer to the goal.
  ///
  /// - Parameters:
  ///   - label: True class.
  ///   - target: Class aimed at; `nil` when any other will do.
  public func value(of logits: Span<Float>, label: Int, target: Int?) -> Double {
    switch self {
    case .crossEntropy:
      guard let target else { return CrossEntropy.loss(logits: logits, label: label) }
      return -CrossEntropy.loss(logits: logits, label: target)
    case .margin:
      let pair = marginPair(logits, label, target)
      return Double(logits[pair.up]) - Double(logits[pair.down])
    case .differenceOfLogitsRatio: return Ratio(logits, label, target).value
    }
  }

  /// Writes the gradient of the loss times a positive number of this image's own, chosen such that nothing
  /// underflows: the gradient of a confident image's cross-entropy is below the smallest Float although its
  /// direction is well defined.
  ///
  /// - Parameter gradient: Zero on entry.
  public func writeAscentDirection(
    of logits: Span<Float>, label: Int, target: Int?, to gradient: inout MutableSpan<Float>
  ) {
    switch self {
    case .crossEntropy:
      CrossEntropy.writeAscentDirection(logits: logits, label: target ?? label, to: &gradient)
      if target != nil { for index in logits.indices { gradient[index] = -gradient[index] } }
    case .margin:
      let pair = marginPair(logits, label, target)
      gradient[pair.up] = 1
      gradient[pair.down] = -1
    case .differenceOfLogitsRatio:
      // d(−N/D) · D = −dN + (N/D) dD
      let ratio = Ratio(logits, label, target)
      for (index, weight) in ratio.numerator { gradient[index] -= weight }
      for (index, weight) in ratio.denominator { gradient[index] += Float(-ratio.value) * weight }
    }
  }
}

/// The two logits of a margin: the one to raise and the one to lower; the lowest index of several largest.
private func marginPair(_ logits: Span<Float>, _ label: Int, _ target: Int?) -> (up: Int, down: Int) {
  let fixed = target ?? label
  var rival = fixed == 0 ? 1 : 0
  for index in logits.indices where index != fixed && logits[index] > logits[rival] { rival = index }
  return target == nil ? (rival, fixed) : (fixed, rival)
}

/// N / D of the difference-of-logits ratio, each a weighted sum of logits.
private struct Ratio {
  typealias Term = (index: Int, weight: Float)

  let numerator: [Term]
  let denominator: [Term]
  /// −N/D
  let value: Double

  init(_ logits: Span<Float>, _ label: Int, _ target: Int?) {
    let order = logits.indices.sorted { (-logits[$0], $0) < (-logits[$1], $1) }
    let needed = AttackLoss.differenceOfLogitsRatio.leastClassCount(targeted: target != nil)
    precondition(order.count >= needed, "the ratio needs \(needed) classes, got \(order.count)")
    let rival = target ?? (order[0] == label ? order[1] : order[0])
    numerator = [(label, 1), (rival, -1)]
    if target == nil {
      denominator = [(order[0], 1), (order[2], -1)]
    } else {
      denominator = [(order[0], 1), (order[2], -0.5), (order[3], -0.5)]
    }
    func sum(_ terms: [Term]) -> Double {
      var total = 0.0
      for term in terms { total += Double(term.weight) * Double(logits[term.index]) }
      return total
    }
    value = -sum(numerator) / max(sum(denominator), 1e-12)
  }
}

extension ThreatModel {
  /// How far the goal is reached for image `row`: the margin loss. Positive is reached, negative is not; at 0 the
  /// order of the classes decides (``Prediction``).
  func margin(of logits: Span<Float>, ofRow row: Int, label: Int) -> Double {
    AttackLoss.margin.value(of: logits, label: label, target: target(ofRow: row))
  }
}
