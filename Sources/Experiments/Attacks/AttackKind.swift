import Adversarial
import Tensors

/// The attacks there are, by the name that a user calls them, with what a reader has to know of each.
public enum AttackKind: String, CaseIterable, Codable, Sendable {
  case fastGradientSign = "fgsm"
  case basicIterative = "bim"
  case projectedGradientDescent = "pgd"
  case momentumIterative = "mi-fgsm"
  case autoPGD = "apgd"
  case gradientRotation = "rotation"
  case noise
  case boxLBFGS = "lbfgs"
  case deepFool = "deepfool"
  case carliniWagner = "cw"
  case decoupledDirectionNorm = "ddn"
  case fastMinimumNorm = "fmn"
  case minimalFastGradientSign = "minimal-fgsm"

  /// What an attack is given and what it looks for.
  public enum Search: String, Codable, Sendable {
    /// The worst within a given distance.
    case budget
    /// The smallest distance.
    case smallest
  }

  /// What an attack sees of the network.
  public enum Knowledge: String, Codable, Sendable {
    case gradients
    case nothing
  }

  public var search: Search {
    switch self {
    case .fastGradientSign, .basicIterative, .projectedGradientDescent, .momentumIterative, .autoPGD,
      .gradientRotation, .noise:
      .budget
    case .boxLBFGS, .deepFool, .carliniWagner, .decoupledDirectionNorm, .fastMinimumNorm,
      .minimalFastGradientSign:
      .smallest
    }
  }

  public var knowledge: Knowledge { self == .noise ? .nothing : .gradients }

  /// Norms that it is defined for, the default first.
  public var norms: [Norm] {
    switch self {
    case .fastGradientSign, .basicIterative, .projectedGradientDescent, .momentumIterative, .gradientRotation,
      .noise:
      [.linf, .l2, .l1]
    case .autoPGD: [.linf, .l2]
    case .boxLBFGS: BoxLBFGSAttack.supportedNorms
    case .deepFool: DeepFool.supportedNorms
    case .carliniWagner: CarliniWagnerL2.supportedNorms
    case .decoupledDirectionNorm: DecoupledDirectionNorm.supportedNorms
    case .fastMinimumNorm: [.l2, .linf, .l1, .l0]
    case .minimalFastGradientSign: MinimalFastGradientSign.supportedNorms
    }
  }

  public var title: String {
    switch self {
    case .fastGradientSign: "Fast gradient sign method"
    case .basicIterative: "Basic iterative method"
    case .projectedGradientDescent: "Projected gradient descent"
    case .momentumIterative: "Momentum iterative method"
    case .autoPGD: "Auto-PGD"
    case .gradientRotation: "Rotation towards the gradient"
    case .noise: "Random noise, the control"
    case .boxLBFGS: "Box-constrained L-BFGS"
    case .deepFool: "DeepFool"
    case .carliniWagner: "Carlini and Wagner"
    case .decoupledDirectionNorm: "Decoupled direction and norm"
    case .fastMinimumNorm: "Fast minimum norm"
    case .minimalFastGradientSign: "Minimal fast gradient sign method"
    }
  }

  public var paper: String {
    switch self {
    case .fastGradientSign, .gradientRotation, .noise, .minimalFastGradientSign:
      "Goodfellow, Shlens, Szegedy (2015), arXiv:1412.6572"
    case .basicIterative: "Kurakin, Goodfellow, Bengio (2017), arXiv:1607.02533"
    case .projectedGradientDescent: "Madry et al. (2018), arXiv:1706.06083"
    case .momentumIterative: "Dong et al. (2018), arXiv:1710.06081"
    case .autoPGD: "Croce, Hein (2020), arXiv:2003.01690"
    case .boxLBFGS: "Szegedy et al. (2013), arXiv:1312.6199"
    case .deepFool: "Moosavi-Dezfooli, Fawzi, Frossard (2016), arXiv:1511.04599"
    case .carliniWagner: "Carlini, Wagner (2017), arXiv:1608.04644"
    case .decoupledDirectionNorm: "Rony et al. (2019), arXiv:1811.09600"
    case .fastMinimumNorm: "Pintor et al. (2021), arXiv:2102.12827"
    }
  }
}
