import OneDNN
import Testing

@Suite struct PrimitiveTests {
  private let one: OneThread

  init() throws { one = try OneThread() }

  @Test(
    "A reorder into oneDNN's layout and back is the identity, and what pads is zero", arguments: [3, 16, 20])
  func reorder(_ channels: Int) throws {
    let count = 2 * channels * 36
    let values = (1...count).map { Float($0) / 7 }
    let start = try one.memory([2, channels, 6, 6], values)
    let chosen = try Memory(one.freeConvolution(channels, to: 24).source, on: one.device)
    let end = try Memory(start.description, on: one.device)
    for (from, to) in [(start, chosen), (chosen, end)] {
      try one.bind(
        .reorder(one.device, from: from.description, to: to.description),
        [(.source, from), (.destination, to)]
      ).execute(on: one.stream)
    }
    #expect(end.storage == values)
    #expect(chosen.storage.filter { $0 != 0 }.sorted() == values)
  }

  @Test("A primitive gives the same bytes each time it runs, and follows its operands")
  func repeated() throws {
    // A kernel of ones counts the pixels under it: 4 at a corner, 6 at an edge, 9 inside.
    let source = try one.memory([1, 1, 4, 4], Array(repeating: 1, count: 16))
    let weights = try one.memory([1, 1, 3, 3], Array(repeating: 1, count: 9))
    let bias = try one.memory([1], [-5])
    let destination = try Memory(.plain([1, 1, 4, 4]), on: one.device)
    let primitive = try one.bind(
      .convolution(
        one.device, keepsForGradient: false, source: source.description, weights: weights.description,
        bias: bias.description, destination: destination.description,
        window: Window(kernel: (3, 3), stride: (1, 1), paddingBefore: (1, 1), paddingAfter: (1, 1)),
        activation: .relu),
      [(.source, source), (.weights, weights), (.bias, bias), (.destination, destination)])
    let expected: [Float] = [0, 1, 1, 0, 1, 4, 4, 1, 1, 4, 4, 1, 0, 1, 1, 0]
    for _ in 0..<5 {
      destination.floats.update(repeating: .nan, count: 16)
      try primitive.execute(on: one.stream)
      #expect(destination.storage == expected)
    }
    bias.floats[0] = 0
    try primitive.execute(on: one.stream)
    #expect(destination.storage == [4, 6, 6, 4, 6, 9, 9, 6, 6, 9, 9, 6, 4, 6, 6, 4])
  }

  @Test("Primitives that share a scratchpad do not disturb each other")
  func sharedScratchpad() throws {
    let description = try one.freeConvolution(16, to: 16)
    let count = try max(description.scratchpad.storageCount, 1)
    let scratchpad = try Buffer(count: count, on: one.device)
    let source = try Memory(description.source, on: one.device)
    for index in 0..<source.description.storageCount { source.floats[index] = Float(index % 13) }
    let weights = try Memory(description.weights, on: one.device)
    for index in 0..<weights.description.storageCount { weights.floats[index] = Float(index % 5) - 2 }
    let results = try (0..<2).map { _ in try Memory(description.destination, on: one.device) }
    let primitives = try results.map {
      try Primitive(
        description, [(.source, source), (.weights, weights), (.destination, $0)], scratchpad: scratchpad,
        on: one.device)
    }
    for primitive in primitives + primitives { try primitive.execute(on: one.stream) }
    #expect(results[0].storage == results[1].storage)
    #expect(results[0].storage.contains { $0 != 0 })
  }

  /// Operations whose operands do not fit each other, with the name that the error must give.
  static let misfits: [(String, @Sendable (Device) throws -> PrimitiveDescription)] = [
    (
      "convolution",
      { device in
        try .convolution(
          device, keepsForGradient: false, source: .any([1, 3, 8, 8]), weights: .any([4, 5, 3, 3]), bias: nil,
          destination: .any([1, 4, 6, 6]),
          window: Window(kernel: (3, 3), stride: (1, 1), paddingBefore: (0, 0), paddingAfter: (0, 0)),
          activation: nil)
      }
    ),
    (
      "inner product",
      { device in
        try .innerProduct(
          device, keepsForGradient: false, source: .any([1, 7]), weights: .any([4, 8]), bias: nil,
          destination: .any([1, 4]), activation: nil)
      }
    ),
    (
      "pooling",
      { device in
        try .pooling(
          device, kind: .maximum, keepsForGradient: false, source: .plain([1, 2, 4, 4]),
          destination: .any([1, 2, 3, 3]),
          window: Window(kernel: (2, 2), stride: (2, 2), paddingBefore: (0, 0), paddingAfter: (0, 0)))
      }
    ),
    (
      "sum",
      { device in
        try .sum(
          device, first: .plain([2, 3]), second: .plain([2, 4]), destination: .plain([2, 3]), activation: nil)
      }
    ),
    ("reorder", { device in try .reorder(device, from: .plain([2, 3]), to: .plain([3, 2])) }),
  ]

  @Test("An operation that oneDNN refuses throws an error that names it", arguments: misfits.indices)
  func refused(_ index: Int) throws {
    let (name, make) = Self.misfits[index]
    #expect {
      _ = try make(one.device)
    } throws: { error in
      guard let error = error as? OneDNNError else { return false }
      return error.operation == name && error.description.hasPrefix("oneDNN, \(name): ")
        && !error.description.contains("status")
    }
  }

  /// So a NaN before a ReLU never reaches the logits; weights are searched for it when a network is made.
  @Test(
    "An activation keeps NaN, except that ReLU makes it zero",
    .enabled(if: Device.version.hasPrefix("2."), "seen with version 2"))
  func notANumber() throws {
    for (activation, isZero) in [
      (PrimitiveDescription.Activation.relu, true), (.sigmoid, false), (.tanh, false),
    ] {
      let data = try one.memory([1, 16], Array(repeating: .nan, count: 16))
      try one.bind(
        .activation(one.device, activation, keepsForGradient: false, data: data.description),
        [(.source, data), (.destination, data)]
      ).execute(on: one.stream)
      #expect(data.storage.allSatisfy { isZero ? $0 == 0 : $0.isNaN }, "\(activation): \(data.storage[0])")
    }
  }
}
