import Networks
import Tensors

/// A targeted attack run for every class that an image does not belong to: which of the pairs (image, class) can be
/// reached, and at what distance.
///
/// Szegedy et al. (2013), section 4.1, seek a perturbation towards any class l. Images misclassified when clean form no
/// pairs, nor does an image with its own class.
public struct EveryTarget: Sendable {
  /// A pair of an image and a target class.
  public typealias Pair = AttackedImage

  /// In order of image, then of target.
  public let pairs: [Pair]
  /// Number of images misclassified when clean.
  public let alreadyWrongCount: Int

  /// - Parameters:
  ///   - observe: Called with the evaluation of each class, including all returned images, before the next class
  ///     begins. Keep or write the images here, as they are not retained.
  /// - Throws: What `classifier`, ``Evaluation`` and `observe` throw.
  public init(
    of attack: some Attack, on batch: AttackBatch, norm: Norm, epsilon: Float = .infinity,
    bounds: ClosedRange<Float> = 0...1, classifier: some DifferentiableClassifier,
    observe: (_ target: Int, Evaluation) throws -> Void = { _, _ in }
  ) throws {
    var byImage: [[Pair]] = Array(repeating: [], count: batch.count)
    var alreadyWrongCount = 0
    for target in 0..<classifier.classCount {
      let evaluation = try Evaluation(
        of: attack, on: batch,
        under: ThreatModel(
          norm: norm, epsilon: epsilon, bounds: bounds,
          goal: .targeted(Array(repeating: target, count: batch.count))),
        classifier: classifier)
      for (row, image) in evaluation.images.enumerated() where !image.verdict.isSkipped {
        byImage[row].append(image)
      }
      if target == 0 { alreadyWrongCount = evaluation.images.count { $0.verdict == .alreadyWrong } }
      try observe(target, evaluation)
    }
    pairs = byImage.flatMap { $0 }
    self.alreadyWrongCount = alreadyWrongCount
  }

  /// Proportion of pairs that were reached.
  public var reached: Proportion { Proportion(pairs.count { $0.verdict == .succeeded }, of: pairs.count) }

  /// The same for one target class.
  public func reached(target: Int) -> Proportion {
    let aimed = pairs.filter { $0.target == target }
    return Proportion(aimed.count { $0.verdict == .succeeded }, of: aimed.count)
  }

  /// Distortions of the pairs that were reached.
  public var distortions: [Distortion] { pairs.filter { $0.verdict == .succeeded }.map(\.distortion) }

  /// For each image the reached class that is nearest in L2, the lowest in a tie; images for which no class was reached
  /// are omitted.
  public var nearestOfEachImage: [Pair] {
    var nearest: [Int: Pair] = [:]
    var order: [Int] = []
    for pair in pairs where pair.verdict == .succeeded {
      guard let known = nearest[pair.imageID] else {
        order.append(pair.imageID)
        nearest[pair.imageID] = pair
        continue
      }
      if pair.distortion.l2 < known.distortion.l2 { nearest[pair.imageID] = pair }
    }
    return order.compactMap { nearest[$0] }
  }
}
