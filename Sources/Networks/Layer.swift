/// Operation of one node of a network: a kind of layer with its settings.
///
/// Each kind has a file in `Layers`, which also says how it is written in Swift: `.relu`,
/// `.linear(outputs: 10, bias: true)`.
public struct Layer: Equatable, Sendable {
  let definition: any LayerKind

  init(_ definition: some LayerKind) { self.definition = definition }

  /// Every kind, in the order of lists. A new one is a line here and a file in `Layers`.
  static let kinds: [any LayerKind.Type] = [
    Normalise.self,
    Convolution.self,
    Linear.self,
    MaxPool.self,
    AveragePool.self,
    GlobalAveragePool.self,
    ReLU.self,
    Sigmoid.self,
    Tanh.self,
    GELU.self,
    BatchNormalization.self,
    Dropout.self,
    Addition.self,
    Flatten.self,
    LargestValues.self,
    MaxoutUnits.self,
    RadialBasisScores.self,
  ]

  /// The word used in architecture files and in tables.
  public var kind: String { type(of: definition).word }

  /// Whether outside of training its result has the very values that it reads, in the same order.
  public var passesOnValues: Bool { definition.passesOnValues }

  /// By how much the layer can lengthen a change of its input.
  ///
  ///     ‖f(x + r) − f(x)‖₂ ≤ L ‖r‖₂   for all x and r
  ///
  /// - Parameters:
  ///   - input: Shape of its first input for one image.
  ///   - parameters: Values of its parameters, in their order.
  /// - Returns: L; nil where there is no such number, or where it is a spectral norm: of `linear` and `conv2d`.
  public func lipschitzBound(input: [Int], parameters: [[Double]]) -> Double? {
    definition.lipschitzBound(input: input, parameters: parameters)
  }

  public static func == (first: Layer, second: Layer) -> Bool { first.definition.equals(second.definition) }
}
