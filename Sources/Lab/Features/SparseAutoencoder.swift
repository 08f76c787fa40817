import Directions
import Foundation
import Networks
import Tensors

/// A sparse autoencoder: an overcomplete basis learned from a layer's features, of which each image uses few
/// directions.
///
///     z = TopK(ReLU(W_enc (x − b) + b_enc)),   x̂ = W_dec z + b,   minimise ‖x̂ − x‖²,   ‖W_dec,i‖ = 1
///
/// Gao et al. (2024), "Scaling and evaluating sparse autoencoders", section 2.3; the ReLU stands in the authors' code
/// and keeps latents positive, so that a direction has one meaning and not two. <https://arxiv.org/abs/2406.04093>
///
/// Departures: b enters the encoder as −W_enc b inside b_enc, which leaves the functions the same and lets the two
/// move apart in training; the gradient along a column is not taken out before the step, only its effect on the
/// length after it; there is no auxiliary loss for dead latents, they are counted and left out.
///
/// It is an ordinary network of the project's engine. Features are centred and scaled by one number as it reads
/// them, so that their mean squared length is their dimension and the loss is the share of variance not explained.
public struct SparseAutoencoder: Sendable {
  public struct Configuration: Codable, Equatable, Sendable {
    /// Directions to learn.
    public var latentCount: Int
    /// k: how many of them may be used for one image.
    public var activeCount: Int
    public var epochCount: Int
    public var batchSize: Int
    public var learningRate: Float
    /// Of initial directions and of the order of the features.
    public var seed: UInt64

    public init(
      latentCount: Int = 512, activeCount: Int = 16, epochCount: Int = 20, batchSize: Int = 512,
      learningRate: Float = 2e-3, seed: UInt64 = 1
    ) {
      precondition(
        (1...max(latentCount, 1)).contains(activeCount) && latentCount > 0,
        "between 1 and \(latentCount) latents may be active, got \(activeCount)")
      precondition(
        epochCount >= 0 && batchSize > 0 && learningRate > 0,
        "epochs must not be negative, batch size and learning rate must be positive")
      self.latentCount = latentCount
      self.activeCount = activeCount
      self.epochCount = epochCount
      self.batchSize = batchSize
      self.learningRate = learningRate
      self.seed = seed
    }
  }

  /// How well features are given back.
  public struct Quality: Codable, Equatable, Sendable {
    public var exampleCount: Int
    /// 1 − Σ ‖x̂ − x‖² / Σ ‖x − x̄‖², x̄ the mean of these very examples; nil where they are all the same. Negative
    /// where the mean alone would do better.
    public var explainedVariance: Double?
    /// Mean of ⟨x̂, x⟩ / (‖x̂‖ ‖x‖) over examples where both have a length; nil where none has.
    public var meanCosine: Double?
    /// Mean number of latents above 0 for an example, k at most; nil of no examples.
    public var meanActiveCount: Double?
    /// Examples for which each latent is above 0.
    public var useCounts: [Int]

    /// Latents that none of the examples uses.
    public var deadLatents: [Int] { useCounts.indices.filter { useCounts[$0] == 0 } }
  }

  public let configuration: Configuration
  /// Reads features as images of `dimension` channels and one pixel.
  public let network: Network
  /// Share of variance not explained, mean over each epoch as it went on.
  public let losses: [Double]
  /// On the features that it was fitted to.
  public let training: Quality

  public var dimension: Int { network.classCount }

  fileprivate enum Node {
    static let codes = "topK"
    static let decoder = "decoder"
    static let encoder = "encoder"
  }

  // MARK: Fitting

