import Tensors
import Testing

@testable import Directions

@Suite struct HaarTests {
  @Test("A basis is orthonormal, and its beginning is that of a smaller one", arguments: [1, 2, 10, 128])
  func orthonormal(dimension: Int) {
    let basis = DirectionSet.haar(count: dimension, dimension: dimension, seed: 3, index: 4).matrix
    for i in 0..<dimension {
      for j in 0...i {
        let product = zip(basis[row: i], basis[row: j]).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        #expect(abs(product - (i == j ? 1 : 0)) < 1e-6)
      }
    }
    let part = DirectionSet.haar(count: (dimension + 1) / 2, dimension: dimension, seed: 3, index: 4).matrix
    #expect(part.elements == Array(basis.elements.prefix(part.elements.count)))
  }

  @Test("Bases differ by seed and by number")
  func streams() {
    func basis(_ seed: UInt64, _ index: Int) -> Tensor {
      DirectionSet.haar(count: 5, dimension: 5, seed: seed, index: index).matrix
    }
    #expect(basis(1, 0) == basis(1, 0))
    #expect(basis(1, 0) != basis(1, 1))
    #expect(basis(1, 0) != basis(2, 0))
  }

  // The trace of a uniform rotation of the orthogonal group has mean 0 and variance 1 (Diaconis and Shahshahani,
  // 1994). Without the condition on R its mean would be far below.
  @Test("The trace has the mean and the variance of Haar measure")
  func trace() {
    let traces = (0..<4000).map { index in
      let basis = DirectionSet.haar(count: 6, dimension: 6, seed: 11, index: index).matrix
      return (0..<6).reduce(0.0) { $0 + Double(basis.elements[$1 * 7]) }
    }
    let mean = traces.reduce(0, +) / 4000
    let variance = traces.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4000
    // Standard errors 0.016 and about 0.022; five of each.
    #expect(abs(mean) < 0.08)
    #expect(abs(variance - 1) < 0.11)
  }
}
