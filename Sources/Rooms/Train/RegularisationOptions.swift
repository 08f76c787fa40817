import ArgumentParser
import Commands
import Networks

/// What keeps weights small.
struct RegularisationOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Weight decay.", valueName: "NUMBER"))
  var weightDecay: Float?

  @Option(
    help: ArgumentHelp(
      "λ of each layer with weights, separated by commas, or one for all: a penalty on the sum of squares.",
      valueName: "LIST"))
  var layerDecay: String?

  @Option(
    help: ArgumentHelp(
      "Form of that penalty: per-unit, λ / units · Σ w² over weights, or half, λ / 2 · Σ w² over weights and biases. Default: per-unit; half for the papers' networks under lbfgs.",
      valueName: "NAME"))
  var decayForm: Penalties.DecayForm?

  @Option(help: ArgumentHelp("λ of the penalty λ · Σ |w| on the first layer.", valueName: "NUMBER"))
  var firstLayerL1: Float?

  func validate() throws {
    try requireNotNegative("--weight-decay", weightDecay)
    try requireNotNegative("--first-layer-l1", firstLayerL1)
    _ = try parsedLayerDecay()
  }

  private func parsedLayerDecay() throws -> [Float]? {
    guard let layerDecay else { return nil }
    let parts = layerDecay.split(separator: ",", omittingEmptySubsequences: false)
    let values = parts.compactMap { Float($0) }
    guard values.count == parts.count, values.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
      throw ValidationError(
        "--layer-decay takes numbers separated by commas, such as 1e-5,1e-5,1e-6, got \(layerDecay)")
    }
    return values
  }

  func apply(to training: inout TrainingConfiguration) throws {
    if let weightDecay { training.optimizer = training.optimizer.decaying(by: weightDecay) }
    let penalties = Penalties(
      layerDecay: try parsedLayerDecay() ?? training.penalties?.layerDecay ?? [],
      decayForm: decayForm ?? training.penalties?.decayForm ?? .perUnit,
      firstLayerL1: firstLayerL1 ?? training.penalties?.firstLayerL1 ?? 0)
    let isNone = penalties.layerDecay.isEmpty && penalties.firstLayerL1 == 0
    training.penalties = isNone ? nil : penalties
  }
}

extension Penalties.DecayForm: ExpressibleByArgument {}
