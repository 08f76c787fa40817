import Attacks
import Lab
import Tensors

/// The attack success of substitutes that were trained on a black box's labels.
package struct SubstituteResults: Codable, Equatable, Sendable {
  /// A substitute after one round.
  package struct Round: Codable, Equatable, Sendable {
    package var queryCount: Int
    /// Attacked images that the substitute predicts as the black box does.
    package var agreement: Proportion
    /// Attacked images that the substitute classifies correctly.
    var accuracy: Proportion
    /// Adversarial examples for the substitute that fool the black box, of the images that it classifies correctly.
    package var success: Proportion
  }

  /// A seed image and the images derived from it, round by round.
  package struct AskedImage: Codable, Equatable, Sendable {
    var label: Int
    var pixels: [[Float]]
    /// The labels that the black box gave them.
    var answers: [Int]
  }

  var dataName: String
  package var modelName: String
  var modelChecksum: String
  package var substitute: String
  var attack: TransferAttack
  var epsilon: Float
  package var imageCount: Int
  var seedImageCount: Int
  /// The number of held-out images from which seeds are taken.
  var ownedImageCount: Int
  /// The success of the same attack on the black box itself, with its gradient.
  package var whiteBox: Proportion
  /// The success of random signs of the same size.
  package var noise: Proportion
  /// The rounds of each substitute.
  package var substitutes: [[Round]]

  /// How substitutes differ from each other, in words.
  package var differences: String {
    if substitutes.count == 1 || ownedImageCount >= substitutes.count * seedImageCount {
      return "each with its own seed images and initial weights"
    }
    return "each with its own initial weights, "
      + (ownedImageCount == seedImageCount
        ? "all with the same seed images" : "with seed images that they partly share")
  }

  /// The mean over substitutes of a share after each round, of those that have a value.
  func means(_ share: (Round) -> Proportion) -> [(queries: Int, mean: MeanWithInterval)] {
    guard let first = substitutes.first else { return [] }
    return first.indices.compactMap { round in
      MeanWithInterval(substitutes.compactMap { share($0[round]).value }).map {
        (first[round].queryCount, $0)
      }
    }
  }
}

extension SubstituteResults: Checked {
  package func check() throws(CheckFailure) {
    for rounds in substitutes {
      try requireCount(rounds.count, substitutes[0].count, "substitutes")
    }
  }
}
