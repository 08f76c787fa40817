import Testing

@testable import Tensors

@Suite struct LimitedMemoryBFGSTests {
  /// Σ 100 (x_{2i+1} − x_{2i}²)² + (1 − x_{2i})²: a bent valley with its minimum 0 at (1, …, 1).
  private static func rosenbrock(_ x: [Double], gradient: inout [Double]) -> Double {
    var value = 0.0
    for index in stride(from: 0, to: x.count, by: 2) {
      let (along, across) = (1 - x[index], x[index + 1] - x[index] * x[index])
      value += 100 * across * across + along * along
      gradient[index] = -400 * x[index] * across - 2 * along
      gradient[index + 1] = 200 * across
    }
    return value
  }

  @Test("Rosenbrock's valley is followed to its end in one dialogue", arguments: [3, 10])
  func valley(_ memory: Int) {
    let start = (0..<20).map { $0 % 2 == 0 ? -1.2 : 1.0 }
    let optimizer = LimitedMemoryBFGS(variableCount: start.count, memory: memory)
    var request = optimizer.start(at: start)
    var values: [Double] = []
    var value = 0.0
    var evaluationCount = 0
    dialogue: while values.count < 200 {
      switch request {
      case .converged, .lineSearchFailed: break dialogue
      case .evaluation:
        evaluationCount += 1
        value = Self.rosenbrock(optimizer.point, gradient: &optimizer.gradient)
        request = optimizer.advance(value: value)
      case .iterated:
        values.append(value)
        if value < 1e-20 { break dialogue }
        request = optimizer.proceed()
      }
    }
    // Other programs need 35 to 60 iterations from here, with hardly more evaluations.
    #expect(values.count > 20 && values.count < 100 && evaluationCount < 150)
    #expect(zip(values, values.dropFirst()).allSatisfy { $1 < $0 })
    for coordinate in optimizer.point { #expect(abs(coordinate - 1) < 1e-8) }
  }
}
