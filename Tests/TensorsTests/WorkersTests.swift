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

  @Test("A sum of vectors is the same bits for any number of workers, and 0 of no pieces")
  func sum() {
    let pieces = Workers.pieces(of: 1000, length: 7)
    let sums = [1, 2, 3, 64].map { workerCount in
      Workers.sum(count: pieces.count, length: 2, workerCount: workerCount) { piece in
        [Double(pieces[piece].count), pieces[piece].reduce(0) { $0 + 1 / Double($1 + 1) }]
      }
    }
    #expect(sums[0][0] == 1000)
    #expect(abs(sums[0][1] - 7.485470860550345) < 1e-12)  // the thousandth harmonic number
    for other in sums { #expect(other == sums[0]) }
    #expect(Workers.sum(count: 0, length: 2) { _ in [1, 1] } == [0, 0])
  }
}
