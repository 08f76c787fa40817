import Datasets
import Foundation
import Networks
import Storage
import Tensors
import Testing

@testable import Adversarial

/// The network and the images of the Adversarial Robustness Toolbox's own tests, with what its fast gradient method
/// made of them. `INTRIGUE_DATASETS` names the folder that holds `golden/art_mnist.safetensors` and `mnist/`.
@Suite(
  .enabled(
    if: GoldenCase.isPresent,
    "no folder of INTRIGUE_DATASETS holds golden/art_mnist.safetensors and mnist/"))
struct GoldenFGSMTests {
  @Test(
    "The first eleven test images, one step along the gradient: ART's means, extremes and predictions",
    arguments: GoldenCase.rows)
  func published(_ row: GoldenCase.Row) throws {
    let golden = try GoldenCase()
    let found = try FastGradientSignMethod(lossLabel: .prediction).perturbedImages(
      for: golden.batch, under: ThreatModel(norm: row.norm, epsilon: 1), classifier: golden.engine)
    let differences = zip(found.images.elements, golden.batch.images.elements).map { Double($0) - Double($1) }

    // Half of the last digit published, and the rounding of a gradient that was summed in another order.
    #expect(abs(differences.reduce(0, +) / Double(differences.count) - row.mean) < row.tolerance)
    let least = try #require(differences.min())
    let greatest = try #require(differences.max())
    #expect(abs(least - row.extremes.lowerBound) < 1e-5)
    #expect(abs(greatest - row.extremes.upperBound) < 1e-5)
    #expect(try Prediction.rows(of: golden.engine.logits(of: found.images)).map(\.label) == row.predictions)
    #expect(found.zeroGradientRows.isEmpty)
  }

  @Test("The images are the ones that were attacked")
  func images() throws {
    #expect(try GoldenCase().batch.labels == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9, 0])
  }
}

struct GoldenCase {
  struct Row: Sendable, CustomTestStringConvertible {
    let norm: Norm
    /// Of x′ − x over all pixels of all images.
    let mean: Double
    let tolerance: Double
    let extremes: ClosedRange<Double>
    let predictions: [Int]

    var testDescription: String { "\(norm)" }
  }

  static let rows = [
    Row(
      norm: .linf, mean: 0.2346725, tolerance: 1e-7, extremes: -1...1,
      predictions: [4, 4, 4, 7, 7, 4, 7, 2, 2, 3, 0]),
    Row(
      norm: .l2, mean: 0.00763642, tolerance: 1e-8, extremes: -0.21105...0.20959,
      predictions: [7, 2, 4, 4, 4, 7, 7, 4, 0, 4, 4]),
  ]

  static let weights = DatasetSearch.standard().folders
    .map { $0.appending(path: "golden/art_mnist.safetensors") }
    .first { FileManager.default.fileExists(atPath: $0.path) }

  static var isPresent: Bool { weights != nil && (try? Dataset.load("mnist")) != nil }

  let engine: Engine
  let batch: AttackBatch

  init() throws {
    let file = try #require(Self.weights)
    // The last layer has a name of our own, so that matching has to find its weights by order.
    let architecture = Architecture(
      name: "art-mnist", input: ImageShape(channels: 1, height: 28, width: 28),
      nodes: [
        .init("conv", .convolution(Convolution(outputChannels: 1, kernel: 7))),
        .init("relu", .relu),
        .init("pool", .maxPool(Pooling(kernel: 4, stride: 4))),
        .init("flatten", .flatten),
        .init("classifier", .linear(outputs: 10, bias: true)),
      ])
    let match = try WeightMatching.match(
      SafetensorsFile(contentsOf: file), to: Graph(architecture), file: file)
    engine = try Engine(running: match.network)
    let images = try Dataset.load("mnist").heldOut
    let numbers = Array(0..<11)
    batch = AttackBatch(
      images: images.tensor(of: numbers), labels: numbers.map { images.labels[$0] }, imageIDs: numbers)
  }
}
