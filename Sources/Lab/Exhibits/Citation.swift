/// A work that an article cites, by its key in the bibliography. Each attack's paper is on its own card.
public struct Citation: RawRepresentable, Codable, Hashable, Sendable {
  public let rawValue: String

  public init(rawValue: String) { self.rawValue = rawValue }
}

/// The works in `Article/references.bib`.
extension Citation {
  public static let bau2017network = Citation(rawValue: "bau2017network")
  public static let phipson2010permutation = Citation(rawValue: "phipson2010permutation")
  public static let wilson1927probable = Citation(rawValue: "wilson1927probable")
  public static let byrd1995limited = Citation(rawValue: "byrd1995limited")
  public static let moosavi2017universal = Citation(rawValue: "moosavi2017universal")
  public static let carlini2019evaluating = Citation(rawValue: "carlini2019evaluating")
  public static let papernot2017practical = Citation(rawValue: "papernot2017practical")
  public static let zimmermann2023scale = Citation(rawValue: "zimmermann2023scale")
  public static let shen2019learning = Citation(rawValue: "shen2019learning")
  public static let gu2017badnets = Citation(rawValue: "gu2017badnets")
  public static let chen2018detecting = Citation(rawValue: "chen2018detecting")
  public static let shafahi2018poison = Citation(rawValue: "shafahi2018poison")
  public static let peri2020deep = Citation(rawValue: "peri2020deep")
  public static let biggio2012poisoning = Citation(rawValue: "biggio2012poisoning")
  public static let munoz2017towards = Citation(rawValue: "munoz2017towards")
}
