/// The largest value of each window.
struct MaxPool: PoolingLayer {
  let pooling: Pooling

  static let word = "maxPool"

  init(_ pooling: Pooling) { self.pooling = pooling }

  var stage: FeatureStage { .pooled("max pool") }

  /// √o, ``Pooling/overlap``. A maximum changes by at most the largest change in its window, so the sum over windows
  /// counts each value's change at most o times.
  func lipschitzBound(input: [Int], parameters: [[Double]]) -> Double? { pooling.overlap.squareRoot() }

  func lower(_ position: Int, _ sources: [PlanBuilder.Value], in plan: PlanBuilder) throws
    -> PlanBuilder.Value
  {
    try plan.lowerPooling(position, .maximum, pooling.window, sources[0])
  }
}

extension Layer {
  public static func maxPool(_ pooling: Pooling) -> Layer { Layer(MaxPool(pooling)) }

  /// Its settings, if it is this kind of layer.
  public var maxPool: Pooling? { (definition as? MaxPool)?.pooling }
}
