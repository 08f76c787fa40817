import OneDNN
import Tensors

/// In training each value is set to zero with probability `rate` and divided by 1 − rate otherwise.
///
/// Srivastava et al. (2014), "Dropout: a simple way to prevent neural networks from overfitting".
struct Dropout: LayerKind {
  let rate: Float

  static let word = "dropout"
  static let keys: [SettingKey] = [.rate]

  init(rate: Float) { self.rate = rate }

  init(from settings: LayerSettings) throws { rate = try settings.value(.rate) }

  func write(to settings: inout LayerSettingsWriter) throws { try settings.write(rate, as: .rate) }

  func shape(of inputs: [[Int]]) throws(ShapeProblem) -> [Int] {
    guard rate >= 0, rate < 1 else { throw ShapeProblem("rate must be in 0..<1, got \(rate)") }
    return inputs[0]
  }

  var passesOnValues: Bool { true }
  var isElementwise: Bool { true }
  var influence: TrainingInfluence? { rate > 0 ? .draws(words: "dropout") : nil }

  func valueBound(_ inputs: [Double], _ parameters: [[Float]]) -> Double { inputs[0] }
  func lipschitzBound(input: [Int], parameters: [[Double]]) -> Double? { 1 }

  func lower(_ position: Int, _ sources: [PlanBuilder.Value], in plan: PlanBuilder) throws
    -> PlanBuilder.Value
  {
    try plan.lowerDropout(position, rate, sources[0])
  }
}

extension PlanBuilder {
  fileprivate func lowerDropout(_ position: Int, _ rate: Float, _ source: Value) throws -> Value {
    guard purpose == .training, rate > 0 else { return source }
    let count = source.memory.description.storageCount
    let mask = try allocate(source.memory.description).floats
    let result = Value(try allocate(source.memory.description), needsGradient: source.needsGradient)
    let (from, to) = (source.memory.floats, result.memory.floats)
    let scale = 1 / (1 - rate)
    emit(
      "dropout",
      computing: { run, _ in
        var generator = SeededGenerator(
          seed: run.seed, stream: RandomStream.dropout(step: run.step, slot: run.slot, node: position))
        for index in 0..<count { mask[index] = Float(generator.uniform()) < rate ? 0 : scale }
        for index in 0..<count { to[index] = from[index] * mask[index] }
      })
    if source.needsGradient {
      onGradient { [self] in
        guard let gradient = result.gradient?.floats else { return }
        try contribute(to: source, in: source.memory.description) { target in
          let target = target.floats
          emit("dropout, gradient") { _, _ in
            for index in 0..<count { target[index] = gradient[index] * mask[index] }
          }
        }
      }
    }
    return result
  }
}

extension SettingKey {
  fileprivate static let rate = SettingKey("rate", alias: "p")
}

extension Layer {
  /// In training each value is set to zero with probability `rate` and divided by 1 − rate otherwise.
  public static func dropout(rate: Float) -> Layer { Layer(Dropout(rate: rate)) }
}
