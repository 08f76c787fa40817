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

/// The attacks of the page: those that answer while one waits.
enum ExploredAttack: String, Codable, CaseIterable, Sendable {
  case fastGradientSign = "fgsm"
  case fastGradient = "fgm-l2"
  case projectedGradient = "pgd"
  case projectedGradientL2 = "pgd-l2"
  case deepFool = "deepfool"
  case decoupledDirectionNorm = "ddn"
  case boxLBFGS = "lbfgs"

  var kind: AttackKind {
    switch self {
    case .fastGradientSign, .fastGradient: .fastGradientSign
    case .projectedGradient, .projectedGradientL2: .projectedGradientDescent
    case .deepFool: .deepFool
    case .decoupledDirectionNorm: .decoupledDirectionNorm
    case .boxLBFGS: .boxLBFGS
    }
  }

  var norm: Norm {
    switch self {
    case .fastGradientSign, .projectedGradient: .linf
    case .fastGradient, .projectedGradientL2, .deepFool, .decoupledDirectionNorm, .boxLBFGS: .l2
    }
  }

  var hasBudget: Bool { kind.search == .budget }

  /// With the settings that its own command has when none are given.
  var method: AttackMethod { AttackMethod(defaultsOf: kind) }

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
    let title =
      self == .fastGradient ? "Fast gradient method" : kind.title
    return Description(
      id: rawValue, title: "\(title), \(norm)", norm: "\(norm)", hasBudget: hasBudget,
      largestEpsilon: norm == .linf ? 0.5 : (Double(pixelCount).squareRoot() / 2).rounded(.up))
  }
}
