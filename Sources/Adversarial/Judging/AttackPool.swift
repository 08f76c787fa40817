import Tensors

/// Several attacks on the same images, and for each image the best of them: the tightest upper bound on the true
/// distance.
public struct AttackPool: Equatable, Codable, Sendable {
  /// Names of the attacks.
  public let attacks: [String]
  /// Norm of the distances.
  public let norm: Norm
  /// Distances by attack and image: 0 for an image already misclassified when clean, ∞ for a failed attack, stored as
  /// -1 since JSON has no ∞.
  private let stored: [[Double]]

  /// - Parameter attacks: Name and records, of the same images in the same order.
  public init(_ attacks: [(name: String, images: [AttackedImage])], norm: Norm) {
    precondition(!attacks.isEmpty, "a pool holds at least one attack")
    let numbers = attacks[0].images.map(\.imageID)
    precondition(
      attacks.allSatisfy { $0.images.map(\.imageID) == numbers }, "every attack needs the same images")
    self.attacks = attacks.map(\.name)
    self.norm = norm
    stored = attacks.map { attack in
      attack.images.map { image in
        let distance = image.adversarialDistance(in: norm)
        return distance.isFinite ? distance : -1
      }
    }
  }

  /// Distances of one attack.
  public func distances(ofAttack attack: Int) -> [Double] {
    stored[attack].map { $0 < 0 ? .infinity : $0 }
  }

  /// The smallest distance of each image over all attacks.
  public var bestDistances: [Double] {
    let all = attacks.indices.map { distances(ofAttack: $0) }
    return all[0].indices.map { row in all.reduce(.infinity) { min($0, $1[row]) } }
  }

  /// The attack with the smallest distance for each image, the first in a tie; `nil` if none succeeded or none was
  /// needed.
  public var bestAttacks: [Int?] {
    let all = attacks.indices.map { distances(ofAttack: $0) }
    return bestDistances.enumerated().map { row, best in
      best.isFinite && best > 0 ? all.indices.first { all[$0][row] == best } : nil
    }
  }

  /// Correctly classified images that no attack of the pool changed, of all images.
  public var robustAccuracy: Proportion {
    let distances = bestDistances
    return Proportion(distances.count { $0 == .infinity }, of: distances.count)
  }

  public func curve(ofAttack attack: Int) -> RobustAccuracyCurve {
    RobustAccuracyCurve(distances: distances(ofAttack: attack), norm: norm)
  }

  /// The curve of the best attack for each image: what remains is robust to all of them.
  public var bestCurve: RobustAccuracyCurve { RobustAccuracyCurve(distances: bestDistances, norm: norm) }

  /// How close an attack comes to the best known distances: 1 when it finds all of them, 0 when it finds nothing.
  ///
  ///     1 − (A − A*) / (clean accuracy · d_max − A*)
  ///
  /// A is the area under the attack's curve up to d_max, A* that of the best of the pool, d_max the largest of the best
  /// distances. Cinà et al. (2024), AttackBench, local optimality. It is relative to this pool: adding a better attack
  /// lowers all others. <https://arxiv.org/abs/2404.19460>
  ///
  /// - Returns: `nil` when no attack of the pool succeeded, or when all best distances are d_max, so that the scale has
  ///   zero length.
  public func localOptimality(ofAttack attack: Int) -> Double? {
    guard let greatest = bestDistances.filter(\.isFinite).max(), greatest > 0,
      let bestArea = bestCurve.area(upTo: greatest), let area = curve(ofAttack: attack).area(upTo: greatest),
      let clean = bestCurve.cleanAccuracy.value
    else { return nil }
    let scale = clean * greatest - bestArea
    // Areas are sums in Double: a difference within rounding is no scale.
    return scale > 1e-12 * greatest ? 1 - (area - bestArea) / scale : nil
  }
}
