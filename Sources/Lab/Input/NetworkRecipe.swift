import Datasets
import Foundation
import Networks

/// One network of a set, as a user writes it: `lenet`, `lenet:seed=2`, `fc100-100-10:half=1`.
///
///     ARCHITECTURE[:KEY=VALUE]…
///
/// | key | value |
/// | --- | --- |
/// | `seed` | of the initial weights and of everything random in training |
/// | `half` | 1 or 2: the disjoint half of the training images that it sees |
/// | `optimizer` | `sgd`, `adam`, `adamw`, `lbfgs` |
/// | `lr` | learning rate at its highest |
/// | `epochs` | of training |
/// | `batch` | images per step |
/// | `decay` | weight decay |
///
/// What is not given is what suits the architecture. Where the optimizer is another than that, its learning rate would
/// not do: 0.05 is then taken for `sgd`, 0.002 for `adam` and `adamw`.
public struct NetworkRecipe: Codable, Equatable, Sendable {
  /// As it was written.
  public let text: String
  public let architecture: ArchitectureChoice
  public let training: TrainingConfiguration
  /// 1 or 2; nil: all training images.
  public let half: Int?

  /// - Parameter seed: Of a network that names none.
  /// - Throws: ``RecipeError``.
  public init(_ text: String, seed: UInt64) throws {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    do {
      architecture = try ArchitectureChoice(parts[0])
    } catch let error as UnknownArchitecture {
      throw RecipeError(recipe: text, problem: error.description)
    }
    var values: [Key: String] = [:]
    for part in parts.dropFirst() {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard pair.count == 2, let key = Key(rawValue: pair[0]) else {
        let known = Key.allCases.map(\.rawValue).joined(separator: ", ")
        throw RecipeError(
          recipe: text, problem: "\"\(part)\" is no KEY=VALUE with one of the keys \(known)")
      }
      guard values.updateValue(pair[1], forKey: key) == nil else {
        throw RecipeError(recipe: text, problem: "\(key.rawValue) is given twice")
      }
    }
    func value<Value>(_ key: Key, _ expected: String, _ read: (String) -> Value?) throws -> Value? {
      guard let given = values[key] else { return nil }
      guard let value = read(given) else {
        throw RecipeError(recipe: text, problem: "\(key.rawValue) is \(expected), got \"\(given)\"")
      }
      return value
    }
    func whole(_ key: Key, _ range: ClosedRange<Int>) throws -> Int? {
      try value(key, "a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
        Int(text).flatMap { range.contains($0) ? $0 : nil }
      }
    }
    func number(_ key: Key, _ expected: String, _ isRight: (Float) -> Bool) throws -> Float? {
      try value(key, expected) { text in Float(text).flatMap { $0.isFinite && isRight($0) ? $0 : nil } }
    }

    let seed = try value(.seed, "a whole number from 0") { UInt64($0) } ?? seed
    var training = architecture.recommendedTraining(seed: seed)
    if let epochs = try whole(.epochs, 0...100_000) { training.epochCount = epochs }
    if let batch = try whole(.batch, 1...16_384) {
      training.batchSize = batch
      training.microBatch = min(training.microBatch, batch)
    }
    let rate = try number(.lr, "a positive number") { $0 > 0 }
    let usual = OptimizerName(training.optimizer)
    let name = try value(.optimizer, "sgd, adam, adamw or lbfgs") { OptimizerName(rawValue: $0) } ?? usual
    let decay = try number(.decay, "a number not below 0") { $0 >= 0 }
    guard decay == nil || name != .lbfgs else {
      throw RecipeError(recipe: text, problem: "lbfgs knows no decay")
    }
    training.optimizer = name.optimizer(changing: training.optimizer, weightDecay: decay)
    if let rate = rate ?? (name == usual ? nil : name.usualRate) { training.learningRate.initial = rate }
    half = try whole(.half, 1...2)
    self.training = training
    self.text = text
  }

