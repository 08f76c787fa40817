import Foundation
import Networks
import Storage
import Tensors
import TestSupport
import Testing

@testable import Lab
@testable import PatternRoom

@Suite struct PatternTests {
  private func set(_ rows: [[Float]], _ pairs: [(Int, Int)], shape: [Int]) -> PerturbationSet {
    PerturbationSet(
      perturbations: Tensor(shape: [rows.count] + shape, elements: rows.flatMap(\.self)),
      labels: pairs.map(\.0), predictions: pairs.map(\.1), imageIDs: Array(rows.indices))
  }

  @Test("All power of a constant is in ring 0; a wave's is in its own ring")
  func spectrum() {
    let (height, width) = (8, 6)
    let wave = (0..<48).map { Float(cos(2 * Double.pi * 2 * Double($0 % width) / Double(width))) }
    let images = Tensor(shape: [1, 1, height, width], elements: [Float](repeating: 0.3, count: 48))
    let constant = RadialSpectrum(of: images, workerCount: 1)
    #expect(abs(constant.powerShares[0] - 1) < 1e-12 && abs(constant.densities[0] - 48) < 1e-9)
    let ring = RadialSpectrum(of: Tensor(shape: [1, 1, height, width], elements: wave), workerCount: 1)
    #expect(abs(ring.powerShares[2] - 1) < 1e-9)
    #expect(abs(ring.powerShares.reduce(0, +) - 1) < 1e-12)
    #expect(abs(ring.coefficientShares.reduce(0, +) - 1) < 1e-12)
  }

