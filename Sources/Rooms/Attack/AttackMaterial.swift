import Adversarial
import Attacks
import Datasets
import Figures
import Lab
import Networks
import Tensors

/// What an attack is run on, found good: the network, the images drawn, and what the attacker owns.
public struct AttackMaterial: Sendable {
  package let model: Model
  package let dataset: Dataset
  /// Numbers of the images to attack, in the held-out part.
  package let numbers: [Int]
  let startingImages: StartingImages?

  /// - Throws: ``NoStartingImages``, and what the model says of other images.
  init(
    _ given: GivenModels, _ configuration: AttackExperiment.Configuration, isTargeted: Bool,
    _ progress: ProgressHandler
  ) throws {
    model = given.models[0]
    dataset = given.dataset
    try model.check(fits: dataset.heldOut)
    numbers = try dataset.heldOut.numbers(
      drawing: configuration.imageCount, seed: configuration.seed, progress)
    startingImages = try StartingImages.drawn(
      from: dataset.training, for: [configuration.method.card], isTargeted: isTargeted,
      seed: configuration.seed, progress)
  }

  var images: LabelledImages { dataset.heldOut }

  func batch(_ rows: [Int]) -> AttackBatch {
    AttackBatch(
      images: images.tensor(of: rows), labels: rows.map { images.labels[$0] }, imageIDs: rows)
  }
}

// MARK: Words

extension AttackExperiment.Configuration {
  /// `Fast gradient sign method, ℓ∞ ≤ 0.1`
  var attackTitle: String { "\(method.settings.title(norm)), \(budget)" }

  /// `ℓ∞ ≤ 0.1`, `at most 3 pixels`, `smallest ℓ2 perturbation`
  var budget: String {
    guard let epsilon else { return "smallest \(norm.symbol) perturbation" }
    let text = Numbers.epsilon(epsilon)
    return norm == .l0
      ? "at most \(text) \(epsilon == 1 ? "pixel" : "pixels")" : "\(norm.symbol) ≤ \(text)"
  }

  func equation(isTargeted: Bool) -> String {
    method.settings.equation(AttackNotation(norm, isTargeted: isTargeted))
  }
}

/// What stands at the foot of an attack's pictures.
struct AttackProvenance {
  let configuration: AttackExperiment.Configuration
  let data: DataRecord
  let modelName: String
  let modelChecksum: String
  let imageCount: Int

  var sentence: String {
    let images =
      imageCount == data.heldOutCount
      ? "all \(data.heldOutCount) held-out images"
      : "\(imageCount) of \(data.heldOutCount) held-out images, a random sample"
    return "\(data.name), \(images), checksum \(data.checksum.prefix(8)) · "
      + "model \(modelName), checksum \(modelChecksum.prefix(8)) · "
      + "seed \(configuration.seed) · Intrigue \(RunEnvironment.toolVersion)"
  }

  var pairs: [FigureCaption.Pair] {
    [
      ("Data", data.name), ("Data checksum", data.checksum), ("Model", modelName),
      ("Model checksum", modelChecksum), ("Attack", configuration.method.card.name),
      ("Norm", configuration.norm.rawValue),
      ("Epsilon", configuration.epsilon?.description ?? "none, the smallest perturbation"),
      ("Seed", configuration.seed.description), ("Software", "Intrigue \(RunEnvironment.toolVersion)"),
    ].map { FigureCaption.Pair(key: $0.0, value: $0.1) }
  }
}
