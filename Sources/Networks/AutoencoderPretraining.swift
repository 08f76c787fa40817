import Datasets
import OneDNN
import Tensors

/// Limits how many units of a hidden layer are active.
///
///     weight · Σ_j KL(target ‖ ρ_j),   KL(p ‖ q) = p log p/q + (1 − p) log (1 − p)/(1 − q)
///
/// ρ_j is the mean of unit j over the micro-batch, clamped to 10⁻⁴ … 1 − 10⁻⁴: a mean over the batch would require the
/// workers to synchronise within the pass. Units must be those of a sigmoid. After Lee, Ekanadham, Ng (2008), "Sparse
/// deep belief net model for visual area V2", in the form of Ng's lecture notes on sparse autoencoders.
public struct Sparsity: Codable, Equatable, Sendable {
  /// ρ, the target mean of every unit.
  public var target: Float
  public var weight: Float

  public init(target: Float, weight: Float) {
    precondition(target > 0 && target < 1 && weight >= 0, "target \(target) and weight \(weight)")
    self.target = target
    self.weight = weight
  }

  /// ∂KL/∂ρ_j
  func slope(at mean: Float) -> Float {
    let held = min(max(mean, 1e-4), 1 - 1e-4)
    return (1 - target) / (1 - held) - target / held
  }
}

/// Trains a layer of sigmoid units as the encoder of a sparse autoencoder, before the rest of a network is trained.
///
///     minimise  mean of ‖σ(W′ σ(W x + b) + b′) − x‖² / d  +  sparsity  +  penalties of W and W′
///
/// The first stage of AE400-10 of Szegedy et al. (2013), who state only that its filters were very good; kind of
/// sparsity, decoder and numbers are choices made here. <https://arxiv.org/abs/1312.6199>
public struct AutoencoderPretraining: Codable, Equatable, Sendable {
  /// A linear layer that reads the flattened pixels and is followed by a sigmoid.
  public var layer: String
  public var epochCount: Int
  /// Peak learning rate of Adam; cosine decay to 0.
  public var learningRate: Float
  public var sparsity: Sparsity
  /// λ / k · Σ w² of encoder and decoder; see ``Penalties``.
  public var layerDecay: [Float]

  public init(
    layer: String, epochCount: Int = 30, learningRate: Float = 2e-3,
    sparsity: Sparsity = Sparsity(target: 0.05, weight: 1e-3), layerDecay: [Float] = []
  ) {
    precondition(epochCount >= 0 && learningRate > 0, "\(epochCount) epochs at rate \(learningRate)")
    self.layer = layer
    self.epochCount = epochCount
    self.learningRate = learningRate
    self.sparsity = sparsity
    self.layerDecay = layerDecay
  }

  /// The network with its layer trained, and the mean reconstruction error of each epoch.
  ///
  /// - Parameters:
  ///   - configuration: Configuration of the whole training; supplies batch size, micro-batch and seed.
  /// - Throws: ``NetworkError/unknownLayer(_:known:)`` where the layer cannot be an encoder.
  public func train(
    _ network: Network, on images: LabelledImages, _ configuration: TrainingConfiguration, workerCount: Int,
    progress: @escaping @Sendable (ReconstructionTrainer.Progress) throws -> Void = { _ in }
  ) throws -> (network: Network, losses: [Double]) {
    let autoencoder = try autoencoder(of: network, seed: configuration.seed)
    let trainer = ReconstructionTrainer(
      TrainingConfiguration(
        epochCount: epochCount, batchSize: configuration.batchSize, microBatch: configuration.microBatch,
        optimizer: .adam(weightDecay: 0),
        learningRate: LearningRate(initial: learningRate, schedule: .cosine, warmupEpochs: 0.5),
        seed: configuration.seed,
        penalties: layerDecay.isEmpty ? nil : Penalties(layerDecay: layerDecay)),
      inputs: images.tensor(of: 0..<images.count), sparsity: (node: Self.codes, sparsity),
      workerCount: workerCount)
    let (trained, losses) = try trainer.train(autoencoder, progress: progress)
    var parameters = network.parameters
    for suffix in ["weight", "bias"] {
      guard let index = network.graph.parameters.firstIndex(where: { $0.name == "\(layer).\(suffix)" }),
        let values = trained[parameter: "\(layer).\(suffix)"]
      else { continue }
      parameters[index] = values
    }
    return (try Network(graph: network.graph, parameters: parameters), losses)
  }

  private static let codes = "codes"

  private func autoencoder(of network: Network, seed: UInt64) throws -> Network {
    let graph = network.graph
    let encoders = graph.nodes.indices.filter { position in
      guard case .linear = graph.nodes[position].layer else { return false }
      let readers = graph.readers(of: position)
      return readers.count == 1 && graph.nodes[readers[0]].layer == .sigmoid
        && graph.nodes[..<position].allSatisfy { $0.layer == .flatten }
    }
    guard let encoder = encoders.first(where: { graph.nodes[$0].name == layer }) else {
      throw NetworkError.unknownLayer(layer, known: encoders.map { graph.nodes[$0].name })
    }
    let shape = network.inputShape
    let whole = try Graph(
      Architecture(
        name: "autoencoder", input: shape,
        nodes: [
          .init("pixels", .flatten), .init(layer, graph.nodes[encoder].layer), .init(Self.codes, .sigmoid),
          .init("reconstruction logits", .linear(outputs: shape.pixelCount, bias: true)),
          .init("reconstruction", .sigmoid),
        ]))
    let drawn = Network(initializing: whole, seed: seed)
    return try Network(
      graph: whole,
      parameters: zip(whole.parameters, drawn.parameters).map { network[parameter: $0.name] ?? $1 })
  }
}

extension PlanBuilder {
  /// Adds the gradient of the sparsity penalty to a node's gradient.
  ///
  /// Registered after the node's own lowering, so in the backward pass it comes before that.
  func lowerSparsity(_ position: Int, _ sparsity: Sparsity) throws {
    let node = graph.nodes[position]
    precondition(node.layer == .sigmoid && node.shape.count == 1, "\(node.name) is no vector of sigmoids")
    let (images, units) = (microBatch, node.shape[0])
    let layout = try MemoryDescription.plain([images, units])
    let value = value(of: position)
    let activations = try converted(value.memory, to: layout)
    let slopes = try allocate(.plain([units]))
    onGradient { [self] in
      try contribute(to: value, in: layout) { target in
        emit("sparsity, gradient") { run, _ in
          let (activations, slopes, target) = (activations.floats, slopes.floats, target.floats)
          for unit in 0..<units { slopes[unit] = 0 }
          for image in 0..<images {
            for unit in 0..<units { slopes[unit] += activations[image * units + unit] }
          }
          // The gradient of the batch mean: all its images have equal weight.
          let scale = sparsity.weight * run.exampleShare
          for unit in 0..<units { slopes[unit] = scale * sparsity.slope(at: slopes[unit] / Float(images)) }
          for image in 0..<images {
            for unit in 0..<units { target[image * units + unit] = slopes[unit] }
          }
        }
      }
    }
  }
}