  /// Fits one to features.
  ///
  /// The same features and configuration give the same bytes for any number of workers.
  ///
  /// - Parameters:
  ///   - features: `[count, dimension]` of any sign, finite, at least two columns: training images, where directions
  ///     are to be judged on held-out ones.
  ///   - progress: Called several times a second from a worker; what it throws stops the fit.
  /// - Throws: ``SparseAutoencoderError/constantFeatures`` and what training throws.
  public static func fit(
    _ features: Tensor, _ configuration: Configuration,
    workerCount: Int = Workers.defaultCount,
    progress: @escaping @Sendable (ReconstructionTrainer.Progress) throws -> Void = { _ in }
  ) throws -> SparseAutoencoder {
    precondition(
      features.shape.count == 2 && features.count > 0 && features.rowLength > 1,
      "features have the shape [count, dimension], got \(features.shape)")
    let start = try Network(initializing: try graph(for: features, configuration), drawing: configuration)
    let trainer = ReconstructionTrainer(
      TrainingConfiguration(
        epochCount: configuration.epochCount, batchSize: configuration.batchSize, microBatch: 64,
        optimizer: .adam(weightDecay: 0),
        learningRate: LearningRate(initial: configuration.learningRate, schedule: .cosine, warmupEpochs: 0.5),
        seed: configuration.seed),
      inputs: inputs(features), unitColumnsNode: Node.decoder, workerCount: workerCount)
    let (network, losses) = try trainer.train(start, progress: progress)
    return SparseAutoencoder(
      configuration: configuration, network: network, losses: losses,
      training: try quality(of: network, on: features, workerCount: workerCount))
  }

  private static func graph(for features: Tensor, _ configuration: Configuration) throws -> Graph {
    let dimension = features.rowLength
    let (mean, variance) = moments(of: features)
    guard variance > 0 else { throw SparseAutoencoderError.constantFeatures }
    let scale = Float((variance / Double(dimension)).squareRoot())
    return try Graph(
      Architecture(
        name: "sparse-autoencoder", input: ImageShape(channels: dimension, height: 1, width: 1),
        nodes: [
          .init(
            "normalise",
            .normalise(
              mean: mean.map(Float.init), standardDeviation: Array(repeating: scale, count: dimension))),
          .init("flatten", .flatten),
          .init(Node.encoder, .linear(outputs: configuration.latentCount, bias: true)),
          .init("relu", .relu),
          .init(Node.codes, .topK(count: configuration.activeCount)),
          .init(Node.decoder, .linear(outputs: dimension, bias: true)),
        ]))
  }

  /// The mean of each column, and the mean of ‖x − x̄‖².
  private static func moments(of features: Tensor) -> (mean: [Double], variance: Double) {
    let dimension = features.rowLength
    var mean = [Double](repeating: 0, count: dimension)
    var variance = 0.0
    features.elements.withUnsafeBufferPointer { elements in
      for row in 0..<features.count {
        for column in 0..<dimension { mean[column] += Double(elements[row * dimension + column]) }
      }
      for column in 0..<dimension { mean[column] /= Double(features.count) }
      for row in 0..<features.count {
        for column in 0..<dimension {
          let difference = Double(elements[row * dimension + column]) - mean[column]
          variance += difference * difference
        }
      }
    }
    return (mean, variance / Double(features.count))
  }

  private static func inputs(_ features: Tensor) -> Tensor {
    features.reshaped([features.count, features.rowLength, 1, 1])
  }

  // MARK: Results

  /// Decoder columns of the latents that training features use, `[live latents, dimension]`, of length 1; `s017` is
  /// latent 17.
  public var directions: DirectionSet {
    let decoder = network[parameter: "\(Node.decoder).weight"]!  // [dimension, latents], by graph(for:_:)
    let latentCount = configuration.latentCount
    let live = (0..<latentCount).filter { training.useCounts[$0] > 0 }
    let width = String(latentCount - 1).count
    return DirectionSet(
      kind: .sparseAutoencoder,
      ids: live.map {
        let digits = String($0)
        return "s" + String(repeating: "0", count: width - digits.count) + digits
      },
      matrix: Tensor(
        shape: [live.count, dimension],
        elements: live.flatMap { latent in
          (0..<dimension).map { decoder.elements[$0 * latentCount + latent] }
        }))
  }

  /// z of each row of features, `[count, latentCount]`, at most `activeCount` of a row above 0 and none below.
  ///
  /// Their scale is that of the normalised features: those divided by √(mean ‖x − x̄‖² / dimension) of the fit.
  public func codes(of features: Tensor, workerCount: Int = Workers.defaultCount) throws -> Tensor {
    let node = network.graph.position(of: Node.codes)!  // by graph(for:_:)
    return try Engine(running: network, workerCount: workerCount)
      .features(of: Self.inputs(features), layer: node)
  }

  /// x̂ of each row of features, in their units.
  public func reconstruction(of features: Tensor, workerCount: Int = Workers.defaultCount) throws -> Tensor {
    try Self.reconstruction(
      of: features, engine: Engine(running: network, workerCount: workerCount))
  }

