/// The mean of each window. Padding counts as zeros.
struct AveragePool: PoolingLayer {
  let pooling: Pooling

  static let word = "averagePool"

  init(_ pooling: Pooling) { self.pooling = pooling }

  var stage: FeatureStage { .pooled("average pool") }

  /// √(o / k), ``Pooling/overlap`` and the area of a window.
  func lipschitzBound(input: [Int], parameters: [[Double]]) -> Double? {
    (pooling.overlap / Double(pooling.kernel.height * pooling.kernel.width)).squareRoot()
  }

  func lower(_ position: Int, _ sources: [PlanBuilder.Value], in plan: PlanBuilder) throws
    -> PlanBuilder.Value
  {
    try plan.lowerPooling(position, .average, pooling.window, sources[0])
  }
}

extension Layer {
  /// Padding counts as zeros.
  public static func averagePool(_ pooling: Pooling) -> Layer { Layer(AveragePool(pooling)) }

  /// Its settings, if it is this kind of layer.
  public var averagePool: Pooling? { (definition as? AveragePool)?.pooling }
}
