/// A work that an article cites, by its key in `Article/references.bib`.
public enum Citation: String, CaseIterable, Codable, Sendable {
  case szegedy2014intriguing, goodfellow2015explaining
  case bau2017network, phipson2010permutation, wilson1927probable
  case byrd1995limited, kurakin2017adversarial, madry2018towards, dong2018boosting, croce2020reliable
  case moosavi2016deepfool, carlini2017towards, rony2019decoupling, pintor2021fast, moosavi2017universal
  case carlini2019evaluating
  case bhagoji2018practical, ilyas2018blackbox, uesato2018adversarial, andriushchenko2020square
  case papernot2017practical, su2019one, brendel2018decision, chen2020hopskipjump
  case zimmermann2023scale
  case shen2019learning, gu2017badnets, chen2018detecting, shafahi2018poison, peri2020deep
  case biggio2012poisoning, munoz2017towards

  /// Of an attack; none for those of the two papers.
  public static func attack(_ kind: AttackKind?) -> [Citation] {
    switch kind {
    case .basicIterative: [.kurakin2017adversarial]
    case .projectedGradientDescent: [.madry2018towards]
    case .momentumIterative: [.dong2018boosting]
    case .autoPGD: [.croce2020reliable]
    case .boxLBFGS: [.byrd1995limited]
    case .deepFool: [.moosavi2016deepfool]
    case .carliniWagner: [.carlini2017towards]
    case .decoupledDirectionNorm: [.rony2019decoupling]
    case .fastMinimumNorm: [.pintor2021fast]
    case .finiteDifferences: [.bhagoji2018practical]
    case .naturalEvolution: [.ilyas2018blackbox]
    case .simultaneousPerturbation: [.uesato2018adversarial]
    case .square: [.andriushchenko2020square]
    case .fewPixel: [.su2019one]
    case .boundary: [.brendel2018decision]
    case .hopSkipJump: [.chen2020hopskipjump]
    case .fastGradientSign, .gradientRotation, .noise, .minimalFastGradientSign, nil: []
    }
  }
}
