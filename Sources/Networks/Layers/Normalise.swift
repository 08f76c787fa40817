import OneDNN

/// `(x − mean) / standardDeviation` per channel, so that attacks are measured in pixels. Only as the first node.
///
/// It is done while the pixels are written.
public struct Normalise: LayerKind {
  public let mean: [Float]
  public let standardDeviation: [Float]

  static let word = "normalise"
  static let keys: [SettingKey] = [.mean, .standardDeviation]

  init(mean: [Float], standardDeviation: [Float]) {
    self.mean = mean
    self.standardDeviation = standardDeviation
  }

  init(from settings: LayerSettings) throws {
    mean = try settings.value(.mean)
    standardDeviation = try settings.value(.standardDeviation)
  }

  func write(to settings: inout LayerSettingsWriter) throws {
    try settings.write(mean, as: .mean)
    try settings.write(standardDeviation, as: .standardDeviation)
  }

  func shape(of inputs: [[Int]]) throws(ShapeProblem) -> [Int] {
    let channels = try maps(inputs[0]).channels
    guard mean.count == channels, standardDeviation.count == channels else {
      throw ShapeProblem(
        "needs \(channels) means and deviations, got \(mean.count) and \(standardDeviation.count)")
    }
    guard mean.allSatisfy(\.isFinite), standardDeviation.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw ShapeProblem("means must be finite and deviations positive")
    }
    return inputs[0]
  }

  var stage: FeatureStage { .words("normalised pixels") }

  func valueBound(_ inputs: [Double], _ parameters: [[Float]]) -> Double {
    zip(mean, standardDeviation).map { (inputs[0] + abs(Double($0))) / Double($1) }.max() ?? inputs[0]
  }

  func lipschitzBound(input: [Int], parameters: [[Double]]) -> Double? {
    standardDeviation.map { 1 / Double($0) }.max()
  }

  func lower(_ position: Int, _ sources: [PlanBuilder.Value], in plan: PlanBuilder) -> PlanBuilder.Value {
    sources[0]
  }

  func storedExtents(in graph: Graph, at position: Int) -> [Int] {
    graph.storedExtents(of: graph.nodes[position].inputs[0])
  }
}

extension SettingKey {
  fileprivate static let mean = SettingKey("mean")
  fileprivate static let standardDeviation = SettingKey("standardDeviation", alias: "std")
}

extension Layer {
  public static func normalise(mean: [Float], standardDeviation: [Float]) -> Layer {
    Layer(Normalise(mean: mean, standardDeviation: standardDeviation))
  }

  /// Its settings, if it is this kind of layer.
  public var normalise: Normalise? { definition as? Normalise }
}
