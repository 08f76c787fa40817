import Datasets
import Networks

/// What a network is shown in training, all else being the same.
public enum ShiftRecipe: String, CaseIterable, Codable, Sendable {
  /// The images as they are.
  case plain
  /// Shifted by up to a tenth of the longer side and turned by up to 15°.
  case moved
  /// With Gaussian noise, not clipped.
  case noise
  /// Several domains without any noise: each image is turned, blurred, faded, given a background, or left as it is. Says
  /// whether it is the noise in `domains` that helps.
  case scenes
  /// Several domains: each image is turned, blurred, faded, given a background, given noise, or left as it is.
  case domains

  /// Of the corruptions that are measured, those that its training images had.
  public var seen: [Corruption.Kind] {
    switch self {
    case .plain: []
    case .moved: [.rotation, .translation]
    case .noise: [.gaussianNoise]
    case .scenes: [.rotation, .blur, .contrast, .background]
    case .domains: [.rotation, .blur, .contrast, .background, .gaussianNoise]
    }
  }

  /// Corruptions that no recipe's training images had.
  public static var unseen: [Corruption.Kind] {
    let seen = Set(allCases.flatMap(\.seen))
    return Corruption.Kind.allCases.filter { !seen.contains($0) }
  }

  /// For captions.
  package func words(noise: Float) -> String {
    switch self {
    case .plain: "plain: the images as they are"
    case .moved: "moved: shifted by up to a tenth of the side, turned by up to 15°"
    case .noise: "noise: Gaussian noise of \(noise), not clipped"
    case .scenes, .domains:
      "\(rawValue): one of \(seen.map(\.words).joined(separator: ", ")), or none, at any severity"
    }
  }

  /// The training with what the recipe shows in the place of what is usual: shifts and flips that suit an architecture
  /// would be another recipe.
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
