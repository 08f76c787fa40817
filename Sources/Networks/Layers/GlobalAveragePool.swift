import OneDNN

/// Mean of each map: `[channels]`.
struct GlobalAveragePool: SettingFreeLayer {
  static let word = "globalAveragePool"

  func shape(of inputs: [[Int]]) throws(ShapeProblem) -> [Int] { [try maps(inputs[0]).channels] }

  var stage: FeatureStage { .pooled("mean of each map") }

  func valueBound(_ inputs: [Double], _ parameters: [[Float]]) -> Double { inputs[0] }

  /// 1/√(h w)
  func lipschitzBound(input: [Int], parameters: [[Double]]) -> Double? {
    1 / Double(input[1] * input[2]).squareRoot()
  }

  func lower(_ position: Int, _ sources: [PlanBuilder.Value], in plan: PlanBuilder) throws
    -> PlanBuilder.Value
  {
    let extents = plan.graph.storedExtents(of: plan.graph.nodes[position].inputs[0])
    let whole = Window(
      kernel: (extents[1], extents[2]), stride: (1, 1), paddingBefore: (0, 0), paddingAfter: (0, 0))
    return try plan.lowerVector(
      plan.lowerPooling(position, .average, whole, sources[0]), extents: [extents[0], 1, 1])
  }
}

extension Layer {
  /// Mean of each map: `[channels]`.
  public static var globalAveragePool: Layer { Layer(GlobalAveragePool()) }
}
