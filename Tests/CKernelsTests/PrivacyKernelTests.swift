import CKernels
import Foundation
import Tensors
import Testing

/// On every instruction set of this processor.
@Suite struct PrivacyKernelTests {
  @Test("Noise is Box and Muller's of the words of SeededGenerator, in Double", arguments: [0, 1, 2])
  func noise(_ instructionSet: Int) {
    kernels_limit(kernels_instruction_set(rawValue: UInt32(instructionSet)))
    defer { kernels_limit(kernels_avx512) }
    let count = 1000
    let (seed, stream): (UInt64, UInt64) = (0x1234_5678_9ABC_DEF0, 7 << 56 | 41)
    var generator = SeededGenerator(seed: seed, stream: stream)
    var expected: [Double] = []
    for _ in 0..<count / 2 {
      let word = generator.next()
      let u = (Double(UInt32(truncatingIfNeeded: word)) + 0.5) * 0x1p-32
      let angle = 2 * Double.pi * Double(word >> 32) * 0x1p-32
      expected.append((-2 * log(u)).squareRoot() * cos(angle))
      expected.append((-2 * log(u)).squareRoot() * sin(angle))
    }
    let scale = (0..<count).map { Float($0 % 3) * 0.5 }
    var values = [Float](repeating: 2, count: count)
    privacy_add_noise(&values, scale, 16, 996, seed, stream)
    for index in 0..<count {
      guard (16..<996).contains(index), index % 3 != 0 else {
        #expect(values[index] == 2)
        continue
      }
      #expect(abs(Double(values[index]) - (2 + Double(scale[index]) * expected[index])) < 3e-6)
    }
  }

  @Test("Any cut of the range gives the same bits", arguments: [0, 1, 2])
  func cuts(_ instructionSet: Int) {
    kernels_limit(kernels_instruction_set(rawValue: UInt32(instructionSet)))
    defer { kernels_limit(kernels_avx512) }
    let scale = [Float](repeating: 1, count: 512)
    var (whole, parts) = ([Float](repeating: 0, count: 512), [Float](repeating: 0, count: 512))
    privacy_add_noise(&whole, scale, 0, 512, 3, 9)
    for (first, end) in [(0, 16), (16, 208), (208, 512)] {
      privacy_add_noise(&parts, scale, first, end, 3, 9)
    }
    #expect(whole == parts)
  }

  @Test("A million draws have the moments of a normal distribution, and its tails")
  func moments() {
    let count = 1 << 20
    let scale = [Float](repeating: 1, count: count)
    var values = [Float](repeating: 0, count: count)
    privacy_add_noise(&values, scale, 0, count, 5, 1)
    func mean(_ body: (Double) -> Double) -> Double {
      values.reduce(0) { $0 + body(Double($1)) } / Double(count)
    }
    // Five standard errors each: √(1, 2, 15, 96) / 1024.
    #expect(abs(mean { $0 }) < 5 / 1024.0)
    #expect(abs(mean { $0 * $0 } - 1) < 5 * 2.0.squareRoot() / 1024)
    #expect(abs(mean { $0 * $0 * $0 }) < 5 * 15.0.squareRoot() / 1024)
    #expect(abs(mean { $0 * $0 * $0 * $0 } - 3) < 5 * 96.0.squareRoot() / 1024)
    #expect(abs(mean { abs($0) > 3 ? 1 : 0 } - 0.0026998) < 5 * 0.0519 / 1024)
    // Neighbours in a block share a radius or words of one: they must not go together.
    for lag in 1...4 {
      let product = (0..<count - lag).reduce(0.0) { $0 + Double(values[$1]) * Double(values[$1 + lag]) }
      #expect(abs(product / Double(count)) < 5 / 1024.0, "lag \(lag)")
      let squares = (0..<count - lag).reduce(0.0) {
        let (one, other) = (Double(values[$1]), Double(values[$1 + lag]))
        return $0 + (one * one - 1) * (other * other - 1)
      }
      #expect(abs(squares / Double(count)) < 5 * 2 / 1024.0, "lag \(lag)")
    }
  }

  @Test("Squares are added up in Double, and scaled values added", arguments: [0, 1, 2])
  func sums(_ instructionSet: Int) {
    kernels_limit(kernels_instruction_set(rawValue: UInt32(instructionSet)))
    defer { kernels_limit(kernels_avx512) }
    var generator = SeededGenerator(seed: 4)
    for count in [0, 1, 15, 16, 17, 784, 1003] {
      let values = generator.normals(count)
      let expected = values.reduce(0.0) { $0 + Double($1) * Double($1) }
      #expect(abs(privacy_square(values, count) - expected) <= 1e-13 * expected)
      var total = [Float](repeating: 1, count: count)
      privacy_add_scaled(&total, values, count, 0.25)
      for (found, value) in zip(total, values) { #expect(abs(found - (1 + 0.25 * value)) < 1e-6) }
    }
  }
}
