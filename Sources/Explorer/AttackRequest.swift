import Attacks
import Lab
import Tensors

/// Which image a browser wants attacked, and how.
struct AttackRequest: Codable, Sendable {
  var run: Int
  var asker: String
  /// A held-out image; nil where ``picture`` is attacked.
  var image: Int?
  /// PNG or JPEG, in base64.
  var picture: PictureRequest.Picture?
  var attack: ExploredAttack
  /// Radius of the ball, pixels in [0, 1]; not looked at by an attack without a budget.
  var epsilon: Float
  /// Class to be taken for; nil: any other than the true one.
  var target: Int?
}

/// An attack of the page, in one norm, with the settings that its own command has when none are given.
struct ExploredAttack: RawRepresentable, Codable, Equatable, Sendable {
  let method: AttackMethod
  let norm: Norm

  /// Those that answer while one waits.
  static let all = [
    ExploredAttack(FGSMSettings(), .linf), ExploredAttack(FGSMSettings(), .l2),
    ExploredAttack(PGDSettings(), .linf), ExploredAttack(PGDSettings(), .l2),
    ExploredAttack(DeepFoolSettings(), .l2), ExploredAttack(DDNSettings(), .l2),
    ExploredAttack(LBFGSSettings(), .l2),
  ]

  init(_ settings: some AttackSettings, _ norm: Norm) {
    (method, self.norm) = (AttackMethod(settings), norm)
  }

  init?(rawValue: String) {
    guard let known = Self.all.first(where: { $0.rawValue == rawValue }) else { return nil }
    self = known
  }

  /// `pgd`, and in another norm than its default `pgd-l2`.
  var rawValue: String {
    let card = method.card
    return norm == card.norms[0] ? card.name : "\(card.name)-\(norm.rawValue)"
  }

  var hasBudget: Bool { method.card.hasBudget }

  /// What the page offers.
  struct Description: Codable, Sendable {
    var id: String
    var title: String
    var norm: String
    var hasBudget: Bool
    /// End of the slider.
    var largestEpsilon: Double
  }

  /// - Parameter pixelCount: Values of an image. Half the box in every pixel, in either norm.
  func description(pixelCount: Int) -> Description {
    Description(
      id: rawValue, title: "\(method.settings.title(norm)), \(norm)", norm: "\(norm)", hasBudget: hasBudget,
      largestEpsilon: norm == .linf ? 0.5 : (Double(pixelCount).squareRoot() / 2).rounded(.up))
  }
}
