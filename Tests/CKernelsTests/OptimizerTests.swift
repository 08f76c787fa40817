import CKernels
import Tensors
import Testing

/// One step against the equations in Double, on every instruction set of this processor.
@Suite struct OptimizerTests {
  private let count = 2500  // more than two stretches, no multiple of a vector
  private let range = 16..<2485

  private func draws(_ seed: UInt64, positive: Bool = false) -> [Float] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in Float(positive ? generator.uniform() : generator.uniform() * 2 - 1) }
  }

  private func step(
    parts: [[Float]], _ body: (UnsafePointer<UnsafeMutablePointer<Float>?>, Int) -> Void
  ) {
    let gradients = parts.map { part in
      let memory = UnsafeMutablePointer<Float>.allocate(capacity: count)
      memory.initialize(from: part, count: count)
      return Optional(memory)
    }
    gradients.withUnsafeBufferPointer { body($0.baseAddress!, parts.count) }
    for gradient in gradients { gradient?.deallocate() }
  }

  @Test("Gradient descent with momentum and decay", arguments: [0, 1, 2], [1, 3])
  func sgd(_ instructionSet: Int, partCount: Int) {
    kernels_limit(kernels_instruction_set(rawValue: UInt32(instructionSet)))
    defer { kernels_limit(kernels_avx512) }
    let parts = (0..<partCount).map { draws(UInt64($0) + 10) }
    let (before, speed) = (draws(1), draws(2))
    var (weights, velocity) = (before, speed)
    step(parts: parts) {
      optimizer_sgd(&weights, &velocity, $0, $1, range.lowerBound, range.upperBound, 0.9, 0.01, 0.1)
    }
    for index in 0..<count {
      guard range.contains(index) else {
        #expect(weights[index] == before[index] && velocity[index] == speed[index])
        continue
      }
      let slope = parts.reduce(0.0) { $0 + Double($1[index]) } + 0.01 * Double(before[index])
      let moved = 0.9 * Double(speed[index]) + slope
      #expect(abs(Double(velocity[index]) - moved) < 2e-6)
      #expect(abs(Double(weights[index]) - (Double(before[index]) - 0.1 * moved)) < 1e-6)
    }
  }

  @Test("Adam and AdamW", arguments: [0, 1, 2], [(Float(0.01), Float(1)), (0, 0.99)])
  func adam(_ instructionSet: Int, decays: (weight: Float, kept: Float)) {
    kernels_limit(kernels_instruction_set(rawValue: UInt32(instructionSet)))
    defer { kernels_limit(kernels_avx512) }
    let parts = [draws(10), draws(11)]
    let (before, first, second) = (draws(1), draws(2), draws(3, positive: true))
    var (weights, mean, square) = (before, first, second)
    step(parts: parts) {
      optimizer_adam(
        &weights, &mean, &square, $0, $1, range.lowerBound, range.upperBound, 0.9, 0.999, 1e-8, decays.weight,
        decays.kept, 0.05, 0.7)
    }
    for index in range {
      let slope =
        Double(parts[0][index]) + Double(parts[1][index]) + Double(decays.weight) * Double(before[index])
      let m = 0.9 * Double(first[index]) + 0.1 * slope
      let s = 0.999 * Double(second[index]) + 0.001 * slope * slope
      let expected = Double(decays.kept) * Double(before[index]) - 0.05 * m / (s.squareRoot() / 0.7 + 1e-8)
      #expect(abs(Double(mean[index]) - m) < 1e-6)
      #expect(abs(Double(weights[index]) - expected) < 2e-6 * max(1, abs(expected)))
    }
  }
}
