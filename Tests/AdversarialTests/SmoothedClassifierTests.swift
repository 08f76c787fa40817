import Foundation
import Inference
import Networks
import Tensors
import TestSupport
import Testing

@testable import Adversarial

/// Of a linear classifier of two classes everything about smoothing is known: g = f, and the vote of noise for the class
/// of an image at the distance d from the border is Φ(d/σ), so that the radius is d.
@Suite struct SmoothedClassifierTests {
  private static let shape = ImageShape(channels: 1, height: 3, width: 4)
  private static let linear = LinearClassifier(inputShape: shape, classCount: 2, seed: 5)

  private static func images(_ count: Int, seed: UInt64 = 9) -> Tensor {
    var generator = SeededGenerator(seed: seed)
    return Tensor(
      shape: [count, 1, 3, 4], elements: (0..<count * 12).map { _ in Float(generator.uniform()) })
  }

  /// |wᵀx + b| / ‖w‖₂ and the class, in Double.
  private static func border(_ image: ArraySlice<Float>) -> (distance: Double, label: Int) {
    let difference = (0..<12).map {
      Double(linear.weights.elements[12 + $0]) - Double(linear.weights.elements[$0])
    }
    let bias = Double(linear.biases[1]) - Double(linear.biases[0])
    let margin = zip(difference, image).reduce(bias) { $0 + $1.0 * Double($1.1) }
    let length = difference.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return (abs(margin) / length, margin > 0 ? 1 : 0)
  }

  private static func smoothed(
    _ deviation: Double, drawCount: Int = 100, seed: UInt64 = 1, workerCount: Int = 2
  )
    -> SmoothedClassifier<LinearClassifier>
  {
    SmoothedClassifier(
      linear, deviation: deviation, drawCount: drawCount, seed: seed, workerCount: workerCount)
  }

