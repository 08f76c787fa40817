import Networks
import Tensors

/// The loss that a gradient attack maximises, from the logits z of one image with label y and, if targeted, target t.
///
///                               untargeted                          targeted
///     crossEntropy              L(z, y)                             −L(z, t)
///     margin                    max_{k≠y} z_k − z_y                 z_t − max_{k≠t} z_k
///     differenceOfLogitsRatio   −(z_y − max_{k≠y} z_k) / (z_π1 − z_π3)
///                                                                   −(z_y − z_t) / (z_π1 − (z_π3 + z_π4) / 2)
///
/// π sorts the logits in descending order. The ratio of Croce, Hein (2020), equations 6 and 7, is invariant when a
/// constant is added to all logits and when all are multiplied by a positive number. As in the authors' code its
/// denominator is at least 10⁻¹². Untargeted it is 1 wherever the label ranks third, so that an image that is already
/// misclassified may have a gradient of zero. <https://arxiv.org/abs/2003.01690>
///
/// Always for one image: a batch is never averaged.
public enum AttackLoss: String, CaseIterable, Codable, Sendable {
  case crossEntropy, margin, differenceOfLogitsRatio

  /// With fewer classes the loss is undefined.
  public func leastClassCount(targeted: Bool) -> Int {
    self == .differenceOfLogitsRatio ? (targeted ? 4 : 3) : 2
  }

  /// The loss from the attacker's point of view: the higher, the closer to the goal.
  ///
  /// - Parameters:
  ///   - label: True class.
  ///   - target: Target class; `nil` if any other class will do.
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

  /// Writes the gradient of the loss times a positive factor chosen per image such that nothing underflows: the
  /// gradient of a confident image's cross-entropy is below the smallest Float although its direction is well defined.
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

/// The two logits of a margin: the one to raise and the one to lower; the lowest index in a tie.
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
  /// The margin loss of image `row` towards the goal. Positive: reached, negative: not reached; at 0 the order of the
  /// classes decides (``Prediction``).
  func margin(of logits: Span<Float>, ofRow row: Int, label: Int) -> Double {
    AttackLoss.margin.value(of: logits, label: label, target: target(ofRow: row))
  }
}
