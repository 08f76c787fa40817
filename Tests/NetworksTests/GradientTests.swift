import Foundation
import TestSupport
import Tensors
import Testing

@testable import Networks

/// Every layer, and whole networks, against central differences of a forward pass in Double.
@Suite struct GradientTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let architecture: Architecture
    var testDescription: String { architecture.name }
  }

  static let cases: [Case] = {
    typealias Node = Architecture.Node
    func network(_ name: String, _ shape: ImageShape, _ nodes: [Node], classes: Int = 3) -> Case {
      let flatten: [Node] =
        nodes.contains { $0.name == "logits" }
        ? []
        : [
          Node("toVector", .flatten), Node("logits", .linear(outputs: classes, bias: true)),
        ]
      return Case(architecture: Architecture(name: name, input: shape, nodes: nodes + flatten))
    }
    let grey = ImageShape(channels: 1, height: 6, width: 5)
    let colour = ImageShape(channels: 3, height: 7, width: 6)
    func conv(_ c: Convolution) -> Layer { .convolution(c) }
    let stem = Node("stem", conv(Convolution(outputChannels: 4, kernel: 3, padding: 1)))
    return [
      network("linear", grey, []),
      network(
        "normalise", colour,
        [
          Node("normalise", .normalise(mean: [0.4, 0.5, 0.6], standardDeviation: [0.2, 0.3, 0.25]))
        ]),
      network("conv2d", colour, [Node("conv", conv(Convolution(outputChannels: 5, kernel: 3, padding: 1)))]),
      network(
        "conv2d, stride, no bias", colour,
        [
          Node(
            "conv",
            conv(Convolution(outputChannels: 4, kernel: Extent(height: 3, width: 2), stride: 2, bias: false)))
        ]),
      network(
        "conv2d, dilation", colour,
        [
          Node("conv", conv(Convolution(outputChannels: 4, kernel: 3, padding: 2, dilation: 2)))
        ]),
      network(
        "conv2d, groups", colour,
        [
          stem, Node("conv", conv(Convolution(outputChannels: 6, kernel: 3, padding: 1, groups: 2))),
        ]),
      network(
        "conv2d, depthwise", colour,
        [
          stem, Node("conv", conv(Convolution(outputChannels: 4, kernel: 3, padding: 1, groups: 4))),
        ]),
      network("maxPool", colour, [stem, Node("pool", .maxPool(Pooling(kernel: 2, stride: 2)))]),
      network(
        "maxPool, overlapping, padded", colour,
        [
          stem, Node("pool", .maxPool(Pooling(kernel: 3, stride: 2, padding: 1))),
        ]),
      network("averagePool", colour, [stem, Node("pool", .averagePool(Pooling(kernel: 2, stride: 2)))]),
      network(
        "averagePool, padded", colour,
        [
          stem, Node("pool", .averagePool(Pooling(kernel: 3, stride: 2, padding: 1))),
        ]),
      network("globalAveragePool", colour, [stem, Node("pool", .globalAveragePool)]),
      network("relu, fused", colour, [stem, Node("relu", .relu)]),
      network(
        "relu on the pixels", grey,
        [
          Node("normalise", .normalise(mean: [0.5], standardDeviation: [0.3])), Node("relu", .relu),
        ]),
      network(
        "sigmoid, fused", grey,
        [
          Node("flatten", .flatten), Node("fc", .linear(outputs: 7, bias: true)), Node("sigmoid", .sigmoid),
        ]),
      network(
        "tanh after pooling", colour,
        [
          stem, Node("pool", .averagePool(Pooling(kernel: 2, stride: 2))), Node("tanh", .tanh),
        ]),
      network(
        "batchNorm", colour,
        [stem, Node("norm", .batchNorm(epsilon: 1e-3, momentum: 0.1)), Node("relu", .relu)]),
      network("batchNorm of the pixels", colour, [Node("norm", .batchNorm(epsilon: 1e-3, momentum: 0.1))]),
      network(
        "batchNorm of a vector", colour,
        [
          stem, Node("flatten", .flatten), Node("norm", .batchNorm(epsilon: 1e-3, momentum: 0.1)),
        ]),
      network(
        "relu read twice, add", colour,
        [
          stem, Node("relu", .relu),
          Node("conv", conv(Convolution(outputChannels: 4, kernel: 3, padding: 1))),
          Node("add", .add, inputs: ["conv", "relu"]), Node("relu2", .relu),
        ]),
      network("add of one node to itself", colour, [stem, Node("add", .add, inputs: ["stem", "stem"])]),
      network(
        "the pixels read twice", grey,
        [
          Node("conv", conv(Convolution(outputChannels: 1, kernel: 3, padding: 1))),
          Node("add", .add, inputs: ["conv", "input"]),
        ]),
      network(
        "add of two vectors, one pooled", colour,
        [
          stem, Node("pool", .globalAveragePool), Node("flatten", .flatten, inputs: ["stem"]),
          Node("fc", .linear(outputs: 4, bias: false)), Node("add", .add, inputs: ["pool", "fc"]),
          Node("tanh", .tanh),
        ]),
      network(
        "topK of signed values", grey,
        [
          Node("flatten", .flatten), Node("fc", .linear(outputs: 20, bias: true)),
          Node("topK", .topK(count: 6)),
        ]),
      network(
        "relu, topK, tanh", colour,
        [
          stem, Node("flatten", .flatten), Node("fc", .linear(outputs: 24, bias: true)), Node("relu", .relu),
          Node("topK", .topK(count: 5)), Node("tanh", .tanh),
        ]),
      network(
        "topK of pooled maps, read twice", colour,
        [
          stem, Node("pool", .globalAveragePool), Node("topK", .topK(count: 2)),
          Node("add", .add, inputs: ["topK", "pool"]), Node("relu", .relu),
        ]),
      network(
        "maxout of a vector", grey,
        [
          Node("flatten", .flatten), Node("fc", .linear(outputs: 21, bias: true)),
          Node("maxout", .maxout(pieces: 3)), Node("fc2", .linear(outputs: 10, bias: true)),
          Node("maxout2", .maxout(pieces: 5)),
        ]),
      network(
        "maxout of maps", colour,
        [
          stem, Node("maxout", .maxout(pieces: 2)),
          Node("pool", .maxPool(Pooling(kernel: 2, stride: 2))),
        ]),
      network("maxout of the pixels", colour, [Node("maxout", .maxout(pieces: 3))]),
      network("maxout of one piece", grey, [Node("maxout", .maxout(pieces: 1)), Node("relu", .relu)]),
      network("rbf on the pixels", grey, [Node("flatten", .flatten), Node("logits", .rbf(outputs: 3))]),
      network(
        "rbf on features, read by a linear layer", colour,
        [
          stem, Node("relu", .relu), Node("pool", .globalAveragePool), Node("rbf", .rbf(outputs: 5)),
          Node("tanh", .tanh),
        ]),
      network("dropout of nothing", grey, [Node("dropout", .dropout(rate: 0)), Node("relu", .relu)]),
      Case(architecture: .named(.lenet, input: ImageShape(channels: 1, height: 8, width: 8), classCount: 4)),
      Case(
        architecture: .named(.resnet8, input: ImageShape(channels: 3, height: 8, width: 8), classCount: 4)),
      Case(architecture: .named(.allcnn, input: ImageShape(channels: 3, height: 8, width: 8), classCount: 4)),
    ]
  }()

  /// Weights and images on which no ReLU or maximum sits closer to its kink than the step of the differences.
  private func setting(_ architecture: Architecture, batch: Int) throws -> (Network, Tensor, [Int]) {
    let graph = try Graph(architecture)
    var generator = SeededGenerator(seed: 11)
    let start = Network(initializing: graph, seed: 5)
    let parameters = zip(graph.parameters, start.parameters).map { parameter, tensor in
      let noise = generator.normals(parameter.count)
      return Tensor(
        shape: parameter.shape,
        elements: zip(tensor.elements, noise).map { value, noise in
          switch parameter.role {
          case .weight: value
          case .runningVariance, .scale: value + 0.3 * abs(noise)
          case .bias, .shift, .runningMean, .centre, .logPrecision: value + 0.2 * noise
          }
        })
    }
    let shape = architecture.input
    let images = Tensor(
      shape: [batch, shape.channels, shape.height, shape.width],
      elements: (0..<batch * shape.pixelCount).map { _ in Float(generator.uniform()) })
    return (
      try Network(graph: graph, parameters: parameters), images, (0..<batch).map { $0 % graph.classCount }
    )
  }

  private func doubles(_ images: Tensor) -> [[Double]] {
    (0..<images.count).map { images[row: $0].map(Double.init) }
  }

  /// (f(x + h) − f(x − h)) / 2h; nil where the two one-sided slopes disagree: a kink lies within the step.
  private func slope(_ function: (Double) -> Double, at value: Double) -> Double? {
    let step = 1e-5
    let (below, middle, above) = (function(value - step), function(value), function(value + step))
    let (left, right) = ((middle - below) / step, (above - middle) / step)
    guard abs(left - right) <= 1e-3 * max(1, abs(left) + abs(right)) else { return nil }
    return (above - below) / (2 * step)
  }

  @Test("Logits agree with a forward pass in Double, in training and in inference", arguments: cases)
  func forward(_ item: Case) throws {
    let (network, images, labels) = try setting(item.architecture, batch: 5)
    let reference = DoubleReference(network)
    let training = try TrainingPass.run(network, images: images, labels: labels)
    let inference = try Engine(running: network, workerCount: 2, microBatch: 4).logits(of: images)
    for (mode, logits) in [(DoubleReference.Mode.training, training.logits), (.inference, inference)] {
      let expected = reference.logits(doubles(images), mode).flatMap(\.self)
      #expect(logits.elements.count == expected.count)
      for (found, expected) in zip(logits.elements, expected) {
        // Float sums of a few hundred terms of order one: 1e-4 leaves two digits of room.
        #expect(abs(Double(found) - expected) < 1e-4 * max(1, abs(expected)))
      }
    }
    #expect(abs(training.loss - reference.loss(doubles(images), labels, .training)) < 1e-5)
  }

  @Test("Gradients of parameters agree with central differences in Double", arguments: cases)
  func parameterGradients(_ item: Case) throws {
    let (network, images, labels) = try setting(item.architecture, batch: 5)
    var reference = DoubleReference(network)
    let pass = try TrainingPass.run(network, images: images, labels: labels)
    let pixels = doubles(images)
    var generator = SeededGenerator(seed: 3)
    var compared = 0
    for parameter in network.graph.parameters where parameter.isTrained {
      let gradient = try #require(pass.gradients[parameter.name])
      #expect(gradient.shape == parameter.shape)
      for index in generator.permutation(parameter.count).prefix(6) {
        let value = reference.parameters[parameter.name]![index]
        let expected = slope(
          { moved in
            reference.parameters[parameter.name]![index] = moved
            return reference.loss(pixels, labels, .training)
          }, at: value)
        reference.parameters[parameter.name]![index] = value
        guard let expected else { continue }
        compared += 1
        #expect(
          abs(Double(gradient.elements[index]) - expected) < 2e-4 * max(1, abs(expected)),
          "\(parameter.name)[\(index)]: \(gradient.elements[index]), differences give \(expected)")
      }
    }
    #expect(compared >= 2 * network.graph.parameters.filter(\.isTrained).count)
  }

  @Test("Gradients of images agree with central differences in Double", arguments: cases)
  func imageGradients(_ item: Case) throws {
    let (network, images, labels) = try setting(item.architecture, batch: 3)
    let reference = DoubleReference(network)
    let engine = try Engine(running: network, workerCount: 2, microBatch: 2)
    let (_, gradients) = try engine.logitsAndImageGradients(of: images) { row, logits, gradient in
      var largest = logits[0]
      for index in logits.indices { largest = max(largest, logits[index]) }
      var total: Float = 0
      for index in logits.indices { total += exp(logits[index] - largest) }
      for index in logits.indices { gradient[index] = exp(logits[index] - largest) / total }
      gradient[labels[row]] -= 1
    }
    #expect(gradients.shape == images.shape)
    var generator = SeededGenerator(seed: 4)
    var compared = 0
    for image in 0..<images.count {
      var pixels = doubles(images)[image]
      for index in generator.permutation(pixels.count).prefix(8) {
        let value = pixels[index]
        let expected = slope(
          { moved in
            pixels[index] = moved
            return reference.loss([pixels], [labels[image]], .inference)
          }, at: value)
        pixels[index] = value
        guard let expected else { continue }
        compared += 1
        let found = Double(gradients[row: image][gradients[row: image].startIndex + index])
        #expect(abs(found - expected) < 2e-4 * max(1, abs(expected)), "image \(image), pixel \(index)")
      }
    }
    #expect(compared >= 8)
  }
}
