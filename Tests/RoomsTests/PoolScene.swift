import Adversarial
import Datasets
import Foundation
import Networks
import Storage
import Tensors

@testable import Lab
@testable import PoolRoom

/// Pools on the images of an ``AttackScene``.
struct PoolScene {
  let scene: AttackScene

  /// - Parameter spread: How far apart the prototypes are; near to each other, noise fools some as well.
  init(spread: Double = 0.4) throws { scene = try AttackScene(spread: spread) }

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
    var (differences, offsets) = ([Float](), [Float]())
    var votes = [Float](repeating: 0, count: 3 * 3)
    var ballot = [Float](repeating: 0, count: 3)
    for (index, (first, second)) in [(0, 1), (0, 2), (1, 2)].enumerated() {
      // relu(1 − relu(½ − a)) is 0 below −½ and 1 above ½, and its gradient is exactly 0 in both.
      differences += zip(weights[row: first], weights[row: second]).map { steepness * ($1 - $0) }
      offsets.append(0.5 - steepness * (biases[first] - biases[second]))
      votes[first * 3 + index] = 1
      votes[second * 3 + index] = -1
      ballot[second] += 1
    }
    let shape = scene.dataset.heldOut.shape
    let graph = try Graph(
      Architecture(
        name: "masked", input: shape,
        nodes: [
          .init("flatten", .flatten), .init("compare", .linear(outputs: 3, bias: true)),
          .init("lower", .relu),
          .init("turn", .linear(outputs: 3, bias: true)), .init("upper", .relu),
          .init("votes", .linear(outputs: 3, bias: true)),
        ]))
    let turn: [Float] = [-1, 0, 0, 0, -1, 0, 0, 0, -1]
    return Model(
      network: try Network(
        graph: graph,
        parameters: [
          Tensor(shape: [3, shape.pixelCount], elements: differences), Tensor(shape: [3], elements: offsets),
          Tensor(shape: [3, 3], elements: turn), Tensor(repeating: 1, shape: [3]),
          Tensor(shape: [3, 3], elements: votes), Tensor(shape: [3], elements: ballot),
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
    try filesBelow(url).reduce(into: [:]) { files, file in
      files[file.key] =
        file.key.hasSuffix(".json") ? try RepeatedRun.comparable(file.value, file: url) : file.value
    }
  }
}