  private static func reconstruction(of features: Tensor, engine: Engine) throws -> Tensor {
    var result = try engine.logits(of: inputs(features)).reshaped(features.shape)
    let (mean, scale) = engine.network.graph.normalisation!  // by graph(for:_:)
    let dimension = features.rowLength
    for row in 0..<features.count {
      for column in 0..<dimension {
        let index = row * dimension + column
        result.elements[index] = mean[column] + scale[column] * result.elements[index]
      }
    }
    return result
  }

  /// How well features, for instance held-out ones, are given back.
  public func quality(on features: Tensor, workerCount: Int = Workers.defaultCount) throws -> Quality {
    try Self.quality(of: network, on: features, workerCount: workerCount)
  }

  /// Some thousand examples at a time: codes of all would be several times the features.
  private static func quality(
    of network: Network, on features: Tensor, workerCount: Int
  ) throws -> Quality {
    let engine = try Engine(running: network, workerCount: workerCount)
    let codeNode = network.graph.position(of: Node.codes)!  // by graph(for:_:)
    let latentCount = network.graph.nodes[codeNode].shape[0]
    let dimension = features.rowLength
    var useCounts = [Int](repeating: 0, count: latentCount)
    var squaredError = 0.0
    var (cosineSum, cosineCount) = (0.0, 0)
    for rows in Workers.pieces(of: features.count, length: 4096) {
      let part = Tensor(
        shape: [rows.count, dimension],
        elements: Array(features.elements[rows.lowerBound * dimension..<rows.upperBound * dimension]))
      let codes = try engine.features(of: inputs(part), layer: codeNode)
      codes.elements.withUnsafeBufferPointer { codes in
        for row in 0..<rows.count {
          for latent in 0..<latentCount where codes[row * latentCount + latent] > 0 { useCounts[latent] += 1 }
        }
      }
      let given = try reconstruction(of: part, engine: engine)
      for row in 0..<rows.count {
        var (product, givenSquares, squares) = (0.0, 0.0, 0.0)
        for index in row * dimension..<(row + 1) * dimension {
          let (y, x) = (Double(given.elements[index]), Double(part.elements[index]))
          squaredError += (y - x) * (y - x)
          product += y * x
          givenSquares += y * y
          squares += x * x
        }
        guard givenSquares > 0, squares > 0 else { continue }
        cosineSum += product / (givenSquares * squares).squareRoot()
        cosineCount += 1
      }
    }
    let variance = features.count == 0 ? 0 : moments(of: features).variance
    return Quality(
      exampleCount: features.count,
      explainedVariance: variance > 0 ? 1 - squaredError / (variance * Double(features.count)) : nil,
      meanCosine: cosineCount > 0 ? cosineSum / Double(cosineCount) : nil,
      meanActiveCount: features.count > 0
        ? Double(useCounts.reduce(0, +)) / Double(features.count) : nil,
      useCounts: useCounts)
  }
}

extension Network {
  /// Decoder columns uniform on the unit sphere, the encoder its transpose, biases zero: so each latent answers to
  /// its own direction from the start, and few die. Gao et al. (2024), appendix A.
  fileprivate init(initializing graph: Graph, drawing configuration: SparseAutoencoder.Configuration) throws {
    let dimension = graph.architecture.input.pixelCount
    let latentCount = configuration.latentCount
    var encoder = Tensor(shape: [latentCount, dimension])
    var decoder = Tensor(shape: [dimension, latentCount])
    for latent in 0..<latentCount {
      var generator = SeededGenerator(
        seed: configuration.seed, purpose: "sparse autoencoder", index: latent)
      let draws = generator.normals(dimension)
      let length = Norm.l2(draws)
      for column in 0..<dimension {
        let value = Float(Double(draws[column]) / length)
        encoder.elements[latent * dimension + column] = value
        decoder.elements[column * latentCount + latent] = value
      }
    }
    let tensors = graph.parameters.map { parameter in
      switch parameter.name {
      case "\(SparseAutoencoder.Node.encoder).weight": encoder
      case "\(SparseAutoencoder.Node.decoder).weight": decoder
      default: Tensor(shape: parameter.shape)
      }
    }
    try self.init(graph: graph, parameters: tensors)
  }
}

/// Why no sparse autoencoder can be fitted.
public enum SparseAutoencoderError: Error, Equatable, CustomStringConvertible {
  case constantFeatures

  public var description: String {
    "all examples have the same features: there is nothing for a sparse autoencoder to learn"
  }
}
