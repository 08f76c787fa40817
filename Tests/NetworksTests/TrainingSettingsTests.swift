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
      var result = [Float](repeating: -1, count: 40)
      Augmentation(flips: true, cropPadding: 1).apply(
        from: source, to: &result, shape: shape, using: &generator)
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
