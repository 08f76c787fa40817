import Adversarial

/// What the attacked images shall be taken for.
public enum AttackGoal: Codable, Equatable, Sendable {
  /// Any class but the true one.
  case untargeted
  /// The class after the true one, the first after the last.
  case next
  /// A class drawn for each image among those that are not the true one.
  case random
  /// One class for all images: its name, or its number from 0.
  case fixed(String)

  /// - Throws: ``UnknownClass``.
  package func targets(classNames: [String], seed: UInt64) throws -> TargetChoice? {
    switch self {
    case .untargeted: return nil
    case .next: return .next
    case .random: return .random(seed: seed)
    case .fixed(let text):
      // Names first: a class of digits is called what it is.
      if let index = classNames.firstIndex(of: text) { return .fixed(index) }
      if let index = Int(text), classNames.indices.contains(index) { return .fixed(index) }
      throw UnknownClass(name: text, known: classNames)
    }
  }
}

/// A class was asked for that the data do not have.
public struct UnknownClass: ArgumentError, Equatable, CustomStringConvertible {
  public let name: String
  public let known: [String]

  package init(name: String, known: [String]) {
    self.name = name
    self.known = known
  }

  public var description: String {
    let listed = known.prefix(20).joined(separator: ", ") + (known.count > 20 ? ", …" : "")
    return "no class is called \(name.debugDescription): expected one of \(listed), or its number from 0"
  }
}
