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
}
