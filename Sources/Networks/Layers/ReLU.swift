import OneDNN

/// `y = max(x, 0)`
struct ReLU: Activation, SettingFreeLayer {
  static let word = "relu"
  static let title = "ReLU"

  var function: Elementwise { .relu }

  /// Half of the square of a standard normal value is left. He, Zhang, Ren, Sun (2015).
  /// <https://arxiv.org/abs/1502.01852>
  var weightsBefore: WeightsBefore { .scaled(meanSquare: 0.5, onlyDirectly: false) }

  func valueBound(_ inputs: [Double], _ parameters: [[Float]]) -> Double { inputs[0] }
  func lipschitzBound(input: [Int], parameters: [[Double]]) -> Double? { 1 }
}

extension Layer {
  /// `y = max(x, 0)`
  public static var relu: Layer { Layer(ReLU()) }
}
