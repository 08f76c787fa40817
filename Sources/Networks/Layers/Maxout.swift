import Foundation
import OneDNN

/// The largest of each `pieces` neighbours: of values of a vector, or of channels at each position of maps.
///
///     y_j = max_{p < pieces} x_{j · pieces + p}
///
/// After a linear layer or a convolution without another activation it gives maxout units. Goodfellow et al. (2013),
/// "Maxout networks". <https://arxiv.org/abs/1302.4389>
struct MaxoutUnits: LayerKind {
  let pieces: Int

  static let word = "maxout"
  static let keys: [SettingKey] = [.pieces]

  init(pieces: Int) { self.pieces = pieces }

  init(from settings: LayerSettings) throws { pieces = try settings.value(.pieces) }

  func write(to settings: inout LayerSettingsWriter) throws { try settings.write(pieces, as: .pieces) }

  func shape(of inputs: [[Int]]) throws(ShapeProblem) -> [Int] {
    let count = inputs[0][0]
    guard pieces > 0, count % pieces == 0 else {
      throw ShapeProblem("\(count) values or channels do not divide into groups of \(pieces) pieces")
    }
    return [count / pieces] + inputs[0].dropFirst()
  }

  var stage: FeatureStage { .words("largest of \(pieces) pieces") }
  var weightsBefore: WeightsBefore {
    .scaled(meanSquare: largestMeanSquare(of: pieces), onlyDirectly: true)
  }
  var mayBeOverwritten: Bool { true }

  func valueBound(_ inputs: [Double], _ parameters: [[Float]]) -> Double { inputs[0] }
  /// 1: pieces share no value.
  func lipschitzBound(input: [Int], parameters: [[Double]]) -> Double? { 1 }

  func lower(_ position: Int, _ sources: [PlanBuilder.Value], in plan: PlanBuilder) throws
    -> PlanBuilder.Value
  {
    try plan.lowerMaxout(position, pieces: pieces, sources[0])
  }
}

/// E max(x₁ … x_k)² of standard normal draws: weights scaled by it preserve the mean square through a maxout.
///
///     ∫ x² k φ(x) Φ(x)^{k−1} dx
func largestMeanSquare(of count: Int) -> Double {
  let step = 0.01
  return stride(from: -9.0, through: 9, by: step).reduce(0) { sum, x in
    let density = exp(-x * x / 2) / (2 * .pi).squareRoot()
    return sum + step * x * x * Double(count) * density
      * pow(erfc(-x / 2.0.squareRoot()) / 2, Double(count - 1))
  }
}

/// The largest of each `pieces` neighbouring planes of an image: values of a vector, or channels of maps.
///
///     y_j = x_{w(j)},   w(j) = argmax of the pieces of j,   ∂L/∂x_i = ∂L/∂y_j where i = w(j), and 0 elsewhere
///
/// The first of equal pieces wins. A NaN wins over all, so that it is found where results are checked for it.
struct Maxout {
  let pieces: Int
  /// Values per plane: 1 for a vector, height · width for maps.
  let area: Int
  /// Number of output planes of all images together.
  let planeCount: Int

  func run(
    _ source: UnsafePointer<Float>, to result: UnsafeMutablePointer<Float>,
    winners: UnsafeMutablePointer<Float>?
  ) {
    for plane in 0..<planeCount {
      let group = source + plane * pieces * area
      let target = result + plane * area
      for place in 0..<area {
        var winner = 0
        var largest = group[place]
        for piece in 1..<max(pieces, 1) {
          let value = group[piece * area + place]
          if value > largest || (value.isNaN && !largest.isNaN) { (winner, largest) = (piece, value) }
        }
        target[place] = largest
        winners?[plane * area + place] = Float(winner)
      }
    }
  }

  func runGradient(
    _ gradient: UnsafePointer<Float>, winners: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>
  ) {
    target.update(repeating: 0, count: planeCount * pieces * area)
    for plane in 0..<planeCount {
      let group = target + plane * pieces * area
      for place in 0..<area {
        let index = plane * area + place
        group[Int(winners[index]) * area + place] = gradient[index]
      }
    }
  }
}

extension PlanBuilder {
  fileprivate func lowerMaxout(_ position: Int, pieces: Int, _ source: Value) throws -> Value {
    let shape = graph.nodes[position].shape
    let read = try MemoryDescription.plain([microBatch, shape[0] * pieces] + shape.dropFirst())
    let layout = try MemoryDescription.plain([microBatch] + shape)
    let from = try converted(source.memory, to: read)
    let result = Value(try allocate(layout), needsGradient: source.needsGradient)
    let keeps = purpose.needsGradients && source.needsGradient
    let winners = keeps ? try allocate(layout) : nil
    let to = result.memory
    let maxout = Maxout(
      pieces: pieces, area: shape.dropFirst().reduce(1, *), planeCount: microBatch * shape[0])
    emit("maxout") { _, _ in maxout.run(from.floats, to: to.floats, winners: winners?.floats) }
    if let winners {
      onGradient { [self] in
        guard let gradient = result.gradient else { return }
        try contribute(to: source, in: read) { target in
          emit("maxout, gradient") { _, _ in
            maxout.runGradient(gradient.floats, winners: winners.floats, to: target.floats)
          }
        }
      }
    }
    return result
  }
}

extension SettingKey {
  fileprivate static let pieces = SettingKey("pieces")
}

extension Layer {
  /// The largest of each `pieces` neighbours: of values of a vector, or of channels at each position of maps.
  public static func maxout(pieces: Int) -> Layer { Layer(MaxoutUnits(pieces: pieces)) }

  /// Its `pieces`, if it is this kind of layer.
  public var maxout: Int? { (definition as? MaxoutUnits)?.pieces }
}
