import Foundation
import OneDNN
import Synchronization
import Tensors

@testable import Networks

/// One forward and backward pass in training mode over a whole batch, as the trainer runs it.
struct TrainingPass: Sendable {
  let logits: Tensor
  /// Mean cross-entropy.
  let loss: Double
  /// Of the mean cross-entropy, by parameter name.
  let gradients: [String: Tensor]
  /// Running statistics after the pass, by parameter name.
  let statistics: [String: Tensor]

  static func run(_ network: Network, images: Tensor, labels: [Int]) throws -> TrainingPass {
    let result = Mutex<TrainingPass?>(nil)
    try WorkerPool(workerCount: 1).run { _ in
      let store = try ParameterStore(of: network, on: Device())
      let gradient = try Buffer(count: store.trained.count, on: store.device)
      let plan = try Plan(
        PlanBuilder(
          network.graph, purpose: .training, microBatch: images.count, store: store,
          parameterGradients: gradient))
      let source = TensorImages(images)
      let normalisation = Normalisation(network.graph)
      for row in 0..<images.count {
        source.writePixels(ofImage: row, to: plan.input + row * images.rowLength)
        normalisation.apply(to: plan.input + row * images.rowLength)
      }
      // Twice: a second pass over the same buffers must not see anything of the first.
      var loss = 0.0
      for _ in 0..<2 {
        try plan.forward()
        loss = 0
        for row in 0..<images.count {
          let start = row * network.classCount
          let logits = UnsafeBufferPointer(start: plan.output + start, count: network.classCount)
          var gradient = MutableSpan(
            _unsafeElements: UnsafeMutableBufferPointer(
              start: plan.outputGradient! + start, count: network.classCount))
          loss += CrossEntropy.writeGradient(
            logits: Span(_unsafeElements: logits), label: labels[row], scale: 1 / Double(images.count),
            to: &gradient)
        }
        try plan.backward()
      }
      let logits = Tensor(
        shape: [images.count, network.classCount],
        elements: Array(UnsafeBufferPointer(start: plan.output, count: images.count * network.classCount)))
      var gradients: [String: Tensor] = [:]
      var statistics: [String: Tensor] = [:]
      for summary in plan.batchStatistics { store.absorb(summary) }
      for (index, parameter) in network.graph.parameters.enumerated() {
        if parameter.isTrained {
          gradients[parameter.name] = try store.tensor(
            of: store.gradient(of: index, in: gradient), parameter: index)
        } else {
          statistics[parameter.name] = try store.tensor(of: store.home(of: index), parameter: index)
        }
      }
      let pass = TrainingPass(
        logits: logits, loss: loss / Double(images.count), gradients: gradients, statistics: statistics)
      result.withLock { $0 = pass }
    }
    return result.withLock { $0! }
  }
}
