import Adversarial
import ArgumentParser
import Tensors

/// The attacks that an experiment offers.
public protocol AttackOffer: Sendable {
  static var cards: [AttackCard] { get }
}

/// One of the attacks that an experiment offers, with its default settings; recorded by its name.
public struct AttackChoice<Offer: AttackOffer>: RawRepresentable, Codable, Hashable, CaseIterable, Sendable {
  public let card: AttackCard

  public init?(rawValue name: String) {
    guard let card = Offer.cards.first(where: { $0.name == name }) else { return nil }
    self.card = card
  }

  package init(_ settings: (some AttackSettings).Type) { card = settings.card }

  private init(card: AttackCard) { self.card = card }

  public var rawValue: String { card.name }
  public static var allCases: [AttackChoice] { Offer.cards.map(Self.init(card:)) }

  package func attack(seed: UInt64, workerCount: Int) -> any Attack {
    AttackMethod(defaultsOf: card).attack(seed: seed, workerCount: workerCount)
  }
}

extension AttackChoice: ExpressibleByArgument {}

/// The attacks whose images are shown to other networks.
public enum TransferOffer: AttackOffer {
  public static var cards: [AttackCard] { AttackCard.all.filter(\.isForTransfer) }
}

public typealias TransferAttack = AttackChoice<TransferOffer>

extension AttackChoice where Offer == TransferOffer {
  /// What `transfer` takes by default.
  public static var fgsm: Self { Self(FGSMSettings.self) }
  /// What `substitute` takes by default.
  public static var mifgsm: Self { Self(MIFGSMSettings.self) }

  /// `fgsm, pgd or mi-fgsm`: the names of those with a budget, or of those without.
  package static func names(hasBudget: Bool) -> String {
    allCases.filter { $0.isMinimal != hasBudget }.map(\.rawValue).listed("or")
  }

  /// Whether it looks for the smallest perturbation rather than spending a budget.
  public var isMinimal: Bool { !card.hasBudget }
  public var norm: Norm { card.norms[0] }
  /// In the middle of a sentence.
  public var words: String { card.title }

  /// Kinds of noise beside it. The sign method's own control has the same step in every pixel.
  package var noise: [NoisePerturbation.Kind] { isMinimal ? [.gaussian] : [.gaussian, .randomSign] }

  package func threatModel(epsilon: Float, goal: ThreatModel.Goal) -> ThreatModel {
    ThreatModel(norm: norm, epsilon: isMinimal ? .infinity : epsilon, goal: goal)
  }
}
