import Tensors
import Testing

@testable import Networks

@Suite struct TopKTests {
  private func mask(_ values: [Float], _ count: Int) -> [Float] {
    var selection = TopK(count: count)
    var mask = [Float](repeating: .nan, count: values.count)
    values.withUnsafeBufferPointer { selection.writeMask(of: $0, to: &mask) }
    return mask
  }

  @Test("It keeps what a sort puts first, ties by place", arguments: [1, 2, 3, 7, 40, 63, 64])
  func sorted(_ count: Int) {
    var generator = SeededGenerator(seed: 5)
    for round in 0..<50 {
      // Few different values in every second round, so that many tie at the edge.
      let values = generator.normals(64).map { round % 2 == 0 ? $0 : ($0 * 2).rounded() + 0 }
      let order = values.indices.sorted { (-values[$0], $0) < (-values[$1], $1) }
      var expected = [Float](repeating: 0, count: 64)
      for place in order.prefix(count) { expected[place] = 1 }
      #expect(mask(values, count) == expected)
    }
  }

  @Test("Zeros of both signs are equal, infinities are the ends, and a NaN of either sign is kept to be seen")
  func extremes() {
    #expect(mask([-0.0, 0, -0.0, -1], 2) == [1, 1, 0, 0])
    #expect(mask([-.infinity, -1, .infinity, 5], 2) == [0, 0, 1, 1])
    #expect(mask([9, .infinity, .nan, 3], 1) == [0, 0, 1, 0])
    #expect(mask([9, .infinity, -Float.nan, 3], 1) == [0, 0, 1, 0])
    #expect(mask([-3, -2, -1, -2], 3) == [0, 1, 1, 1])
  }

  @Test("A network gives the largest values of each row where they stand, and zeros")
  func layer() throws {
    let graph = try Graph(
      Architecture(
        name: "top", input: ImageShape(channels: 6, height: 1, width: 1),
        nodes: [
          .init("flatten", .flatten), .init("topK", .topK(count: 2)),
          .init("logits", .linear(outputs: 2, bias: true)),
        ]))
    let engine = try Engine(
      running: Network(initializing: graph, seed: 1), workerCount: 2, microBatch: 4)
    let rows: [Float] = [1, -2, 3, 0.5, 3, -9, -5, -4, -3, -2, -1, -6]
    let found = try engine.features(of: Tensor(shape: [2, 6, 1, 1], elements: rows), layer: 1)
    #expect(found == Tensor(shape: [2, 6], elements: [0, 0, 3, 0, 3, 0, 0, 0, 0, -2, -1, 0]))
  }
}
