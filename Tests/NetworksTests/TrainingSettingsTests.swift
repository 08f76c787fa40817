import Datasets
import Foundation
import Tensors
import Testing

@testable import Networks

@Suite struct TrainingSettingsTests {
  @Test("Schedules follow their formulas")
  func schedules() {
    let constant = LearningRate(initial: 0.2, warmupEpochs: 2)
    #expect(constant.value(at: 0, of: 10) == 0)
    #expect(constant.value(at: 1, of: 10) == 0.1)
    #expect(constant.value(at: 5, of: 10) == 0.2)
    let step = LearningRate(initial: 1, schedule: .step(epochs: 3, factor: 0.1))
    #expect(step.value(at: 2.9, of: 10) == 1)
    #expect(abs(step.value(at: 3, of: 10) - 0.1) < 1e-7)
    #expect(abs(step.value(at: 6.5, of: 10) - 0.01) < 1e-7)
    let cosine = LearningRate(initial: 2, schedule: .cosine)
    #expect(cosine.value(at: 0, of: 8) == 2)
    #expect(abs(cosine.value(at: 4, of: 8) - 1) < 1e-6)
    #expect(abs(cosine.value(at: 8, of: 8)) < 1e-6)
  }

  @Test("Augmentation moves and mirrors pixels and invents none")
  func augmentation() {
    let shape = ImageShape(channels: 2, height: 5, width: 4)
    let source = (0..<40).map { Float($0 + 1) }
    var seen: Set<[Float]> = []
    for seed in 0..<200 as Range<UInt64> {
      var generator = SeededGenerator(seed: seed)
      var (worked, result) = (source, [Float](repeating: -1, count: 40))
      Augmentation(flips: true, cropPadding: 1).apply(
        from: &worked, to: &result, shape: shape, using: &generator)
      seen.insert(result)
      #expect(result.allSatisfy { $0 == 0 || source.contains($0) })
      // The second channel is the first plus 20 wherever there is a pixel: channels move together.
      for index in 0..<20 {
        #expect(result[index] == 0 ? result[index + 20] == 0 : result[index + 20] == result[index] + 20)
      }
    }
    #expect(seen.count == 18)  // 3 × 3 shifts, mirrored or not
    #expect(seen.contains(source))
  }

  private static func augmented(
    _ augmentation: Augmentation, _ image: [Float], _ shape: ImageShape, seed: UInt64
  )
    -> [Float]
  {
    var generator = SeededGenerator(seed: seed)
    var (worked, result) = (image, [Float](repeating: -1, count: image.count))
    augmentation.apply(from: &worked, to: &result, shape: shape, using: &generator)
    return result
  }

  @Test("Noise has its deviation, comes last, is not clipped, and leaves the draws before it as they were")
  func noise() {
    let shape = ImageShape(channels: 1, height: 101, width: 99)
    let image = (0..<9999).map { Float($0 % 3) / 2 }
    let plain = Self.augmented(Augmentation(flips: true, cropPadding: 2), image, shape, seed: 4)
    let noisy = Self.augmented(
      Augmentation(flips: true, cropPadding: 2, noise: 0.25), image, shape, seed: 4)
    let noise = zip(noisy, plain).map { Double($0) - Double($1) }
    let mean = noise.reduce(0, +) / 9999
    let variance = noise.reduce(0) { $0 + $1 * $1 } / 9999
    // Five standard errors: 0.25/100 and 0.0625 √2/100.
    #expect(abs(mean) < 0.0125 && abs(variance - 0.0625) < 0.0045)
    #expect(noisy.contains { $0 > 1 } && noisy.contains { $0 < 0 })
    #expect(Self.augmented(Augmentation(noise: 0.25), image, shape, seed: 5) != noisy)
  }

  @Test("Turns reach the angle either way; of the corruptions one is drawn, or none")
  func corruptions() {
    let shape = ImageShape(channels: 1, height: 9, width: 9)
    // Off the centre, so that a turn moves it.
    var image = [Float](repeating: 0, count: 81)
    for index in [5, 6, 14, 15] { image[index] = 1 }
    let turned = (0..<100).map { Self.augmented(Augmentation(rotation: 30), image, shape, seed: $0) }
    #expect(Set(turned).count == 100)
    // Left and right of the centre of mass of the image itself, as for turns of both signs.
    func centre(_ pixels: [Float]) -> Double {
      pixels.indices.reduce(0.0) { $0 + Double(pixels[$1]) * Double($1 % 9) }
        / pixels.reduce(0.0) { $0 + Double($1) }
    }
    #expect(turned.contains { centre($0) < 5 } && turned.contains { centre($0) > 6 })

    let kinds: [Corruption.Kind] = [.contrast, .blur]
    let drawn = (0..<300).map { Self.augmented(Augmentation(corruptions: kinds), image, shape, seed: $0) }
    // A third each: 100 with a deviation of 8.
    let untouched = drawn.count { $0 == image }
    // Contrast leaves two values of pixels, a blur more.
    let faded = drawn.count { $0 != image && Set($0).count == 2 }
    #expect(abs(untouched - 100) < 40 && abs(faded - 100) < 40)
    #expect(drawn.allSatisfy { $0.allSatisfy { (0...1).contains($0) } })
  }

  @Test("Settings without the new fields are written as before and read from files of before")
  func encoding() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let plain = String(decoding: try encoder.encode(Augmentation(flips: true, cropPadding: 4)), as: UTF8.self)
    #expect(plain == #"{"cropPadding":4,"flips":true}"#)
    let all = Augmentation(rotation: 5, corruptions: [.blur], noise: 0.5)
    #expect(try JSONDecoder().decode(Augmentation.self, from: encoder.encode(all)) == all)
    #expect(
      try JSONDecoder().decode(Augmentation.self, from: Data(plain.utf8))
        == Augmentation(flips: true, cropPadding: 4))
  }

  @Test("Dropout in training drops its share, keeps the mean, and draws anew in every step")
  func dropout() throws {
    let shape = ImageShape(channels: 1, height: 1, width: 40)
    let graph = try Graph(
      Architecture(
        name: "d", input: shape,
        nodes: [.init("drop", .dropout(rate: 0.25)), .init("logits", .linear(outputs: 40, bias: false))]))
    var identity = Tensor(shape: [40, 40])
    for index in 0..<40 { identity.elements[index * 41] = 1 }
    let network = try Network(graph: graph, parameters: [identity])
    let images = Tensor(repeating: 1, shape: [200, 1, 1, 40])
    let logits = try TrainingPass.run(network, images: images, labels: Array(repeating: 0, count: 200)).logits
    let dropped = logits.elements.count { $0 == 0 }
    #expect(logits.elements.allSatisfy { $0 == 0 || abs($0 - 4.0 / 3) < 1e-6 })
    // 8,000 draws: standard deviation of the share is 0.005.
    #expect(abs(Double(dropped) / 8000 - 0.25) < 0.025)
    #expect(try Engine(running: network, workerCount: 1).logits(of: images).elements.allSatisfy { $0 == 1 })
  }
}
