import Datasets
import Tensors
import TestSupport
import Testing

@testable import Networks

@Suite struct MapPoolingTests {
  private func labelled(_ images: Tensor, _ shape: ImageShape) -> LabelledImages {
    LabelledImages(
      shape: shape, pixels: .floats(images.elements), labels: Array(repeating: 0, count: images.count),
      classNames: ["a", "b", "c", "d", "e"])
  }

  /// By hand, in Double, from every value of every map.
  private func pooled(_ values: Tensor, _ shape: [Int], _ pooling: MapPooling) -> Tensor {
    guard shape.count == 3 else { return values }
    let places = shape[1] * shape[2]
    let units = (0..<values.count).flatMap { image in
      (0..<shape[0]).map { channel -> Float in
        let map = Array(values[row: image].dropFirst(channel * places).prefix(places))
        switch pooling {
        case .mean: return Float(map.reduce(0.0) { $0 + Double($1) } / Double(places))
        case .max: return map.max()!
        case .centre: return map[shape[1] / 2 * shape[2] + shape[2] / 2]
        case .none: preconditionFailure()
        }
      }
    }
    return Tensor(shape: [values.count, shape[0]], elements: units)
  }

  @Test(
    "Features pooled as they leave the plan are the unpooled ones pooled by hand, in every layer",
    arguments: [Architecture.Named.lenet, .resnet8], [MapPooling.mean, .max, .centre])
  func byHand(_ name: Architecture.Named, _ pooling: MapPooling) throws {
    let network = try EngineTests.network(name)
    let images = labelled(
      EngineTests.images(37, channels: network.inputShape.channels), network.inputShape)
    let engine = try Engine(running: network, workerCount: 2, microBatch: 8)
    var mapCount = 0
    for (position, node) in network.graph.nodes.enumerated() {
      if case .normalise = node.layer { continue }
      let every = try engine.features(of: images, layer: position)
      let units = try engine.features(of: images, layer: position, pooling: pooling)
      // A mean added up in another order may round to the neighbouring Float.
      expectClose(
        units, pooled(every, node.shape, pooling), absolute: pooling == .mean ? 1e-7 : 0,
        relative: pooling == .mean ? 2e-7 : 0, "\(node.name)")
      #expect(units.shape == [37, network.graph.unitCount(at: position, pooling: pooling)])
      if node.shape.count == 3 { mapCount += 1 }
    }
    #expect(mapCount >= 6)
  }

  @Test("Pooled features do not depend on workers, micro-batch or company", arguments: MapPooling.allCases)
  func independence(_ pooling: MapPooling) throws {
    let network = try EngineTests.network()
    let tensor = EngineTests.images(70)
    let layer = try #require(network.graph.position(of: "relu2"))
    let expected = try Engine(running: network, workerCount: 1, microBatch: 32)
      .features(of: labelled(tensor, network.inputShape), layer: layer, pooling: pooling)
    for (workerCount, microBatch) in [(2, 32), (3, 32)] {
      let found = try Engine(running: network, workerCount: workerCount, microBatch: microBatch)
        .features(of: labelled(tensor, network.inputShape), layer: layer, pooling: pooling)
      #expect(found == expected)
    }
    for (workerCount, microBatch) in [(1, 1), (2, 16), (2, 128)] {
      let found = try Engine(running: network, workerCount: workerCount, microBatch: microBatch)
        .features(of: labelled(tensor, network.inputShape), layer: layer, pooling: pooling)
      // Other micro-batches run other kernels, which round otherwise.
      expectClose(found, expected, absolute: 1e-5)
    }
    let alone = try Engine(running: network, workerCount: 2)
      .features(of: labelled(tensor.rows([69]), network.inputShape), layer: layer, pooling: pooling)
    expectClose(alone, expected.rows([69]), absolute: 1e-5)
  }

  @Test("Of maps of any size; the centre of an even extent is the later middle", arguments: [1, 7, 8, 9, 27])
  func sizes(_ width: Int) {
    let values = (0..<2 * 3 * width).map { Float(($0 * 7919) % 101) - 50 }
    for pooling in [MapPooling.mean, .max, .centre] {
      let expected = pooled(
        Tensor(shape: [1, values.count], elements: values), [2, 3, width], pooling)
      var units: [Float] = [.nan, .nan]
      pooling.pool(values, channels: 2, height: 3, width: width, to: &units)
      #expect(units == expected.elements, "\(pooling)")
    }
    var centre: Float = 0
    MapPooling.centre.pool([1, 2, 3, 4], channels: 1, height: 2, width: 2, to: &centre)
    #expect(centre == 4)
  }

  @Test("A value that is not finite anywhere in a map is not lost in a mean or a maximum", arguments: 0..<19)
  func notFinite(_ place: Int) {
    for bad in [Float.nan, .infinity, -.infinity] {
      var map = [Float](repeating: 1, count: 19)
      map[place] = bad
      for pooling in [MapPooling.mean, .max] {
        var unit: Float = 0
        pooling.pool(map, channels: 1, height: 1, width: 19, to: &unit)
        #expect(!unit.isFinite, "\(pooling) of \(bad)")
      }
    }
  }

  @Test("Vectors, pixels and maps of one place are given as they are")
  func nothingToPool() throws {
    let graph = try Graph(
      .named(.resnet8, input: ImageShape(channels: 3, height: 8, width: 8), classCount: 4))
    for position in [nil, graph.position(of: "normalise"), graph.featureLayer] {
      #expect(graph.applicable(.mean, at: position) == .none)
    }
    #expect(graph.unitCount(at: nil, pooling: .mean) == 192)
  }
}
