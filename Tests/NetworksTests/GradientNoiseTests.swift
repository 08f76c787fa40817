import OneDNN
import Synchronization
import Tensors
import Testing

@testable import Networks

@Suite struct GradientNoiseTests {
  @Test("Noise falls on every trained number, on no padding and on no frozen parameter")
  func places() throws {
    // 10 outputs fill six of sixteen places of a panel with nothing.
    let shape = ImageShape(channels: 1, height: 28, width: 28)
    let network = Network(
      initializing: try Graph(.named(.mlp, input: shape, classCount: 10)), seed: 1)
    let frozen: Set<Int> = [try #require(network.graph.position(of: "fc2"))]
    let values = Mutex<(all: [Float], named: [String: [Float]], next: [Float])>(([], [:], []))
    try WorkerPool(workerCount: 1).run { _ in
      let device = try Device()
      let store = try ParameterStore(
        of: network, layouts: TrainingSession.homeLayouts(network.graph, microBatch: 1, device), on: device)
      let noise = try GradientNoise(deviation: 0.25, seed: 3, store: store, frozen: frozen)
      func drawn(_ step: Int) throws -> Buffer {
        let buffer = try Buffer(count: store.trained.count, on: device)
        buffer.floats.update(repeating: 0, count: buffer.count)
        for share in 0..<3 { noise.add(to: buffer.floats, store.share(share, of: 3), step: step) }
        return buffer
      }
      let (buffer, next) = (try drawn(8), try drawn(9))
      var named: [String: [Float]] = [:]
      for (index, parameter) in network.graph.parameters.enumerated() {
        named[parameter.name] = try store.tensor(
          of: store.gradient(of: index, in: buffer), parameter: index
        ).elements
      }
      let result = (
        Array(UnsafeBufferPointer(start: buffer.floats, count: buffer.count)), named,
        Array(UnsafeBufferPointer(start: next.floats, count: next.count))
      )
      values.withLock { $0 = result }
    }
    let (all, named, next) = values.withLock { $0 }
    var noisy = 0
    for (name, elements) in named {
      if name.hasPrefix("fc2") {
        #expect(elements.allSatisfy { $0 == 0 })
      } else {
        noisy += elements.count
        #expect(elements.allSatisfy { $0 != 0 }, "\(name)")
      }
    }
    #expect(all.count { $0 != 0 } == noisy && all.count > noisy)
    let count = Double(noisy)
    let mean = all.reduce(0.0) { $0 + Double($1) } / count
    let variance = all.reduce(0.0) { $0 + Double($1) * Double($1) } / count
    let product = zip(all, next).reduce(0.0) { $0 + Double($1.0) * Double($1.1) } / count
    #expect(abs(mean) < 5 * 0.25 / count.squareRoot())
    #expect(abs(variance / 0.0625 - 1) < 5 * (2 / count).squareRoot())
    #expect(abs(product) < 5 * 0.0625 / count.squareRoot())
  }
}
