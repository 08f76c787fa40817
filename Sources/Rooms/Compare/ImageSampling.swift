import Directions
import Inference
import Tensors

/// How far a network's difference between neurons and random directions hangs on which images it was shown: the
/// difference in random halves of them (``HalfSampling``).
///
/// The random directions are independent ones, as many as neurons: rotations anew for every half would take as long
/// as the whole test.
struct ImageSampling {
  let neurons: [[Int]]
  let random: [[Int]]
  let labels: ClassLabels
  let topCount: Int

  /// Images for each direction that a ranking must hold, so that a half has its top set among them but for chances
  /// below 10⁻³⁰.
  static func rankedCount(topCount: Int, imageCount: Int) -> Int { min(imageCount, max(200, 16 * topCount)) }

  /// - Parameters:
  ///   - neurons: And `random`: rankings of ``rankedCount(topCount:imageCount:)`` images.
  /// - Returns: nil where a top set is more than half of a half: there every set is as the images are, whatever the
  ///   direction. nil, too, where all halves say the same.
  func estimate(seed: UInt64, workerCount: Int) -> HalfSampleEstimate? {
    let imageCount = labels.values.count
    guard Self.suffices(imageCount, topCount: topCount) else { return nil }
    let sampling = HalfSampling(imageCount: imageCount, seed: seed)
    let estimate = sampling.estimate(workerCount: workerCount) { images in
      var places = [Int](repeating: -1, count: imageCount)
      for (place, image) in images.enumerated() { places[image] = place }
      let part = ClassLabels(images.map { labels.values[$0] }, classCount: labels.classCount)
      func mean(_ rankings: [[Int]]) -> Double {
        rankings.reduce(0) { sum, ranking in
          var top: [Int] = []
          for image in ranking where places[image] >= 0 {
            top.append(places[image])
            if top.count == topCount { break }
          }
          return sum + (LabelAgreement(of: top, in: part).kappa ?? 0)
        } / Double(rankings.count)
      }
      return mean(neurons) - mean(random)
    }
    return estimate.replicates.allSatisfy { $0 == estimate.replicates[0] } ? nil : estimate
  }

  private static func suffices(_ imageCount: Int, topCount: Int) -> Bool { imageCount / 2 >= 2 * topCount }
}