  @Test("White noise has density 1 in every ring; images of zeros are left out")
  func whiteNoise() {
    var generator = SeededGenerator(seed: 1, purpose: "white noise")
    let noise = generator.normals(400 * 64) + [Float](repeating: 0, count: 64)
    let spectrum = RadialSpectrum(of: Tensor(shape: [401, 1, 8, 8], elements: noise), workerCount: 2)
    #expect(spectrum.count == 400)
    // A ring of one coefficient varies by 1/√400 · √2 (a real coefficient); four of these deviations.
    for density in spectrum.densities { #expect(abs(density - 1) < 4 * 2.0.squareRoot() / 20) }
  }

  @Test(
    "Perturbations along one direction have one component, whichever matrix is smaller", arguments: [4, 40])
  func rankOne(count: Int) {
    let direction: [Float] = [0, 3, 0, 4, 0, 0, 0, 0, 0]
    let rows = (0..<count).map { row -> [Float] in
      let scale = Float(row % 2 == 0 ? row + 1 : -row)
      return direction.map { $0 * scale }
    }
    let components = PerturbationComponents(
      of: set(rows, rows.map { _ in (0, 1) }, shape: [1, 3, 3]).unitRows, directionCount: 2)
    #expect(abs(components.explained(by: 1) - 1) < 1e-12)
    for (found, expected) in zip(components.directions[0], direction) {
      #expect(abs(found - Double(expected) / 5) < 1e-9)
    }
  }

  @Test("Identical perturbations have cosine 1, opposite ones −1, and each pair counts once")
  func cosines() throws {
    let rows: [[Float]] = [[1, 2, 0, 0], [2, 4, 0, 0], [-1, -2, 0, 0], [0, 0, 5, 0]]
    let set = set(rows, [(0, 1), (0, 1), (1, 0), (2, 3)], shape: [1, 2, 2])
    let found = Dictionary(
      uniqueKeysWithValues: PerturbationCosines.summaries(of: set, workerCount: 2).map { ($0.kind, $0) })
    #expect(abs((found[.sameBoth]?.cosine.mean ?? 0) - 1) < 1e-12 && found[.sameBoth]?.pairCount == 1)
    #expect(abs((found[.swapped]?.cosine.mean ?? 0) + 1) < 1e-12 && found[.swapped]?.pairCount == 2)
    #expect(found[.different]?.cosine.mean == 0 && found[.different]?.pairCount == 3)
    #expect(found[.sameTrue] == nil)
  }

  @Test("Means are of each pair of classes, with their counts")
  func pairMeans() throws {
    let set = set([[1, 0], [3, 2], [5, 5]], [(0, 1), (0, 1), (1, 0)], shape: [1, 1, 2])
    let means = set.pairMeans(classCount: 2)
    #expect(means[0][1]?.mean == [2, 1] && means[0][1]?.count == 2 && means[1][0]?.mean == [5, 5])
    #expect(means[0][0] == nil && means[1][1] == nil)
  }

  @Test("Noise has the norm of each perturbation")
  func matchedNoise() {
    let set = set([[3, 4, 0, 0], [0, 0, 0, 2]], [(0, 1), (1, 0)], shape: [1, 2, 2])
    let noise = set.matchedNoise(seed: 1).perturbations
    #expect(abs(Norm.l2(noise[row: 0]) - 5) < 1e-5 && abs(Norm.l2(noise[row: 1]) - 2) < 1e-5)
  }

  @Test(
    "A universal perturbation stays in its ball and beats noise of its norm", arguments: [Norm.linf, .l2])
  func universal(_ norm: Norm) throws {
    let shape = ImageShape(channels: 1, height: 4, width: 4)
    // Two classes either side of a plane through grey: one direction fools all of a class.
    let weights = Tensor(
      shape: [2, 16], elements: [Float](repeating: 0, count: 16) + (0..<16).map { $0 % 2 == 0 ? 1 : -1 })
    let classifier = LinearClassifier(inputShape: shape, weights: weights, biases: [0, -0.2])
    let images = Tensor(shape: [20, 1, 4, 4], elements: (0..<320).map { 0.5 + 0.01 * Float($0 % 3) })
    let radius = norm == .linf ? 0.1 : 0.4
    let maker = UniversalPerturbation(norm: norm, radius: radius)
    let made = try maker.made(from: images, order: Array(0..<20), classifier: classifier)
    #expect(norm(made.values) <= radius * (1 + 1e-6))
    #expect(made.fooled == Proportion(20, of: 20) && made.passCount == 1)
    let clean = Prediction.rows(of: try classifier.logits(of: images)).map(\.label)
    let noise = maker.noise(pixelCount: 16, seed: 1, draw: 0)
    #expect(abs(norm(noise) - radius) < 1e-6)
    #expect(try UniversalPerturbation.fooled(noise, images, clean: clean, classifier: classifier).count < 20)
  }
}

@Suite struct PatternExperimentTests {
  private func files(workerCount: Int) throws -> (files: [String: Data], results: PatternExperiment.Results) {
    let scene = try AttackScene()
    let url = FileManager.default.temporaryDirectory.appending(path: "intrigue-pattern-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: url) }
    let configuration = PatternExperiment.Configuration(
      model: .model(path: "model.safetensors"), data: DataSource(name: "prototypes"), imageCount: 40,
      universalCount: 6, universalPassLimit: 1)
    let results = try PatternExperiment(configuration, workerCount: workerCount).run(
      scene.model, on: scene.dataset, in: RunFolder(url)
    ) { _ in }
    return (try filesBelow(url), results)
  }

  @Test(
    "The same files for one worker and two; a linear network's perturbations are its weights"
  )
  func experiment() throws {
    let (found, results) = try files(workerCount: 1)
    let (one, two) = (try comparable(found), try comparable(files(workerCount: 2).files))
    #expect(one["run.json"] != nil)
    #expect(one.keys.sorted() == two.keys.sorted())
    for (name, bytes) in one { #expect(bytes == two[name], "\(name)") }
    for name in [
      "spectrum.csv", "components.csv", "cosines.csv", "pairs.csv", "universal.csv", "universal.npy",
    ] {
      #expect(one[name] != nil)
    }
    for name in [
      "pattern", "means-untargeted", "means-targeted", "directions", "universal", "universal-images",
    ] {
      let picture = try #require(one["figures/\(name).png"])
      #expect(String(decoding: picture, as: UTF8.self).contains("Model checksum"))
    }
    for name in ["spectrum", "components"] {
      #expect(
        one["figures/\(name).txt"].map { String(decoding: $0, as: UTF8.self).contains("# Seed: 1\n") } == true
      )
    }
    // r is along w_k − w_y but for the box, so perturbations of a pair agree and swapped ones oppose each other.
    for goal in results.goals {
      let cosines = Dictionary(uniqueKeysWithValues: goal.cosines.map { ($0.kind, $0.cosine.mean) })
      #expect(cosines[.sameBoth] ?? 0 > 0.8 && cosines[.swapped] ?? 0 < -0.5)
    }
  }
}
