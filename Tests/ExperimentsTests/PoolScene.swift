import Adversarial
import Datasets
import Foundation
import Networks
import Storage
import Tensors

@testable import Experiments

/// Pools on the images of an ``AttackScene``.
struct PoolScene {
  let scene: AttackScene

  init() throws { scene = try AttackScene() }

  func configuration(
    _ methods: [AttackKind], norm: Norm = .l2, epsilon: Float? = nil, goal: AttackGoal = .untargeted,
    hasSurrogate: Bool = false, imageCount: Int? = nil
  ) -> PoolExperiment.Configuration {
    PoolExperiment.Configuration(
      model: .model(path: "model.safetensors"), data: DataSource(name: "prototypes"), methods: methods,
      norm: norm, epsilon: epsilon, surrogate: hasSurrogate ? .model(path: "other.safetensors") : nil,
      goal: goal, imageCount: imageCount)
  }

  @discardableResult
  func run(
    _ configuration: PoolExperiment.Configuration, model: Model? = nil, surrogate: Model? = nil, in url: URL,
    workerCount: Int = 2, startsFresh: Bool = false, progress: @escaping ProgressHandler = { _ in }
  ) throws -> PoolResults {
    try PoolExperiment(configuration, workerCount: workerCount, startsFresh: startsFresh).run(
      model ?? scene.model, surrogate: surrogate, on: scene.dataset, in: RunFolder(url), progress: progress)
  }

  /// The same answers as the scene's network for every image, and a gradient of zero nearly everywhere: each pair of
  /// classes is compared by a step as steep as a wall, and the class that wins most comparisons has the largest logit.
  func maskedModel() throws -> Model {
    let parameters = scene.model.network.parameters
    let (weights, biases) = (parameters[0], parameters[1].elements)
    let steepness: Float = 1e4
    let pairs = [(0, 1), (0, 2), (1, 2)]
    var (hidden, hiddenBiases, votes) = ([Float](), [Float](), [Float](repeating: 0, count: 3 * 6))
    var ballot = [Float](repeating: 0, count: 3)
    for (index, (first, second)) in pairs.enumerated() {
      // relu(a + ½) − relu(a − ½) is 0 below −½ and 1 above ½.
      let row = zip(weights[row: first], weights[row: second]).map { steepness * ($0 - $1) }
      for shift: Float in [0.5, -0.5] {
        hidden += row
        hiddenBiases.append(steepness * (biases[first] - biases[second]) + shift)
      }
      for (class_, sign) in [(first, 1 as Float), (second, -1)] {
        votes[class_ * 6 + 2 * index] = sign
        votes[class_ * 6 + 2 * index + 1] = -sign
      }
      ballot[second] += 1
    }
    let graph = try Graph(
      Architecture(
        name: "masked", input: scene.dataset.heldOut.shape,
        nodes: [
          .init("flatten", .flatten), .init("compare", .linear(outputs: 6, bias: true)),
          .init("step", .relu), .init("votes", .linear(outputs: 3, bias: true)),
        ]))
    let length = scene.dataset.heldOut.shape.pixelCount
    return Model(
      network: try Network(
        graph: graph,
        parameters: [
          Tensor(shape: [6, length], elements: hidden), Tensor(shape: [6], elements: hiddenBiases),
          Tensor(shape: [3, 6], elements: votes), Tensor(shape: [3], elements: ballot),
        ]), classNames: scene.model.classNames)
  }

  /// A network that resembles the scene's: its images transfer, but do not fool as many.
  func similarModel() throws -> Model {
    var generator = SeededGenerator(seed: 3, purpose: "similar model")
    let parameters = scene.model.network.parameters
    let weights = parameters[0].elements.map { $0 + 0.1 * Float(generator.uniform() - 0.5) }
    return try AttackScene.linearModel(
      scene.dataset.heldOut.shape, weights: weights, biases: parameters[1].elements, scene.model.classNames)
  }

  /// Rows of a table by column.
  static func rows(_ name: String, in url: URL) throws -> [[String: String]] {
    let lines = try String(contentsOf: url.appending(path: name), encoding: .utf8).split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
  }

  /// All files, without what tells how long something took.
  static func files(in url: URL) throws -> [String: Data] {
    try filesBelow(url).filter { $0.key != "run.json" }.reduce(into: [:]) { files, file in
      guard file.key.hasPrefix("parts/"), file.key.hasSuffix(".json") else {
        files[file.key] = file.value
        return
      }
      var part = try JSONFile.decode(PoolPart.self, from: file.value, file: url)
      part.seconds = 0
      files[file.key] = try JSONFile.encoded(part, file: url)
    }
  }
}
