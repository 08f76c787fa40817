import OneDNN

/// `y = tanh(x)`
struct Tanh: Activation, SettingFreeLayer {
  static let word = "tanh"
  static let title = "tanh"

  var function: Elementwise { .tanh }

  func valueBound(_ inputs: [Double], _ parameters: [[Float]]) -> Double { 1 }
  func lipschitzBound(input: [Int], parameters: [[Double]]) -> Double? { 1 }
}

extension Layer {
  /// `y = tanh(x)`
  public static var tanh: Layer { Layer(Tanh()) }
}
