import Adversarial
import ArgumentParser
import Tensors

/// The settings of an attack, which its record holds: a file in `Records` for each attack, and a line in
/// ``AttackRegistry``.
///
/// The file says everything of the attack: its settings with their defaults, its card, its equation, how it is made, and
/// its command's options.
package protocol AttackSettings: Codable, Hashable, Sendable {
  associatedtype Options: AttackSettingOptions where Options.Settings == Self

  static var card: AttackCard { get }

  /// The defaults.
  init()

  func attack(_ supplies: AttackSupplies) -> any Attack
  /// For the title of a figure, without norm and budget.
  func title(_ norm: Norm) -> String
  /// The equation, with its letters explained.
  func equation(_ notation: AttackNotation) -> String
}

extension AttackSettings {
  package init(_ change: (inout Self) -> Void) {
    self.init()
    change(&self)
  }

  package func title(_ norm: Norm) -> String { Self.card.heading }
}

/// The settings of an attack that only asks.
package protocol QuerySettings: AttackSettings {
  /// How many queries an image may cost.
  var queryLimit: Int { get set }
}

/// What an attack is made of beside its settings.
package struct AttackSupplies: Sendable {
  /// Of random starts and noise.
  let seed: UInt64
  /// Changes no result.
  let workerCount: Int
  /// What the attacker owns; attacks that see labels alone may begin there.
  let startingImages: StartingImages?
}

/// The options of an attack's command beside those that all attacks have.
package protocol AttackSettingOptions: ParsableArguments {
  associatedtype Settings: AttackSettings
  associatedtype Budget: AttackBudget

  var budget: Budget { get }
  var settings: Settings { get }

  /// - Throws: `ValidationError` where the settings do not allow a target.
  func checkTarget() throws
}

extension AttackSettingOptions {
  package var settings: Settings { Settings() }
  package func checkTarget() throws {}
}

/// The letters of an attack's equation, untargeted or targeted.
package struct AttackNotation {
  package let norm: Norm
  package let isTargeted: Bool

  package init(_ norm: Norm, isTargeted: Bool) {
    (self.norm, self.isTargeted) = (norm, isTargeted)
  }

  /// Of a step along the gradient of L: away from the true class, or toward the target.
  var sign: String { isTargeted ? "−" : "+" }
  /// The class that L is of.
  var label: String { isTargeted ? "t" : "y" }
  var loss: String { "L: cross-entropy, \(isTargeted ? "t: target class" : "y: true class")." }
  var margin: String { isTargeted ? "z_t − max_{k≠t} z_k" : "max_{k≠y} z_k − z_y" }
}
