import Foundation
import Images
import Networks
import Storage
import Tensors
import TestSupport
import Testing

@testable import Lab
@testable import LinearityRoom

/// On a linear classifier everything has a closed form.
@Suite struct LinearityTests {
  private let classifier = LinearClassifier(
    inputShape: ImageShape(channels: 1, height: 6, width: 5), classCount: 4, seed: 3)

  /// Random images, labelled as the classifier sees them.
  private func scene(_ count: Int) throws -> (images: Tensor, labels: [Int]) {
    var generator = SeededGenerator(seed: 5, purpose: "linearity test")
    let images = Tensor(
      shape: [count, 1, 6, 5], elements: (0..<count * 30).map { _ in Float(generator.uniform()) })
    return (images, Prediction.rows(of: try classifier.logits(of: images)).map(\.label))
  }

  private func weightDifference(_ first: Int, _ second: Int) -> [Float] {
    zip(classifier.weights[row: first], classifier.weights[row: second]).map { $0 - $1 }
  }

  @Test("One piece explains the logits of a linear classifier")
  func onePiece() throws {
    let (images, labels) = try scene(8)
    let signs = try SignDirections.ofGradient(images, labels: labels, classifier: classifier)
    let lines = try LogitLines(
      images: images, directions: signs, labels: labels, epsilons: LogitLines.grid(range: 15, stepCount: 41),
      classifier: classifier)
    // Logits are Floats: their rounding is all that is left.
    for row in 0..<8 { #expect(lines.explainedShares(ofRow: row, pieceLimit: 1)[0] > 1 - 1e-10) }
  }

  @Test("The right region ends where the margin is used up: z_y − z_k = ε dᵀ(w_k − w_y)")
  func region() throws {
    let (images, labels) = try scene(8)
    let signs = SignDirections.random(
      shape: images.shape, imageIDs: Array(0..<8), seed: 1, purpose: "linearity test signs")
    let lines = try LogitLines(
      images: images, directions: signs, labels: labels, epsilons: LogitLines.grid(range: 2, stepCount: 41),
      classifier: classifier)
    let regions = try CorrectRegion.regions(
      of: [lines], images: images, directions: signs, halvingCount: 12, classifier: classifier)
    let logits = try classifier.logits(of: images)
    for (row, region) in regions.enumerated() {
      var (lower, upper) = (-Double.infinity, Double.infinity)
      for rival in 0..<4 where rival != labels[row] {
        let margin = Double(logits[row: row][row * 4 + labels[row]] - logits[row: row][row * 4 + rival])
        let slope = zip(weightDifference(rival, labels[row]), signs[row: row]).reduce(0.0) {
          $0 + Double($1.0 * $1.1)
        }
        if slope > 0 { upper = min(upper, margin / slope) } else { lower = max(lower, margin / slope) }
      }
      // Half of the last step of 0.1 / 2¹², and the rounding of logits.
      #expect(abs(region.upper - min(upper, 2)) < 1e-4 && region.upperIsOpen == (upper > 2))
      #expect(abs(region.lower - max(lower, -2)) < 1e-4 && region.lowerIsOpen == (lower < -2))
    }
  }

  @Test("The derivative of a linear classifier reaches everywhere")
  func localLinearity() throws {
    let (images, labels) = try scene(6)
    let signs = try SignDirections.ofGradient(images, labels: labels, classifier: classifier)
    let errors = try LocalLinearity.errors(
      images: images, directions: [signs], epsilons: [0.1, 10], classifier: classifier)
    for error in errors.flatMap(\.self).flatMap(\.self) { #expect(try #require(error) < 1e-5) }
  }

  @Test("A direction of zeros changes no logit: there is no error to tell")
  func zeroDirection() throws {
    let (images, _) = try scene(2)
    let errors = try LocalLinearity.errors(
      images: images, directions: [Tensor(shape: images.shape)], epsilons: [1], classifier: classifier)
    #expect(errors == [[[nil, nil]]])
  }

  @Test("The margin falls by ε ‖w_y − w_k‖₁ along the gradient's signs")
  func marginChange() throws {
    let (images, labels) = try scene(6)
    let logits = try classifier.logits(of: images)
    let changes = try #require(
      try DimensionGrowth.changes(
        of: images, labels: labels, imageIDs: Array(0..<6), epsilon: 0.1, seed: 1, classifier: classifier))
    for row in 0..<6 {
      let values = Array(logits[row: row])
      let rival = (0..<4).filter { $0 != labels[row] }.max { values[$0] < values[$1] } ?? 0
      #expect(abs(changes.gradient[row] - 0.1 * Norm.l1(weightDifference(labels[row], rival))) < 1e-4)
    }
  }

  @Test("Powers of n are read off exactly")
  func slopes() {
    #expect(abs(logarithmicSlope([1, 4, 16], [3, 6, 12]) - 0.5) < 1e-12)
  }

  // MARK: Logistic regression

  private var data: LogisticRegression.Data {
    var generator = SeededGenerator(seed: 9, purpose: "logistic test")
    let signs = (0..<60).map { $0 % 2 == 0 ? 1.0 : -1.0 }
    let pixels = signs.flatMap { sign in
      (0..<4).map { Float(0.5 + (Double($0) * 0.15) * sign + 0.3 * (generator.uniform() - 0.5)) }
    }
    return .init(images: Tensor(shape: [60, 4], elements: pixels), signs: signs)
  }

  @Test("The closed form is the largest clean loss over the corners of the box, for either sign")
  func worstCase() {
    let (data, epsilon) = (data, 0.1)
    let model = LogisticRegression(weights: [1, -2, 0.5, 3], bias: -0.4)
    for sign in [-1.0, 1] {
      let own = data.only(sign)
      var worst = 0.0
      for row in own.signs.indices {
        worst +=
          (0..<16).map { corner in
            let moved = own.images[row: row].enumerated().map { index, pixel in
              pixel + Float(corner >> index & 1 == 1 ? epsilon : -epsilon)
            }
            return model.loss(
              on: .init(images: Tensor(shape: [1, 4], elements: moved), signs: [sign]), epsilon: 0)
          }.max() ?? 0
      }
      #expect(abs(model.loss(on: data, epsilon: epsilon, sign: sign) - worst / 30) < 1e-5)
    }
  }

  @Test("As printed in the paper the loss is right for y = 1 and below the clean loss for y = −1")
  func printedSign() {
    let (data, model) = (data, LogisticRegression(weights: [1, -2, 0.5, 3], bias: -0.4))
    let printed = { model.printedLoss(on: data, epsilon: 0.1, sign: $0) }
    #expect(abs(printed(1) - model.loss(on: data, epsilon: 0.1, sign: 1)) < 1e-12)
    #expect(printed(-1) < model.loss(on: data, epsilon: 0, sign: -1))
    #expect(model.loss(on: data, epsilon: 0.1, sign: -1) > model.loss(on: data, epsilon: 0, sign: -1))
  }

  @Test("No small step from the trained weights lowers the loss", arguments: [0.05, 0.2])
  func optimum(_ epsilon: Double) throws {
    let data = data
    let model = try LogisticRegression.trained(on: data, epsilon: epsilon, stepCount: 3000)
    let loss = model.loss(on: data, epsilon: epsilon)
    for index in 0..<5 {
      for step in [-0.02, 0.02] as [Float] {
        var other = model
        if index < 4 { other.weights[index] += step } else { other.bias += step }
        #expect(other.loss(on: data, epsilon: epsilon) > loss - 1e-7)
      }
    }
  }

  @Test("Kept in the box a step does no more harm than outside it")
  func clipped() {
    let (data, model) = (data, LogisticRegression(weights: [1, -2, 0.5, 3], bias: -0.9))
    #expect(model.clippedErrorCount(on: data, epsilon: 0) == model.errorCount(on: data, epsilon: 0))
    #expect(model.clippedErrorCount(on: data, epsilon: 0.4) <= model.errorCount(on: data, epsilon: 0.4))
    #expect(model.errorCount(on: data, epsilon: 100) == 60)
  }
}

@Suite struct LinearityExperimentTests {
  private func files(workerCount: Int) throws -> (files: [String: Data], results: LinearityExperiment.Results)
  {
    let scene = try AttackScene()
    let url = FileManager.default.temporaryDirectory.appending(
      path: "intrigue-linearity-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: url) }
    let configuration = LinearityExperiment.Configuration(
      model: .model(path: "model.safetensors"), data: DataSource(name: "prototypes"), imageCount: 20,
      range: 4, stepCount: 21, sides: [3, 6], sizeTrainingCount: 10_000, sizeEpochCount: 1, pair: [0, 1],
      pairStepCount: 20)
    let folder = RunFolder(url)
    let results = try LinearityExperiment(configuration, workerCount: workerCount).run(
      scene.model, on: scene.dataset, in: folder
    ) { _ in }
    return (try filesBelow(url), results)
  }

  @Test("The same files for one worker and two; every figure says where it comes from")
  func experiment() throws {
    let (found, results) = try files(workerCount: 1)
    let (one, two) = (try comparable(found), try comparable(files(workerCount: 2).files))
    #expect(one["run.json"] != nil)
    #expect(one.keys.sorted() == two.keys.sorted())
    for (name, bytes) in one { #expect(bytes == two[name], "\(name)") }
    // The scene's network is linear.
    for line in results.lines {
      for share in line.explained.flatMap(\.byPieces) { #expect(share.mean > 1 - 1e-9) }
    }
    #expect(results.local.allSatisfy { ($0.error?.median ?? 1) < 1e-3 })
    for name in ["line-logits", "line-near", "line-random-logits", "pieces", "local"] {
      let words = try #require(one["figures/\(name).txt"].map { String(decoding: $0, as: UTF8.self) })
      #expect(one["figures/\(name).csv"] != nil && one["figures/\(name).png"] != nil)
      #expect(words.contains("# Seed: 1\n") && words.contains("prototypes"))
    }
    for name in ["line", "line-images"] {
      let picture = try #require(one["figures/\(name).png"])
      #expect(String(decoding: picture, as: UTF8.self).contains("Model checksum"))
    }
    // These are not of the model but of two logistic regressions.
    let weights = String(decoding: try #require(one["figures/weights.png"]), as: UTF8.self)
    #expect(weights.contains("two logistic regressions, trained on ") && !weights.contains("Model checksum"))
    #expect(weights.contains("Red speaks for "))
    let sizes = String(decoding: try #require(one["figures/sizes.txt"]), as: UTF8.self)
    #expect(sizes.contains("softmax and mlp, trained on ") && !sizes.contains("Model checksum"))
    // As many as there are, not as many as were asked for.
    #expect(sizes.contains("\t\(try AttackScene().dataset.training.count) training images, 1 epoch;"))
    #expect(results.measured.total == 20 && results.sentences.count > 6)
  }

  @Test("An image that does not exist is refused before anything is written")
  func noSuchImage() throws {
    let scene = try AttackScene()
    let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    let configuration = LinearityExperiment.Configuration(
      model: .model(path: "model.safetensors"), data: DataSource(name: "prototypes"), figureImage: 90)
    #expect(throws: LinearityError.noSuchImage(90, count: 90)) {
      try LinearityExperiment(configuration, workerCount: 1).run(
        scene.model, on: scene.dataset, in: RunFolder(url)
      ) { _ in }
    }
    #expect(!FileManager.default.fileExists(atPath: url.path))
  }
}

/// Every file below a folder, by its path there.
func filesBelow(_ folder: URL) throws -> [String: Data] {
  let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.contains(".") }
  return try Dictionary(
    uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: folder.appending(path: $0))) })
}