  private enum Key: String, CaseIterable { case seed, half, optimizer, lr, epochs, batch, decay }

  private enum OptimizerName: String {
    case sgd, adam, adamw, lbfgs

    init(_ optimizer: Optimizer) {
      switch optimizer {
      case .sgd: self = .sgd
      case .adam: self = .adam
      case .adamW: self = .adamw
      case .lbfgs: self = .lbfgs
      }
    }

    var usualRate: Float { self == .sgd ? 0.05 : 0.002 }

    func optimizer(changing usual: Optimizer, weightDecay: Float?) -> Optimizer {
      let (usualMomentum, usualDecay): (Float, Float) =
        switch usual {
        case .sgd(let momentum, let decay): (momentum, decay)
        case .adam(let decay), .adamW(let decay): (0.9, decay)
        case .lbfgs: (0.9, 0)
        }
      let decay = weightDecay ?? usualDecay
      return switch self {
      case .sgd: .sgd(momentum: usualMomentum, weightDecay: decay)
      case .adam: .adam(weightDecay: decay)
      case .adamw: .adamW(weightDecay: decay)
      case .lbfgs: .lbfgs()
      }
    }
  }

  /// Name of its folder, in which `:` would be a nuisance to shells and other systems.
  package var folderName: String {
    // By scalar: a slash is one to a file system whatever stands beside it.
    let name = text.unicodeScalars.split(separator: "/").last ?? text.unicodeScalars[...]
    return String(String.UnicodeScalarView(name.map { $0 == ":" ? "-" : $0 }))
  }

  /// Whether the other text would train this very network.
  func isSameNetwork(as other: NetworkRecipe) -> Bool {
    architecture == other.architecture && training == other.training && half == other.half
  }

  /// The recipes, as a list.
  ///
  /// - Throws: ``RecipeError`` for one that cannot be read, and for two that are one network.
  public static func list(_ texts: [String], seed: UInt64) throws -> [NetworkRecipe] {
    var recipes: [NetworkRecipe] = []
    for text in texts {
      let recipe = try NetworkRecipe(text, seed: seed)
      if let other = recipes.first(where: { $0.isSameNetwork(as: recipe) }) {
        throw RecipeError(
          recipe: text,
          problem: "is the same network as \"\(other.text)\"; give them different settings or seeds")
      }
      if let other = recipes.first(where: { $0.folderName == recipe.folderName }) {
        throw RecipeError(recipe: text, problem: "would have the same folder as \"\(other.text)\"")
      }
      recipes.append(recipe)
    }
    return recipes
  }

  /// Linear, multilayer with two seeds, two halves of the training images, convolutional.
  ///
  /// The halves have seeds of their own: with one seed they would share their initial weights, and transfer between
  /// them would be that of near copies.
  public static func standard(seed: UInt64) -> [NetworkRecipe] {
    let other = seed &+ 1
    let texts = [
      "softmax", "mlp", "mlp:seed=\(other)", "fc100-100-10:half=1", "fc100-100-10:half=2:seed=\(other)",
      "lenet",
    ]
    do {
      return try list(texts, seed: seed)
    } catch {
      preconditionFailure("the standard networks are wrong: \(error)")
    }
  }

  /// The data it is trained on: all, or its half of the training images with the same held-out images.
  ///
  /// - Parameter seed: Of the experiment, not of the network: both halves must come from one split.
  package func data(of dataset: Dataset, seed: UInt64) -> Dataset {
    half.map { dataset.trainingHalf($0, seed: seed) } ?? dataset
  }
}

/// A network of a set that cannot be had.
public struct RecipeError: Error, Equatable, CustomStringConvertible {
  public let recipe: String
  public let problem: String

  package init(recipe: String, problem: String) {
    self.recipe = recipe
    self.problem = problem
  }

  public var description: String { "network \"\(recipe)\": \(problem)" }
}
