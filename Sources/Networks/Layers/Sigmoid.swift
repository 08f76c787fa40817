import OneDNN

/// `y = 1 / (1 + exp(−x))`
struct Sigmoid: Activation, SettingFreeLayer {
  static let word = "sigmoid"
  static let title = "sigmoid"

  var function: Elementwise { .sigmoid }

  func valueBound(_ inputs: [Double], _ parameters: [[Float]]) -> Double { 1 }
  /// σ′(0)
  func lipschitzBound(input: [Int], parameters: [[Double]]) -> Double? { 0.25 }
}

extension Layer {
  /// `y = 1 / (1 + exp(−x))`
  public static var sigmoid: Layer { Layer(Sigmoid()) }
}
