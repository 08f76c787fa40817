import Datasets
import Networks

/// A training recipe: the changes to the training images, everything else being the same.
public enum ShiftRecipe: String, CaseIterable, Codable, Sendable {
  /// Unchanged images.
  case plain
  /// Images translated by up to a tenth of the longer side and rotated by up to 15°.
  case moved
  /// Images with Gaussian noise, not clipped.
  case noise
  /// Several domains without noise: each image is rotated, blurred, reduced in contrast, given a background, or unchanged.
  /// Shows whether the effect of `domains` is due to its noise.
  case scenes
  /// Several domains: each image is rotated, blurred, reduced in contrast, given a background or noise, or unchanged.
  case domains

  /// The evaluated corruptions that its training images have.
  package var seen: [Corruption.Kind] {
    switch self {
    case .plain: []
    case .moved: [.rotation, .translation]
    case .noise: [.gaussianNoise]
    case .scenes: [.rotation, .blur, .contrast, .background]
    case .domains: [.rotation, .blur, .contrast, .background, .gaussianNoise]
    }
  }

  /// The evaluated corruptions that no recipe's training images have.
  package static var unseen: [Corruption.Kind] {
    let seen = Set(allCases.flatMap(\.seen))
    return Corruption.Kind.allCases.filter { !seen.contains($0) }
  }

  /// For captions.
  package func words(noise: Float) -> String {
    switch self {
    case .plain: "plain: unchanged images"
    case .moved: "moved: translated by up to a tenth of the longer side, rotated by up to 15°"
    case .noise: "noise: Gaussian noise with standard deviation \(noise), not clipped"
    case .scenes, .domains:
      "\(rawValue): one of \(seen.map(\.words).joined(separator: ", ")), or none, at any severity"
    }
  }

  /// The training with the recipe's augmentation in place of the architecture's own, which would be another recipe.
  package func training(_ usual: TrainingConfiguration, side: Int, noise: Float) -> TrainingConfiguration {
    var training = usual
    training.augmentation = Augmentation()
    switch self {
    case .plain: break
    case .moved:
      training.augmentation.cropPadding = Int((0.1 * Double(side)).rounded())
      training.augmentation.rotation = 15
    case .noise: training.augmentation.noise = noise
    case .scenes, .domains: training.augmentation.corruptions = seen
    }
    return training
  }
}
