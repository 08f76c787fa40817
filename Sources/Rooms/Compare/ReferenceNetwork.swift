import Datasets
import Lab
import Networks
import TrainRoom

/// The encoder that gives the second opinion: it must not have chosen the images that it judges.
public enum ReferenceNetwork: Codable, Equatable, Sendable {
  /// A network of another architecture, trained on the same data with a seed of its own: `lenet` for networks
  /// without convolutions, `mlp` for those with.
  case trained
  case given(ModelSource)
  /// No second opinion.
  case none

  /// The recipe of a trained reference.
  ///
  /// - Parameters:
  ///   - architectures: Of the networks that are compared.
  ///   - images: That it has to fit.
  static func recipe(
    besides architectures: [Architecture], on images: LabelledImages, data: DataSource, seed: UInt64
  ) -> TrainExperiment.Configuration {
    let hasConvolutions = architectures.contains { architecture in
      architecture.nodes.contains { if case .convolution = $0.layer { true } else { false } }
    }
    let wanted: Architecture.Named = hasConvolutions ? .mlp : .lenet
    let fits =
      (try? Graph(.named(wanted, input: images.shape, classCount: images.classNames.count))) != nil
    // Images too small for lenet's pooling: another seed of a multilayer perceptron is then the best to be had.
    let architecture = fits ? wanted : .mlp
    return TrainExperiment.Configuration(
      data: data, architecture: .named(architecture.rawValue),
      training: architecture.recommendedTraining(seed: seed &+ Self.seedDistance))
  }

  /// Far from the seeds of the networks, of which there are at most a thousand.
  private static let seedDistance: UInt64 = 1_000_000
}
