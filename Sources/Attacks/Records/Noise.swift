import Adversarial
import ArgumentParser
import Commands
import Tensors

/// Random noise at the distance ε: the control of every attack.
package struct NoiseSettings: AttackSettings {
  package var kind = NoisePerturbation.Kind.gaussian

  package static let card = AttackCard(
    name: "noise", recordedName: "noise", title: "random noise, the control",
    abstract: "Random noise of size ε: the control for every attack.",
    discussion:
      "Does not use the network. An attack is informative only where it fools more images than this.",
    paper: .explainingAndHarnessing, goal: .maximalLoss, access: .none, norms: [.linf, .l2, .l1])

  package init() {}

  package func attack(_ supplies: AttackSupplies) -> any Attack {
    NoisePerturbation(kind: kind, seed: supplies.seed)
  }

  package func title(_ norm: Norm) -> String { "\(kind.words), the control" }

  package func equation(_ notation: AttackNotation) -> String {
    "x′ = clip(x + s n), n random, s such that x′ lies at distance ε; the network is not queried."
  }

  package struct Options: AttackSettingOptions {
    @OptionGroup package var budget: EpsilonOptions<NoiseSettings>

    @Option(help: ArgumentHelp("Distribution of the noise.", valueName: "KIND"))
    var kind = KebabCase(NoiseSettings().kind)

    package init() {}
    package var settings: NoiseSettings { NoiseSettings { $0.kind = kind.value } }
  }
}

extension NoisePerturbation.Kind {
  fileprivate var words: String {
    switch self {
    case .gaussian: "Gaussian noise"
    case .uniform: "Uniform noise"
    case .randomSign: "Random signs"
    }
  }
}