  @Test("Votes add up to the draws, and a class's share is Φ(d/σ)")
  func shares() throws {
    let images = Self.images(40)
    let deviation = 0.3
    let counts = try Self.smoothed(deviation).counts(
      of: images, subjects: Array(0..<40), draws: 500, purpose: "test")
    for (row, votes) in counts.enumerated() {
      #expect(votes.count == 2 && votes.reduce(0, +) == 500)
      let (distance, label) = Self.border(images[row: row])
      let share = NormalDistribution.cumulative(distance / deviation)
      // Forty counts, each outside of its range once in 10⁵ draws.
      #expect(
        BinomialDistribution(trialCount: 500, probability: share).centralRange(level: 1 - 1e-5)
          .contains(votes[label]), "image \(row)")
    }
  }

  @Test("A certified radius exceeds the true one no more often than α says, and its class is the true one")
  func validity() throws {
    let images = Self.images(200)
    let borders = (0..<200).map { Self.border(images[row: $0]) }
    let alpha = 0.05
    var (wrong, certified) = (0, 0)
    for seed in 0..<4 as Range<UInt64> {
      let certificates = try Self.smoothed(0.5, seed: seed).certificates(
        of: images, imageIDs: Array(0..<200), selectionCount: 50, count: 100, alpha: alpha)
      for (certificate, border) in zip(certificates, borders) {
        guard let radius = certificate.radius else { continue }
        certified += 1
        if certificate.leading != border.label || radius > border.distance { wrong += 1 }
      }
    }
    #expect(certified > 300)
    // 800 certificates, each wrong with α at most; abstentions are right. Some must be wrong, or α would be wasted.
    let allowed = BinomialDistribution(trialCount: 800, probability: alpha).centralRange(level: 0.999)
    #expect(wrong <= allowed.upperBound && wrong > 0)
  }

  @Test("The certified radius approaches the true one like 1/√n, as fast as the bound says")
  func rate() throws {
    // Images at one distance from the border have one share.
    let images = Self.images(60)
    let (deviation, alpha) = (0.5, 0.05)
    let near = (0..<60).filter { (0.2...1).contains(Self.border(images[row: $0]).distance) }
    #expect(near.count > 20)
    for count in [400, 6400] {
      let certificates = try Self.smoothed(deviation).certificates(
        of: images.rows(near), imageIDs: near, selectionCount: 100, count: count, alpha: alpha)
      var (found, expected) = (0.0, 0.0)
      for (certificate, row) in zip(certificates, near) {
        let distance = Self.border(images[row: row]).distance
        let share = NormalDistribution.cumulative(distance / deviation)
        let density = exp(-0.5 * pow(distance / deviation, 2)) / (2 * .pi).squareRoot()
        found += distance - (certificate.radius ?? 0)
        // d − R ≈ z_{1−α} √(p(1 − p)/n) σ / φ(d/σ), on average over draws.
        expected +=
          NormalDistribution.quantile(1 - alpha) * (share * (1 - share) / Double(count)).squareRoot()
          * deviation
          / density
      }
      // The mean of more than 20 gaps, each with a spread of 1/1.64 of its mean: 15 % is more than one deviation; two.
      expectClose(found / expected, 1, absolute: 0.35, "\(count) draws")
    }
  }

  @Test("The answer for an image is the linear classifier's own, or there is none")
  func predictions() throws {
    let images = Self.images(100)
    let predictions = try Self.smoothed(0.4).predictions(
      of: images, imageIDs: Array(0..<100), count: 200, alpha: 0.001)
    let borders = (0..<100).map { Self.border(images[row: $0]) }
    for (prediction, border) in zip(predictions, borders) {
      if let label = prediction.label { #expect(label == border.label) }
      // Far from the border it is never at a loss.
      if border.distance > 0.4 { #expect(prediction.label == border.label) }
    }
    #expect(predictions.contains { $0.isAbstained })
  }

  @Test("Votes depend on the image and its number: not on batch, order, portions or workers")
  func independence() throws {
    let images = Self.images(5)
    // More than a portion of 1024 copies, and pieces of 32 that straddle images.
    let all = try Self.smoothed(0.5, workerCount: 1).counts(
      of: images, subjects: [10, 11, 12, 13, 14], draws: 450, purpose: "test")
    let order = [3, 0, 4, 1, 2]
    let mixed = try Self.smoothed(0.5, workerCount: 3).counts(
      of: images.rows(order), subjects: order.map { 10 + $0 }, draws: 450, purpose: "test")
    #expect(order.map { all[$0] } == mixed)
    for row in 0..<5 {
      let alone = try Self.smoothed(0.5).counts(
        of: images.rows([row]), subjects: [10 + row], draws: 450, purpose: "test")
      #expect(alone == [all[row]])
    }
    // Other numbers, other draws.
    let moved = try Self.smoothed(0.5).counts(
      of: images, subjects: [20, 21, 22, 23, 24], draws: 450, purpose: "test")
    #expect(moved != all)
  }

  @Test("Choosing, estimating, judging and attacking have draws of their own")
  func purposes() throws {
    let images = Self.images(20)
    let numbers = Array(0..<20)
    let smoothed = Self.smoothed(0.5)
    let certificates = try smoothed.certificates(
      of: images, imageIDs: numbers, selectionCount: 300, count: 300, alpha: 0.01)
    let purposes: [StaticString] = [
      "smoothed selection", "smoothed estimation", "smoothed prediction", "smoothed logits", "noise average",
    ]
    let votes = try purposes.map {
      try smoothed.counts(of: images, subjects: numbers, draws: 300, purpose: $0)
    }
    #expect(Set(votes).count == 5)
    #expect(certificates.map(\.counts) == votes[1])
    let leading = votes[0].map { $0[1] > $0[0] ? 1 : 0 }
    #expect(certificates.map(\.leading) == leading)
    let predictions = try smoothed.predictions(of: images, imageIDs: numbers, count: 300, alpha: 0.01)
    #expect(predictions == votes[2].map { SmoothedPrediction(counts: $0, alpha: 0.01) })
  }

  @Test("Engines of one worker and two give the same certificates")
  func engines() throws {
    let images = Tensor(
      shape: [4, 1, 6, 6], elements: Self.images(12).elements)
    func certificates(_ workerCount: Int) throws -> [SmoothedCertificate] {
      try SmoothedClassifier(
        Engine.convolutional(seed: 2, workerCount: workerCount), deviation: 0.5, seed: 1,
        workerCount: workerCount
      ).certificates(of: images, imageIDs: [0, 1, 2, 3], selectionCount: 30, count: 300, alpha: 0.01)
    }
    #expect(try certificates(1) == certificates(2))
  }

  @Test("Softmax of its logits are the shares of the votes, half a vote added for each class")
  func logits() throws {
    let images = Self.images(6)
    let smoothed = Self.smoothed(0.5, drawCount: 150)
    let counts = try smoothed.counts(
      of: images, subjects: [Int](repeating: 0, count: 6), draws: 150, purpose: "smoothed logits")
    let logits = try smoothed.logits(of: images)
    for row in 0..<6 {
      let exponentials = logits[row: row].map { exp(Double($0)) }
      expectClose(exponentials.reduce(0, +), 1, absolute: 1e-6)
      for (label, exponential) in exponentials.enumerated() {
        expectClose(exponential, (Double(counts[row][label]) + 0.5) / 151, relative: 1e-5)
      }
    }
    // The row of an image does not depend on its place.
    expectClose(try smoothed.logits(of: images.rows([4])), logits.rows([4]))
  }

  @Test("Progress counts all draws once, and what it throws stops the work")
  func progress() throws {
    struct Stop: Error {}
    var told: [Int] = []
    _ = try Self.smoothed(0.5).certificates(
      of: Self.images(5), imageIDs: Array(0..<5), selectionCount: 10, count: 450, alpha: 0.1
    ) { told.append($0) }
    #expect(told == told.sorted() && told.last == 5 * 460 && told.count > 2)
    #expect(throws: Stop.self) {
      try Self.smoothed(0.5).predictions(of: Self.images(5), imageIDs: Array(0..<5), count: 10, alpha: 0.1) {
        _ in
        throw Stop()
      }
    }
  }
}
