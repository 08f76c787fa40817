/// A work that an article cites, by its key in `Article/references.bib`.
enum Citation: String, CaseIterable, Sendable {
  case szegedy2014intriguing, goodfellow2015explaining
  case bau2017network, phipson2010permutation, wilson1927probable
  case byrd1995limited, kurakin2017adversarial, madry2018towards, dong2018boosting, croce2020reliable
  case moosavi2016deepfool, carlini2017towards, rony2019decoupling, pintor2021fast, moosavi2017universal
  case carlini2019evaluating

  /// Of an attack, by its name on the command line; none for those of the two papers.
  static func attack(_ name: String) -> [Citation] {
    switch name {
    case "bim": [.kurakin2017adversarial]
    case "pgd": [.madry2018towards]
    case "mi-fgsm": [.dong2018boosting]
    case "apgd": [.croce2020reliable]
    case "lbfgs": [.byrd1995limited]
    case "deepfool": [.moosavi2016deepfool]
    case "cw": [.carlini2017towards]
    case "ddn": [.rony2019decoupling]
    case "fmn": [.pintor2021fast]
    default: []
    }
  }
}
