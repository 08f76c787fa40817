import Networks
import TrainRoom

/// A way to train the network, in one experiment on privacy.
public enum PrivacyArm: Codable, Hashable, Sendable {
  /// Gradient descent, no part of it private.
  case plain
  /// The same lots and the same bound on gradients as the private networks, but no noise: a control.
  case clipped
  /// (ε, δ)-private.
  case epsilon(Double)
  /// Not private, stopped where it is about as accurate as the private network of the same seed: a control, since a less
  /// accurate network has other margins.
  case stopped(Double)

  /// In the order of figures and tables, of falling ε.
  package static func all(epsilons: [Double]) -> [PrivacyArm] {
    [.plain, .clipped] + epsilons.map { .epsilon($0) } + epsilons.map { .stopped($0) }
  }

  public var words: String {
    switch self {
    case .plain: "not private"
    case .clipped: "clipped, no noise"
    case .epsilon(let epsilon): "ε = \(Self.text(epsilon))"
    case .stopped(let epsilon): "stopped at the accuracy of ε = \(Self.text(epsilon))"
    }
  }

  /// Of its folder and in tables.
  package var name: String {
    switch self {
    case .plain: "plain"
    case .clipped: "clipped"
    case .epsilon(let epsilon): "epsilon-\(Self.text(epsilon))"
    case .stopped(let epsilon): "stopped-\(Self.text(epsilon))"
    }
  }

  var isStopped: Bool { if case .stopped = self { true } else { false } }

  /// How private it was asked to be; nil: not by private training.
  func request(clip: Double, delta: Double) -> PrivacyRequest? {
    switch self {
    case .plain, .stopped: nil
    case .clipped: PrivacyRequest(.multiplier(0), clip: clip, delta: delta)
    case .epsilon(let epsilon): PrivacyRequest(.epsilon(epsilon), clip: clip, delta: delta)
    }
  }

  /// `8`, `0.5`.
  package static func text(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
  }
}
