/// What `intrigue reproduce` measures: the tables of the two papers again, and the lecture's open questions.
public enum PaperTable: String, CaseIterable, Codable, Sendable {
  case szegedyTable1 = "szegedy-table1"
  case szegedyTable2 = "szegedy-table2"
  case szegedyTable4 = "szegedy-table4"
  case szegedySpectral = "szegedy-spectral"
  case goodfellowFGSM = "goodfellow-fgsm"
  case goodfellowTraining = "goodfellow-training"
  case goodfellowAgreement = "goodfellow-agreement"
  case goodfellowRubbish = "goodfellow-rubbish"
  case lectureQuestions = "lecture-questions"

  /// One line for lists.
  public var title: String {
    switch self {
    case .szegedyTable1: "Errors and smallest distortions of the MNIST networks"
    case .szegedyTable2: "Adversarial images of each network, shown to the others"
    case .szegedyTable4: "The same between networks trained on disjoint halves"
    case .szegedySpectral: "How much the layers can lengthen a perturbation"
    case .goodfellowFGSM: "Errors under the fast gradient sign method"
    case .goodfellowTraining: "Adversarial training and its controls"
    case .goodfellowAgreement: "Do different networks make the same mistakes?"
    case .goodfellowRubbish: "Noise taken for digits"
    case .lectureQuestions: "Black box, noise, privacy, domain shift, poisoning"
    }
  }

  /// Where it stands.
  public var source: String {
    switch self {
    case .szegedyTable1: "Szegedy et al. (2013), table 1"
    case .szegedyTable2: "Szegedy et al. (2013), table 2"
    case .szegedyTable4: "Szegedy et al. (2013), tables 3 and 4"
    case .szegedySpectral: "Szegedy et al. (2013), section 4.3 and table 5"
    case .goodfellowFGSM: "Goodfellow, Shlens, Szegedy (2015), sections 4, 5, 7 and 9"
    case .goodfellowTraining: "Goodfellow, Shlens, Szegedy (2015), sections 5 and 6"
    case .goodfellowAgreement: "Goodfellow, Shlens, Szegedy (2015), section 8"
    case .goodfellowRubbish: "Goodfellow, Shlens, Szegedy (2015), appendix"
    case .lectureQuestions: "The lecture's open questions"
    }
  }

  func measure(on bench: ReproductionBench) throws -> [Reproduction.Section] {
    switch self {
    case .szegedyTable1: try SzegedyTable1(bench: bench).measure()
    case .szegedyTable2: try SzegedyTable2(bench: bench).measure()
    case .szegedyTable4: try SzegedyTable4(bench: bench).measure()
    case .szegedySpectral: try SzegedySpectral(bench: bench).measure()
    case .goodfellowFGSM: try GoodfellowFGSM(bench: bench).measure()
    case .goodfellowTraining: try GoodfellowTraining(bench: bench).measure()
    case .goodfellowAgreement: try GoodfellowAgreement(bench: bench).measure()
    case .goodfellowRubbish: try GoodfellowRubbish(bench: bench).measure()
    case .lectureQuestions: try LectureQuestions(bench: bench).measure()
    }
  }
}
