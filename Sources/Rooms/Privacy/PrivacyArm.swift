import Networks
import TrainRoom

/// A kind of training in an experiment on privacy.
public enum PrivacyArm: Codable, Hashable, Sendable {
  /// Plain gradient descent, non-private.
  case plain
  /// The lots and clipped gradients of private training, without noise: a control.
  case clipped
  /// (ε, δ)-differentially private training.
  case epsilon(Double)
  /// Non-private training that is stopped at the accuracy of the private network of the same seed: a control, since
  /// accuracy affects margins.
  case stopped(Double)

  /// All kinds in the order of figures and tables, of descending ε.
  package static func all(epsilons: [Double]) -> [PrivacyArm] {
    [.plain, .clipped] + epsilons.map { .epsilon($0) } + epsilons.map { .stopped($0) }
  }

  package var words: String {
    switch self {
    case .plain: "non-private"
    case .clipped: "clipped, no noise"
    case .epsilon(let epsilon): "ε = \(Self.text(epsilon))"
    case .stopped(let epsilon): "stopped at the accuracy of ε = \(Self.text(epsilon))"
    }
  }

  /// For folders and tables.
  package var name: String {
    switch self {
    case .plain: "plain"
    case .clipped: "clipped"
    case .epsilon(let epsilon): "epsilon-\(Self.text(epsilon))"
    case .stopped(let epsilon): "stopped-\(Self.text(epsilon))"
    }
  }

  var isStopped: Bool { if case .stopped = self { true } else { false } }

  /// The privacy asked for; nil: training without clipping and noise.
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
