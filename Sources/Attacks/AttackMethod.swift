import Adversarial
import Tensors

/// An attack with its settings, as an experiment records it:
///
///     {"momentumIterative": {"decay": 1, "stepCount": 10}}
public struct AttackMethod: Sendable {
  package private(set) var settings: any AttackSettings

  package init(_ settings: some AttackSettings) { self.settings = settings }

  /// The attack with the settings that its own command has when none are given.
  package init(defaultsOf card: AttackCard) {
    guard let type = AttackRegistry.all.first(where: { $0.card == card }) else {
      preconditionFailure("\(card.name) is not among the attacks")
    }
    settings = type.init()
  }

  public var card: AttackCard { type(of: settings).card }

  /// The number of queries that an image may cost; nil: the attack asks none.
  public var queryLimit: Int? { (settings as? any QuerySettings)?.queryLimit }

  /// The same with another limit; an attack without queries stays as it is.
  public func limited(toQueries limit: Int) -> AttackMethod {
    guard var limited = settings as? any QuerySettings else { return self }
    limited.queryLimit = limit
    return AttackMethod(limited)
  }

  /// - Parameters:
  ///   - seed: Seed of random starts and noise.
  ///   - workerCount: Changes no result.
  ///   - startingImages: What the attacker owns; attacks that see labels alone may begin there.
  package func attack(
    seed: UInt64, workerCount: Int, startingImages: StartingImages? = nil
  ) -> any Attack {
    settings.attack(
      AttackSupplies(seed: seed, workerCount: workerCount, startingImages: startingImages))
  }
}

extension AttackMethod: Hashable {
  public static func == (first: AttackMethod, second: AttackMethod) -> Bool {
    AnyHashable(first.settings) == AnyHashable(second.settings)
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(AnyHashable(settings)) }
}

extension AttackMethod: Codable {
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let known = Dictionary(uniqueKeysWithValues: AttackRegistry.all.map { ($0.card.recordedName, $0) })
    guard container.allKeys.count == 1, let key = container.allKeys.first,
      let type = known[key.stringValue]
    else {
      let names = container.allKeys.map(\.stringValue.debugDescription).joined(separator: ", ")
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "expected one attack, found \(names)"))
    }
    func settings<Settings: AttackSettings>(_ type: Settings.Type) throws -> any AttackSettings {
      try container.decode(type, forKey: key)
    }
    self.settings = try settings(type)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(settings, forKey: Key(stringValue: card.recordedName))
  }
}
