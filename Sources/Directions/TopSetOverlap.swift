import Foundation

/// Degree to which the directions of a basis show the same images.
///
///     meanJaccard = mean over pairs of |T_i ∩ T_j| / |T_i ∪ T_j|        uniqueShare = |∪ T_i| / (D k)
///     maxHits     = number of top sets with the most frequent image      (hubness: Radovanović et al. 2010)
///
/// meanJaccard lies in [0, 1]; uniqueShare in [1 / D, 1]; maxHits in 1…D. The chance level is that of D independent
/// random sets, and it is not 0 when D k approaches the number of images N:
///
///     E[Jaccard] = Σ_j P(j) j / (2k − j),  j hypergeometric      E[uniqueShare] = N (1 − (1 − k/N)^D) / (D k)
///
/// A basis whose directions all find the same images, such as one of non-negative weights, looks coherent for that
/// reason alone: ``isDegenerate`` flags it.
public struct TopSetOverlap: Equatable, Codable, Sendable {
  /// D.
  public let directionCount: Int
  /// k.
  public let topCount: Int
  /// `nil` for fewer than two directions.
  public let meanJaccard: Double?
  public let chanceJaccard: Double
  public let uniqueShare: Double
  public let chanceUniqueShare: Double
  public let maxHits: Int
  /// The image of ``maxHits``, the first in a tie.
  public let mostFrequentImage: Int
  /// Whether meanJaccard is more than 0.1 above chance, or uniqueShare below 0.3 of chance.
  public let isDegenerate: Bool

  /// - Parameters:
  ///   - topSets: At least one, all of the same size and not empty, each image at most once in each.
  ///   - imageCount: N.
  public init(of topSets: [[Int]], imageCount: Int) {
    let size = topSets.first?.count ?? 0
    precondition(
      size > 0 && topSets.allSatisfy { $0.count == size }, "top sets of one size, not empty, are needed")
    var holders = [[Int]](repeating: [], count: imageCount)
    for (direction, images) in topSets.enumerated() {
      for image in images { holders[image].append(direction) }
    }
    directionCount = topSets.count
    topCount = size
    let total = topSets.count * size
    uniqueShare = Double(holders.count { !$0.isEmpty }) / Double(total)
    let hits = holders.map(\.count)
    maxHits = hits.max()!
    mostFrequentImage = hits.firstIndex(of: maxHits)!
    meanJaccard = topSets.count >= 2 ? Self.meanJaccard(topSets, holders, size: size) : nil

    let draws = Hypergeometric(population: imageCount, markedCount: size, drawCount: size)
    chanceJaccard = draws.expectation { Double($0) / Double(2 * size - $0) }
    let missed = pow(1 - Double(size) / Double(imageCount), Double(topSets.count))
    chanceUniqueShare = Double(imageCount) * (1 - missed) / Double(total)
    isDegenerate =
      (meanJaccard ?? chanceJaccard) > chanceJaccard + 0.1 || uniqueShare < 0.3 * chanceUniqueShare
  }

  /// A warning sentence for a figure or a table; `nil` for a basis that is not degenerate.
  public var warning: String? {
    guard isDegenerate else { return nil }
    let shown = Int((uniqueShare * Double(directionCount * topCount)).rounded())
    return
      "degenerate basis: \(directionCount) directions × \(topCount) images show \(shown) different images, "
      + "and one image \(maxHits) times"
  }

  /// Visits only pairs that share an image.
  private static func meanJaccard(_ topSets: [[Int]], _ holders: [[Int]], size: Int) -> Double {
    var total = 0.0
    var shared = [Int](repeating: 0, count: topSets.count)
    for (first, images) in topSets.enumerated() {
      var met: [Int] = []
      for image in images {
        for second in holders[image] where second > first {
          if shared[second] == 0 { met.append(second) }
          shared[second] += 1
        }
      }
      for second in met.sorted() {
        total += Double(shared[second]) / Double(2 * size - shared[second])
        shared[second] = 0
      }
    }
    return total / (Double(topSets.count) * Double(topSets.count - 1) / 2)
  }
}
