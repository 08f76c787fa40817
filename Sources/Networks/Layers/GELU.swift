import OneDNN

/// Gaussian error linear unit.
///
///     exact   y = x Φ(x) = ½ x (1 + erf(x / √2))
///     tanh    y = ½ x (1 + tanh(√(2/π) (x + 0.044715 x³)))
///
/// Hendrycks, Gimpel (2016). <https://arxiv.org/abs/1606.08415> They differ by up to 5 · 10⁻⁴, so a network must run with
/// the form that it was trained with. PyTorch's `nn.GELU(approximate=…)` calls them `none` and `tanh`.
struct GELU: Activation {
  enum Form: String {
    case exact = "none"
    case tanh
  }

  let form: Form

  static let word = "gelu"
  static let title = "GELU"
  static let keys: [SettingKey] = [.approximate]

  init(_ form: Form) { self.form = form }

  init(from settings: LayerSettings) throws {
    let word = try settings.value(.approximate, default: Form.exact.rawValue)
    guard let form = Form(rawValue: word) else {
      throw settings.problem("approximate must be \"none\" or \"tanh\", found \"\(word)\"", at: .approximate)
    }
    self.form = form
  }

  func write(to settings: inout LayerSettingsWriter) throws {
    try settings.write(form.rawValue, as: .approximate)
  }

  var function: Elementwise {
    switch form {
    case .exact: .gelu
    case .tanh: .geluTanh
    }
  }

  /// E (z Φ(z))² = 1/3 + 1/(2π√3) for standard normal z; 0.42519 of the other form.
  var weightsBefore: WeightsBefore {
    .scaled(meanSquare: 1.0 / 3 + 1 / (2 * .pi * 3.0.squareRoot()), onlyDirectly: false)
  }

  func valueBound(_ inputs: [Double], _ parameters: [[Float]]) -> Double { inputs[0] }

  /// The slope where it is steepest, rounded up: Φ(√2) + √2 φ(√2) = 1.128904, and 1.128993 at 1.4185.
  func lipschitzBound(input: [Int], parameters: [[Double]]) -> Double? {
    switch form {
    case .exact: 1.12891
    case .tanh: 1.129
    }
  }
}

extension SettingKey {
  fileprivate static let approximate = SettingKey("approximate")
}

extension Layer {
  /// `y = x Φ(x)`, Φ the standard normal distribution function.
  public static var gelu: Layer { Layer(GELU(.exact)) }

  /// `y = ½ x (1 + tanh(√(2/π) (x + 0.044715 x³)))`
  public static var geluTanh: Layer { Layer(GELU(.tanh)) }
}
