import Datasets
import Foundation
import Tensors
import Testing

@testable import Networks

@Suite struct EngineTests {
  static func network(_ name: Architecture.Named = .lenet) throws -> Network {
    let shape = ImageShape(channels: name == .resnet8 ? 3 : 1, height: 12, width: 12)
    return Network(initializing: try Graph(.named(name, input: shape, classCount: 5)), seed: 2)
  }

  static func images(_ count: Int, channels: Int = 1) -> Tensor {
    var generator = SeededGenerator(seed: 21)
    return Tensor(
      shape: [count, channels, 12, 12],
      elements: (0..<count * channels * 144).map { _ in Float(generator.uniform()) })
  }

  private func distance(_ first: Tensor, _ second: Tensor) -> Float {
    precondition(first.shape == second.shape)
    return zip(first.elements, second.elements).map { abs($0 - $1) }.max() ?? 0
  }

  @Test(
    "An image's logits and gradient do not depend on workers, micro-batch, order or company",
    arguments: [Architecture.Named.mlp, .lenet, .resnet8])
  func independence(_ name: Architecture.Named) throws {
    let network = try Self.network(name)
    let images = Self.images(70, channels: network.inputShape.channels)
    func results(_ images: Tensor, _ workerCount: Int, _ microBatch: Int) throws -> (Tensor, Tensor) {
      try Engine(running: network, workerCount: workerCount, microBatch: microBatch)
        .logitsAndImageGradients(of: images) { _, logits, gradient in
          for index in logits.indices { gradient[index] = logits[index] - 0.3 }
        }
    }
    let (logits, gradients) = try results(images, 1, 32)
    for (workerCount, microBatch) in [(2, 32), (3, 16), (1, 1), (2, 128)] {
      let (otherLogits, otherGradients) = try results(images, workerCount, microBatch)
      #expect(distance(logits, otherLogits) < 1e-5)
      #expect(distance(gradients, otherGradients) < 1e-5)
    }
    let reversed = Array((0..<70).reversed())
    let (reversedLogits, reversedGradients) = try results(images.rows(reversed), 2, 32)
    #expect(distance(logits, reversedLogits.rows(reversed)) < 1e-5)
    #expect(distance(gradients, reversedGradients.rows(reversed)) < 1e-5)
    let (alone, aloneGradient) = try results(images.rows([69]), 2, 32)
    #expect(distance(logits.rows([69]), alone) < 1e-5)
    #expect(distance(gradients.rows([69]), aloneGradient) < 1e-5)
  }

  @Test("The same call gives the same bytes")
  func repeated() throws {
    let engine = try Engine(running: Self.network(), workerCount: 2)
    let images = Self.images(50)
    #expect(try engine.logits(of: images) == engine.logits(of: images))
  }

  @Test("The classifier applied to the features by hand gives the logits")
  func features() throws {
    let network = try Self.network()
    let engine = try Engine(running: network, workerCount: 2)
    let tensor = Self.images(20)
    let images = LabelledImages(
      shape: network.inputShape, pixels: .floats(tensor.elements), labels: Array(repeating: 0, count: 20),
      classNames: (0..<5).map(String.init))
    let features = try engine.features(of: images, layer: network.graph.featureLayer)
    #expect(features.shape == [20, 128])
    #expect(features.elements.allSatisfy { $0 >= 0 })  // after the ReLU
    let weight = try #require(network[parameter: "classifier.weight"])
    let bias = try #require(network[parameter: "classifier.bias"])
    let logits = try engine.logits(of: tensor)
    for image in 0..<20 {
      for unit in 0..<5 {
        let sum = zip(weight[row: unit], features[row: image]).reduce(Double(bias.elements[unit])) {
          $0 + Double($1.0) * Double($1.1)
        }
        #expect(abs(sum - Double(logits.elements[image * 5 + unit])) < 1e-4)
      }
    }
  }

  @Test(
    "Every layer can be asked for and has its shape",
    arguments: [Architecture.Named.lenet, .resnet8, .allcnn])
  func anyLayer(_ name: Architecture.Named) throws {
    let network = try Self.network(name == .allcnn ? .resnet8 : name)
    let count = 6
    let tensor = Self.images(count, channels: network.inputShape.channels)
    let images = LabelledImages(
      shape: network.inputShape, pixels: .floats(tensor.elements), labels: Array(repeating: 0, count: count),
      classNames: (0..<5).map(String.init))
    let engine = try Engine(running: network, workerCount: 2)
    var results: [Tensor] = []
    for (position, node) in network.graph.nodes.enumerated() {
      let result = try engine.features(of: images, layer: position)
      #expect(result.shape == [count, node.shape.reduce(1, *)])
      results.append(result)
      // A ReLU alone behind a layer is fused into it when logits are computed; asked for by itself the layer
      // must give what it gives before the ReLU.
      if case .relu = node.layer, let input = node.inputs[0] {
        #expect(result.elements == results[input].elements.map { max($0, 0) })
      }
    }
    #expect(try engine.features(of: images, layer: nil).elements == tensor.elements)
    #expect(try distance(#require(results.last), engine.logits(of: tensor)) < 1e-5)
  }

  @Test("No images give empty results")
  func nothing() throws {
    let engine = try Engine(running: Self.network(), workerCount: 2)
    #expect(try engine.logits(of: Self.images(0)).shape == [0, 5])
  }

  @Test("Pixels that make logits overflow are an error that names image and layer")
  func overflow() throws {
    // A ReLU would hide it: oneDNN's maximum of NaN and 0 is 0.
    let engine = try Engine(running: Self.network(.softmax), workerCount: 2)
    var images = Self.images(40)
    for index in 0..<144 { images.elements[33 * 144 + index] = .greatestFiniteMagnitude }
    #expect(throws: NetworkError.notFiniteOutput(image: 33, layer: "classifier")) {
      try engine.logits(of: images)
    }
  }
}
