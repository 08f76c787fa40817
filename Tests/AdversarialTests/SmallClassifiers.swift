import Networks
import Tensors
import TestSupport

@testable import Adversarial

extension Engine {
  /// A network of random weights: images of two pixels, two layers of ReLUs, so that all of [0, 1]² can be searched.
  static func plane(seed: UInt64, classCount: Int = 3, workerCount: Int = 1) throws -> Engine {
    let architecture = Architecture(
      name: "plane", input: ImageShape(channels: 1, height: 1, width: 2),
      nodes: [
        .init("flatten", .flatten), .init("fc1", .linear(outputs: 12, bias: true)), .init("relu1", .relu),
        .init("fc2", .linear(outputs: 12, bias: true)), .init("relu2", .relu),
        .init("fc3", .linear(outputs: classCount, bias: true)),
      ])
    let graph = try Graph(architecture)
    var generator = SeededGenerator(seed: seed, purpose: "plane")
    let parameters = graph.parameters.map { parameter in
      let scale: Float = parameter.name == "fc1.bias" ? 2 : parameter.role == .bias ? 0.3 : 1.5
      return Tensor(
        shape: parameter.shape, elements: generator.normals(parameter.count).map { scale * $0 })
    }
    return try Engine(
      running: Network(graph: graph, parameters: parameters), workerCount: workerCount)
  }

  /// A small convolutional network of random weights on images of 6 × 6.
  static func convolutional(seed: UInt64, classCount: Int = 5, workerCount: Int = 1) throws -> Engine {
    let architecture = Architecture(
      name: "small", input: ImageShape(channels: 1, height: 6, width: 6),
      nodes: [
        .init("normalise", .normalise(mean: [0.5], standardDeviation: [0.25])),
        .init("conv", .convolution(Convolution(outputChannels: 4, kernel: 3, padding: 1))),
        .init("relu", .relu), .init("pool", .maxPool(Pooling(kernel: 2, stride: 2))),
        .init("flatten", .flatten), .init("fc", .linear(outputs: classCount, bias: true)),
      ])
    return try Engine(
      running: Network(initializing: try Graph(architecture), seed: seed), workerCount: workerCount)
  }
}

/// z₀ = 0, z₁ = radius² − ‖x − centre‖₂²: class 1 in one ball and nowhere else.
struct PlantedBall: DifferentiableClassifier {
  let inputShape: ImageShape
  let centre: [Float]
  let radius: Double
  var classCount: Int { 2 }

  func logits(of images: Tensor) throws -> Tensor {
    Tensor(
      shape: [images.count, 2],
      elements: (0..<images.count).flatMap { row in
        let squares = zip(images[row: row], centre)
          .reduce(0.0) { $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1)) }
        return [0, Float(radius * radius - squares)]
      })
  }

  func logitsAndImageGradients(
    of images: Tensor,
    logitGradient: @Sendable (_ row: Int, _ logits: Span<Float>, _ gradient: inout MutableSpan<Float>) -> Void
  ) throws -> (logits: Tensor, imageGradients: Tensor) {
    let logits = try logits(of: images)
    var gradients = Tensor(shape: images.shape)
    for row in 0..<images.count {
      let values = Array(logits[row: row])
      var upstream: [Float] = [0, 0]
      var span = upstream.mutableSpan
      logitGradient(row, values.span, &span)
      gradients[row: row] = ArraySlice(
        zip(images[row: row], centre).map { -2 * ($0 - $1) * upstream[1] })
    }
    return (logits, gradients)
  }
}
