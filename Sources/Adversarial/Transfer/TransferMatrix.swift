import Networks
import Tensors

/// Effect of adversarial examples for one classifier on others.
///
/// One cell for each source, each perturbation size, the perturbation itself and noise of the same size, and each
/// target. Read no cell alone: the smallest perturbations hardly transfer and large ones always do, so the distortion
/// is given with the errors, and so is the effect of noise of the same L2 length on the same images.
///
/// Szegedy et al. (2013), tables 2 and 4, report raw errors, which include the target's own clean error.
/// <https://arxiv.org/abs/1312.6199>
public struct TransferMatrix: Equatable, Codable, Sendable {
  /// Perturbation size of a row.
  public enum Size: Equatable, Codable, Sendable {
    /// Unscaled, as found by the attack.
    case asFound
    /// x + d (x′ − x) / rms(x′ − x), clipped to the box: the same root mean square d for every image, except for
    /// clipping. The paper divides by ‖x′ − x‖₂, which is inconsistent with its own numbers.
    case rootMeanSquare(Double)
  }

  /// Direction of the perturbation.
  public enum Direction: Equatable, Codable, Sendable {
    case attack
    /// Noise with the same L2 length as the attack's perturbation of the same image at the same size.
    case noise(NoisePerturbation.Kind)
  }

  public struct Row: Equatable, Codable, Sendable {
    public let source: String
    public let size: Size
    public let direction: Direction
    /// Images that were changed, of all images: a failed attack may leave an image unchanged.
    public let moved: Proportion
    /// Mean RMS perturbation, after clipping, over the changed images; `nil` when there is none.
    public let meanDistortion: Double?
    /// Their median L2 length.
    public let medianL2: Double?
    /// One cell per target, in the order of ``TransferMatrix/targets``.
    public let cells: [TransferCell]
  }

  public let targets: [String]
  public let rows: [Row]

  /// - Parameters:
  ///   - sources: Classifiers with attacks run on all of `batch`.
  ///   - batch: Clean images with distinct numbers.
  ///   - targets: Any classifiers; a source among them gives the diagonal.
  ///   - sizes: At least one.
  ///   - noise: Kinds of noise, one row each for every source and size.
  ///   - seed: Seeds the noise.
  /// - Throws: What the classifiers throw.
  public init(
    of sources: [TransferSource], on batch: AttackBatch,
    to targets: [(name: String, classifier: any Classifier)], sizes: [Size] = [.asFound],
    noise: [NoisePerturbation.Kind] = [.gaussian], seed: UInt64 = 0
  ) throws {
    precondition(Set(batch.imageIDs).count == batch.count, "images need different numbers")
    let clean = try targets.map { try TransferCell.labels(of: batch.images, by: $0.classifier) }
    var rows: [Row] = []
    for source in sources {
      precondition(
        source.evaluation.images.map(\.imageID) == batch.imageIDs,
        "the attack of \(source.name) was run on other images")
      let bounds = source.evaluation.threatModel.bounds
      for size in sizes {
        let attacked = Self.images(of: source, on: batch, size: size)
        let lengths = (0..<batch.count).map {
          Distortion(from: batch.images[row: $0], to: attacked[row: $0]).l2
        }
        for direction in [.attack] + noise.map(Direction.noise) {
          let images: Tensor
          switch direction {
          case .attack: images = attacked
          case .noise(let kind):
            images = NoisePerturbation(
              kind: kind, distance: .ofImages(Dictionary(uniqueKeysWithValues: zip(batch.imageIDs, lengths))),
              seed: seed
            ).images(for: batch, under: ThreatModel(norm: .l2, epsilon: .infinity, bounds: bounds))
          }
          let distortions = (0..<batch.count)
            .map { Distortion(from: batch.images[row: $0], to: images[row: $0]) }.filter { $0.l0 > 0 }
          let sourceLabels = try TransferCell.labels(of: images, by: source.classifier)
          let cells = try targets.indices.map { target in
            TransferCell(
              labels: batch.labels, aims: source.evaluation.images.map(\.target),
              source: (source.evaluation.images.map(\.before.label), sourceLabels),
              target: (
                clean[target], try TransferCell.labels(of: images, by: targets[target].classifier)
              ))
          }
          rows.append(
            Row(
              source: source.name, size: size, direction: direction,
              moved: Proportion(distortions.count, of: batch.count),
              meanDistortion: distortions.isEmpty
                ? nil : distortions.reduce(0) { $0 + $1.rootMeanSquare } / Double(distortions.count),
              medianL2: Statistics.median(distortions.map(\.l2)), cells: cells))
        }
      }
    }
    self.targets = targets.map(\.name)
    self.rows = rows
  }

  private static func images(of source: TransferSource, on batch: AttackBatch, size: Size) -> Tensor {
    let attempted = source.evaluation.attemptedImages
    guard case .rootMeanSquare(let wanted) = size else { return attempted }
    precondition(wanted >= 0 && wanted.isFinite, "a distortion must be non-negative, got \(wanted)")
    let bounds = source.evaluation.threatModel.bounds
    var images = attempted
    for row in 0..<batch.count {
      let found = Distortion(from: batch.images[row: row], to: attempted[row: row]).rootMeanSquare
      guard found > 0 else { continue }
      images[row: row] = ArraySlice(
        zip(batch.images[row: row], attempted[row: row]).map { before, after in
          let moved = Float(Double(before) + wanted * (Double(after) - Double(before)) / found)
          return min(max(moved, bounds.lowerBound), bounds.upperBound)
        })
    }
    return images
  }
}

/// A classifier, and the result of an attack on it.
public struct TransferSource: Sendable {
  public let name: String
  public let classifier: any Classifier
  /// Its attempts are used, successful or not: clean if an image was skipped.
  public let evaluation: Evaluation

  public init(name: String, classifier: any Classifier, evaluation: Evaluation) {
    self.name = name
    self.classifier = classifier
    self.evaluation = evaluation
  }
}

extension TransferMatrix: Checked {
  public func check() throws(CheckFailure) {
    for row in rows { try requireCount(row.cells.count, targets.count, "rows") }
  }
}
