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
  case finiteDifferences = "finite-differences"
  case naturalEvolution = "nes"
  case simultaneousPerturbation = "spsa"
  case square
  case fewPixel = "few-pixel"
  case boundary
  case hopSkipJump = "hop-skip-jump"

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
    /// Answers to its queries: a score for each class.
    case scores
    /// Answers to its queries: the class alone.
    case labels
    case nothing

    /// Only queries, which are counted.
    public var isBlackBox: Bool { self == .scores || self == .labels }
  }

  public var search: Search {
    switch self {
    case .fastGradientSign, .basicIterative, .projectedGradientDescent, .momentumIterative, .autoPGD,
      .gradientRotation, .noise, .finiteDifferences, .naturalEvolution, .simultaneousPerturbation, .square,
      .fewPixel:
      .budget
    case .boxLBFGS, .deepFool, .carliniWagner, .decoupledDirectionNorm, .fastMinimumNorm,
      .minimalFastGradientSign, .boundary, .hopSkipJump:
      .smallest
    }
  }

  public var knowledge: Knowledge {
    switch self {
    case .noise: .nothing
    case .finiteDifferences, .naturalEvolution, .simultaneousPerturbation, .square, .fewPixel: .scores
    case .boundary, .hopSkipJump: .labels
    case .fastGradientSign, .basicIterative, .projectedGradientDescent, .momentumIterative, .autoPGD,
      .gradientRotation, .boxLBFGS, .deepFool, .carliniWagner, .decoupledDirectionNorm, .fastMinimumNorm,
      .minimalFastGradientSign:
      .gradients
    }
  }

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
    case .finiteDifferences: FiniteDifferences.supportedNorms
    case .naturalEvolution, .simultaneousPerturbation: EstimatedAscent.supportedNorms
    case .square: SquareAttack.supportedNorms
    case .fewPixel: FewPixelAttack.supportedNorms
    case .boundary: BoundaryAttack.supportedNorms
    case .hopSkipJump: HopSkipJump.supportedNorms
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
    case .finiteDifferences: "Finite differences, pixel by pixel"
    case .naturalEvolution: "Natural evolution strategies"
    case .simultaneousPerturbation: "Simultaneous perturbation"
    case .square: "Square attack"
    case .fewPixel: "Few pixels by differential evolution"
    case .boundary: "Boundary attack"
    case .hopSkipJump: "HopSkipJump"
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
    case .finiteDifferences: "Bhagoji et al. (2018), arXiv:1712.09491"
    case .naturalEvolution: "Ilyas et al. (2018), arXiv:1804.08598"
    case .simultaneousPerturbation: "Uesato et al. (2018), arXiv:1802.05666"
    case .square: "Andriushchenko et al. (2020), arXiv:1912.00049"
    case .fewPixel: "Su, Vargas, Sakurai (2019), arXiv:1710.08864"
    case .boundary: "Brendel, Rauber, Bethge (2018), arXiv:1712.04248"
    case .hopSkipJump: "Chen, Jordan, Wainwright (2020), arXiv:1904.02144"
    }
  }
}
