import Directions
import LocalServer
import Tensors

/// Which direction a browser wants to see, and how much of it.
struct DirectionRequest: Codable, Sendable {
  enum Kind: String, Codable, Sendable {
    /// Coordinate axis `neuron`.
    case neuron
    /// Direction `number` of `seed`, as `intrigue gallery --seed` draws them.
    case random
    /// Neurons with `weights`.
    case mixture
    /// Row `row` of basis `basis`.
    case basis
  }

  struct Weight: Codable, Sendable {
    var neuron: Int
    /// From −1 to 1.
    var weight: Float
  }

  /// Number of the run on the page.
  var run: Int
  /// Window and panel that ask: of their wishes only the newest counts.
  var asker: String
  var kind: Kind
  var neuron: Int?
  var seed: UInt64?
  var number: Int?
  var weights: [Weight]?
  var basis: Int?
  var row: Int?
  /// k.
  var top: Int
  /// The lowest scores too.
  var hasLowest: Bool?

  static let topLimit = 100
  /// Random directions of a seed.
  static let numberLimit = 1000
  static let weightLimit = 16

  /// - Throws: ``ServerRefusal`` that says what is out of range.
  func directions(unitCount: Int, bases: [SavedBasis]) throws -> DirectionSet {
    try Self.check(top, in: 1..<Self.topLimit + 1, "top")
    switch kind {
    case .neuron:
      return .neurons([try Self.check(neuron, in: 0..<unitCount, "neuron")], dimension: unitCount)
    case .random:
      let number = try Self.check(number, in: 0..<Self.numberLimit, "number")
      return .randomSphere(numbers: number..<number + 1, dimension: unitCount, seed: seed ?? 1)
    case .mixture: return try mixture(unitCount: unitCount)
    case .basis:
      let basis = bases[try Self.check(basis, in: 0..<bases.count, "basis")]
      let row = try Self.check(row, in: 0..<basis.matrix.count, "row")
      return DirectionSet(kind: .haar, ids: ["\(basis.name), row \(row)"], matrix: basis.matrix.rows([row]))
    }
  }

  /// Of length 1, as random directions are, so that scores of the two can be compared.
  private func mixture(unitCount: Int) throws -> DirectionSet {
    let weights = weights ?? []
    try Self.check(weights.count, in: 1..<Self.weightLimit + 1, "the number of weights")
    var components = [Float](repeating: 0, count: unitCount)
    for weight in weights {
      guard weight.weight.isFinite, abs(weight.weight) <= 1 else {
        throw ServerRefusal(400, "a weight must be from -1 to 1, got \(weight.weight)")
      }
      components[try Self.check(weight.neuron, in: 0..<unitCount, "neuron")] += weight.weight
    }
    let length = Norm.l2(components)
    guard length > 0 else {
      throw ServerRefusal(400, "a mixture needs a weight other than 0; with none it is no direction")
    }
    return DirectionSet(
      kind: .sparseMix, ids: ["mixture"],
      matrix: Tensor(shape: [1, unitCount], elements: components.map { Float(Double($0) / length) }))
  }

  @discardableResult
  static func check(_ value: Int?, in range: Range<Int>, _ name: String) throws -> Int {
    guard let value else { throw ServerRefusal(400, "\(name) is missing") }
    guard !range.isEmpty else { throw ServerRefusal(400, "there is none: \(name) cannot be \(value)") }
    guard range.contains(value) else {
      throw ServerRefusal(
        400, "\(name) must be from \(range.lowerBound) to \(range.upperBound - 1), got \(value)")
    }
    return value
  }
}
