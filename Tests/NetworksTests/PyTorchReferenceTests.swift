import Foundation
import OneDNN
import Storage
import Synchronization
import TestSupport
import Tensors
import Testing

@testable import Networks

/// Against what PyTorch computed: Tests/Reference holds the files and the script that made them.
@Suite struct PyTorchReferenceTests {
  struct Reference {
    let network: Network
    let file: SafetensorsFile
    let images: Tensor
    let labels: [Int]

    init(_ name: String) throws {
      let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Reference/\(name).safetensors")
      file = try SafetensorsFile(contentsOf: url)
      let json = try #require(file.metadata["architecture"])
      let graph = try Graph(JSONFile.decode(Architecture.self, from: Data(json.utf8), file: url))
      let prefix = "parameter/"
      let own = file.tensors.filter { $0.name.hasPrefix(prefix) }
        .map { (name: String($0.name.dropFirst(prefix.count)), tensor: $0.tensor) }
      network = try WeightMatching.match(SafetensorsFile(tensors: own), to: graph, file: url).network
      images = try #require(file["images"])
      labels = try #require(file["labels"]).elements.map { Int($0) }
    }

    func expect(_ found: Tensor, is name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
      let expected = try #require(file[name], "no tensor \(name)")
      #expect(found.shape == expected.shape, "\(name)", sourceLocation: sourceLocation)
      let distance = zip(found.elements, expected.elements).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 0
      // Both sides are float32 with sums in different orders.
      #expect(distance < 1e-4, "\(name) is off by \(distance)", sourceLocation: sourceLocation)
    }
  }

  static let names = ["mlp", "convnet", "residual"]

  @Test("Logits, loss and image gradients in inference are PyTorch's", arguments: names, [1, 2])
  func inference(_ name: String, workerCount: Int) throws {
    let reference = try Reference(name)
    let engine = try Engine(running: reference.network, workerCount: workerCount, microBatch: 4)
    let labels = reference.labels
    let losses = Mutex([Double](repeating: 0, count: labels.count))
    let (logits, gradients) = try engine.logitsAndImageGradients(of: reference.images) {
      row, logits, gradient in
      let loss = CrossEntropy.writeGradient(logits: logits, label: labels[row], to: &gradient)
      losses.withLock { $0[row] = loss }
    }
    try reference.expect(logits, is: "evaluation/logits")
    try reference.expect(engine.logits(of: reference.images), is: "evaluation/logits")
    try reference.expect(gradients, is: "evaluation/imageGradient")
    let loss = try #require(reference.file["evaluation/loss"]).elements[0]
    let mean = losses.withLock { $0.reduce(0, +) } / Double(labels.count)
    #expect(abs(mean - Double(loss)) < 1e-5)
  }

  @Test("Every layer's features, pooled as they leave the plan, are PyTorch's", arguments: names)
  func features(_ name: String) throws {
    let reference = try Reference(name)
    let graph = reference.network.graph
    let engine = try Engine(running: reference.network, workerCount: 2, microBatch: 4)
    var comparedCount = 0
    for (position, node) in graph.nodes.enumerated() {
      for pooling in [MapPooling.mean, .max, .centre] {
        let found = try engine.features(of: reference.images, layer: position, pooling: pooling)
        if node.shape.count == 1 {
          try reference.expect(found, is: "evaluation/features/\(node.name)")
        } else if node.layer.kind != "normalise" {
          try reference.expect(found, is: "evaluation/features/\(node.name)/\(pooling)")
        } else {
          continue
        }
        comparedCount += 1
      }
    }
    #expect(comparedCount >= 3 * (graph.nodes.count - 1))
  }

  @Test("Logits, loss, all gradients and running statistics in training are PyTorch's", arguments: names)
  func training(_ name: String) throws {
    let reference = try Reference(name)
    let pass = try TrainingPass.run(reference.network, images: reference.images, labels: reference.labels)
    try reference.expect(pass.logits, is: "training/logits")
    let loss = try #require(reference.file["training/loss"]).elements[0]
    #expect(abs(pass.loss - Double(loss)) < 1e-5)
    for (name, gradient) in pass.gradients { try reference.expect(gradient, is: "training/gradient/\(name)") }
    for (name, statistic) in pass.statistics { try reference.expect(statistic, is: "training/after/\(name)") }
  }

  static let optimizers: [(name: String, optimizer: Optimizer, rate: Float)] = [
    ("sgd", .sgd(momentum: 0.9, weightDecay: 5e-4), 0.1),
    ("adam", .adam(weightDecay: 0), 1e-3),
    ("adamw", .adamW(weightDecay: 0.01), 1e-3),
  ]

  @Test("Three steps of SGD, Adam and AdamW end where PyTorch's end", arguments: names, 0..<3)
  func optimizer(_ name: String, _ number: Int) throws {
    let reference = try Reference(name)
    let (optimizerName, optimizer, rate) = Self.optimizers[number]
    var network = reference.network
    var moments = (0..<optimizer.momentCount).map { _ in
      network.graph.parameters.map { [Float](repeating: 0, count: $0.count) }
    }
    for step in 1...3 {
      let pass = try TrainingPass.run(network, images: reference.images, labels: reference.labels)
      var tensors = network.parameters
      for (index, parameter) in network.graph.parameters.enumerated() {
        guard parameter.isTrained, var gradient = pass.gradients[parameter.name]?.elements else {
          tensors[index] = try #require(pass.statistics[parameter.name])
          continue
        }
        gradient.withUnsafeMutableBufferPointer { gradient in
          tensors[index].elements.withUnsafeMutableBufferPointer { values in
            var buffers = moments.map { $0[index] }
            let pointers = buffers.indices.map { moment in
              buffers[moment].withUnsafeMutableBufferPointer { $0.baseAddress! }
            }
            pointers.withUnsafeBufferPointer { pointers in
              [gradient.baseAddress].withUnsafeBufferPointer { gradients in
                optimizer.update(
                  values.baseAddress!, gradients: gradients, moments: pointers, range: 0..<parameter.count,
                  learningRate: rate, step: step)
              }
            }
            for moment in moments.indices { moments[moment][index] = buffers[moment] }
          }
        }
      }
      network = try Network(graph: network.graph, parameters: tensors)
    }
    for (parameter, tensor) in zip(network.graph.parameters, network.parameters) where parameter.isTrained {
      try reference.expect(tensor, is: "optimizer/\(optimizerName)/\(parameter.name)")
    }
  }
}
