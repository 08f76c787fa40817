/// All attacks, in the order of lists and tables.
package enum AttackRegistry {
  package static let all: [any AttackSettings.Type] = [
    FGSMSettings.self,
    BIMSettings.self,
    PGDSettings.self,
    MIFGSMSettings.self,
    APGDSettings.self,
    RotationSettings.self,
    NoiseSettings.self,
    LBFGSSettings.self,
    DeepFoolSettings.self,
    CarliniWagnerSettings.self,
    DDNSettings.self,
    FMNSettings.self,
    MinimalFGSMSettings.self,
    FiniteDifferencesSettings.self,
    NESSettings.self,
    SPSASettings.self,
    SquareSettings.self,
    FewPixelSettings.self,
    BoundarySettings.self,
    HopSkipJumpSettings.self,
  ]

  /// The attacks' papers, for an article's bibliography.
  package static var bibTeX: String {
    var seen: Set<Paper> = []
    return AttackCard.all.map(\.paper).filter { seen.insert($0).inserted }.map { "\n" + $0.bibTeX }.joined()
  }
}

extension AttackCard {
  package static let all = AttackRegistry.all.map { $0.card }

  package init?(named name: String) {
    guard let card = Self.all.first(where: { $0.name == name }) else { return nil }
    self = card
  }
}
