import Foundation
import OneDNN
import Testing

@Suite struct ElementwiseTests {
  private let one: OneThread

  init() throws { one = try OneThread() }

  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let function: Elementwise
    let side: Elementwise.Derivative
    let value: @Sendable (Double) -> Double
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(name: "relu", function: .relu, side: .fromResult) { max($0, 0) },
    Case(name: "leakyReLU", function: .leakyReLU(slope: 0.25), side: .fromResult) { $0 > 0 ? $0 : 0.25 * $0 },
    Case(name: "leakyReLU, negative slope", function: .leakyReLU(slope: -0.5), side: .fromSource) {
      $0 > 0 ? $0 : -0.5 * $0
    },
    Case(name: "elu", function: .elu(scale: 0.75), side: .fromResult) { $0 > 0 ? $0 : 0.75 * expm1($0) },
    Case(name: "sigmoid", function: .sigmoid, side: .fromResult) { 1 / (1 + exp(-$0)) },
    Case(name: "tanh", function: .tanh, side: .fromResult) { tanh($0) },
    Case(name: "clip", function: .clip(lower: -0.5, upper: 2), side: .fromResult) { min(max($0, -0.5), 2) },
    Case(name: "softplus", function: .softplus, side: .fromSource) { log1p(exp($0)) },
    Case(name: "swish", function: .swish(scale: 1.5), side: .fromSource) { $0 / (1 + exp(-1.5 * $0)) },
    Case(name: "hardSwish", function: .hardSwish, side: .fromSource) { $0 * min(max($0 / 6 + 0.5, 0), 1) },
    Case(name: "mish", function: .mish, side: .fromSource) { $0 * tanh(log1p(exp($0))) },
    Case(name: "gelu", function: .gelu, side: .fromSource) { $0 / 2 * (1 + erf($0 / 2.0.squareRoot())) },
    Case(name: "geluTanh", function: .geluTanh, side: .fromSource) {
      $0 / 2 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0)))
    },
  ]

  /// Away from every kink by more than the step of the differences, and out to where each function is flat or straight.
  private let points: [Float] = stride(from: -9.97, through: 10, by: 0.0625).map { Float($0) }

  @Test(
    "Values are those of the equation, alone and as another operation stores its result", arguments: cases)
  func values(_ item: Case) throws {
    let source = try one.memory([1, points.count], points)
    let result = try Memory(source.description, on: one.device)
    try one.bind(
      .activation(one.device, item.function, keepsForGradient: false, data: source.description),
      [(.source, source), (.destination, result)]
    ).execute(on: one.stream)
    let zeros = try one.memory([1, points.count], Array(repeating: 0, count: points.count))
    let fused = try Memory(source.description, on: one.device)
    try one.bind(
      .sum(
        one.device, first: source.description, second: source.description, destination: source.description,
        activation: item.function),
      [(.source, source), (.secondSource, zeros), (.destination, fused)]
    ).execute(on: one.stream)
    for (index, point) in points.enumerated() {
      let expected = item.value(Double(point))
      // oneDNN's exponentials and its polynomial for erf are good to some 10⁻⁷ of the larger of 1 and the value.
      let allowed = 2e-6 * max(1, abs(expected))
      #expect(abs(Double(result.floats[index]) - expected) < allowed, "at \(point)")
      #expect(abs(Double(fused.floats[index]) - expected) < allowed, "fused, at \(point)")
    }
  }

  @Test("The derivative is that of the equation, from the side that the function says", arguments: cases)
  func derivatives(_ item: Case) throws {
    #expect(item.function.derivative == item.side)
    let source = try one.memory([1, points.count], points)
    let result = try Memory(source.description, on: one.device)
    let forward = try PrimitiveDescription.activation(
      one.device, item.function, keepsForGradient: true, data: source.description)
    try one.bind(forward, [(.source, source), (.destination, result)]).execute(on: one.stream)
    let arriving = try one.memory([1, points.count], Array(repeating: 3, count: points.count))
    let gradient = try Memory(source.description, on: one.device)
    // The other side is not there at all.
    let kept: (Primitive.Argument, Memory) =
      item.side == .fromResult ? (.destination, result) : (.source, source)
    try one.bind(
      .activationGradient(
        one.device, item.function, data: source.description, gradient: source.description, forward: forward),
      [kept, (.destinationGradient, arriving), (.sourceGradient, gradient)]
    ).execute(on: one.stream)
    let step = 1e-5
    for (index, point) in points.enumerated() {
      let (left, right) = (item.value(Double(point) - step), item.value(Double(point) + step))
      let expected = 3 * (right - left) / (2 * step)
      #expect(abs(Double(gradient.floats[index]) - expected) < 1e-5 * max(1, abs(expected)), "at \(point)")
    }
  }
}
