import Testing

@testable import Tensors

@Suite struct WorkersTests {
  @Test("Results stand in the order of their indices for any number of workers", arguments: [1, 2, 3, 64])
  func order(workerCount: Int) {
    for count in [0, 1, 2, 1000] {
      let squares = Workers.map(count: count, workerCount: workerCount) { [$0 * $0] }
      #expect(squares == (0..<count).map { [$0 * $0] })
    }
  }

  @Test("Pieces cover everything once, in order, and only the last may be shorter")
  func pieces() {
    #expect(Workers.pieces(of: 7, length: 3) == [0..<3, 3..<6, 6..<7])
    #expect(Workers.pieces(of: 6, length: 3) == [0..<3, 3..<6])
    #expect(Workers.pieces(of: 0, length: 3).isEmpty)
  }
}
