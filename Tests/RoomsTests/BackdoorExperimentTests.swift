import Datasets
import Foundation
import Networks
import Poisoning
import Storage
import Tensors
import Testing

@testable import Lab
@testable import PoisonRoom

@Suite struct BackdoorExperimentTests {
  func configuration(
    _ scene: PoisonScene, shares: [Double] = [0, 0.2], trigger: Trigger.Kind = .patch(side: 3)
  ) -> BackdoorExperiment.Configuration {
    BackdoorExperiment.Configuration(
      data: scene.data, victim: scene.victim, trigger: trigger, target: "square", shares: shares,
      repetitions: 2)
  }

  @Test("The same files for one worker and two, and from a run that was stopped and went on")
  func reproducible() throws {
    let scene = PoisonScene()
    func run(_ workers: Int) throws -> [String: Data] {
      try scene.files {
        try BackdoorExperiment(configuration(scene), workerCount: workers).run(on: scene.dataset, in: $0) {
          _ in
        }
      }.files
    }
    let one = try comparable(run(1))
    #expect(try one == comparable(run(2)))
    let resumed = try scene.resumed(after: 40) { folder, progress in
      try BackdoorExperiment(configuration(scene), workerCount: 2).run(
        on: scene.dataset, in: folder, progress: progress)
    }
    #expect(try resumed.partsBefore > 0 && resumed.partsBefore < 4 && comparable(resumed.files) == one)
    for name in [
      "backdoor.csv", "clusters.csv", "figures/success.png", "figures/examples.png", "figures/neurons.png",
    ] {
      #expect(one[name] != nil)
    }
  }

  @Test(
    "A fifth of marked images opens a door that a clean network has not, and costs little without the mark")
  func success() throws {
    let scene = PoisonScene()
    let (_, results) = try scene.files {
      try BackdoorExperiment(configuration(scene), workerCount: 2).run(on: scene.dataset, in: $0) { _ in }
    }
    for outcome in results.outcomes {
      #expect(outcome.judged.success.total == 60 && outcome.judged.error.total == 90)
      #expect(outcome.poisonCount == (outcome.share == 0 ? 0 : 36) && outcome.labels.count == 3)
      #expect(outcome.flaggedPoisons <= min(outcome.flaggedCount, outcome.poisonCount))
      #expect((outcome.repaired == nil) == (outcome.flaggedCount == 0))
      let rate = outcome.judged.success.value ?? 0
      if outcome.share == 0 { #expect(rate < 0.2) } else { #expect(rate > 0.8) }
      #expect((outcome.judged.error.value ?? 1) < 0.15)
    }
    #expect(results.changedPixels == [5, 48] && results.target == "square")
    #expect(zip(results.changes, results.changes.dropFirst()).allSatisfy { $0.after >= $1.after })
  }

  @Test("Fewer shares in the same folder find all their parts, with the networks that are shown then")
  func fewerShares() throws {
    let scene = PoisonScene(epochs: 1)
    _ = try scene.files { folder in
      let all = configuration(scene, shares: [0, 0.1, 0.2])
      _ = try BackdoorExperiment(all, workerCount: 1).run(on: scene.dataset, in: folder) { _ in }
      let log = ProgressLog()
      let fewer = configuration(scene, shares: [0, 0.1])
      let results = try BackdoorExperiment(fewer, workerCount: 1).run(on: scene.dataset, in: folder) {
        log.note($0)
      }
      #expect(log.warnings == [])
      return results
    }
  }

  @Test("A share beyond what there is, a patch beyond the image and an unknown class are refused at once")
  func refusals() throws {
    let scene = PoisonScene()
    let url = FileManager.default.temporaryDirectory.appending(path: "intrigue-poison-\(UUID().uuidString)")
    func refused(_ configuration: BackdoorExperiment.Configuration) -> String {
      do {
        _ = try BackdoorExperiment(configuration, workerCount: 1).run(on: scene.dataset, in: RunFolder(url)) {
          _ in
        }
        return ""
      } catch { return "\(error)" }
    }
    #expect(refused(configuration(scene, shares: [0.7])).contains("0.7"))
    #expect(refused(configuration(scene, trigger: .patch(side: 6))).contains("side 6"))
    var unknown = configuration(scene)
    unknown.target = "triangle"
    #expect(refused(unknown).contains("triangle"))
    #expect(
      refused(configuration(scene, shares: [0.0000009, 0.1]))
        == "a share of 0.0000009 is not one of 180 images; choose a larger one")
    #expect(!FileManager.default.fileExists(atPath: url.path))
  }

  @Test("With share 0 alone no neuron is said to have changed: both networks are the same")
  func cleanOnly() throws {
    let scene = PoisonScene(epochs: 1)
    let (_, results) = try scene.files {
      try BackdoorExperiment(configuration(scene, shares: [0]), workerCount: 2).run(on: scene.dataset, in: $0)
      {
        _ in
      }
    }
    #expect(!results.sentences.contains { $0.contains("answers most to the trigger") })
  }
}

@Suite struct NeuronGalleryTests {
  private let shape = ImageShape(channels: 1, height: 8, width: 6)

  /// Three neurons that each read one pixel, ahead of two classes.
  private func network(_ pixels: [Int]) throws -> Network {
    let graph = try Graph(
      Architecture(
        name: "pixels", input: shape,
        nodes: [
          .init("flatten", .flatten), .init("hidden", .linear(outputs: 3, bias: false)), .init("relu", .relu),
          .init("classifier", .linear(outputs: 3, bias: false)),
        ]))
    var weights = Tensor(shape: [3, 48])
    for (neuron, pixel) in pixels.enumerated() { weights.elements[neuron * 48 + pixel] = 1 }
    return try Network(graph: graph, parameters: [weights, Tensor(repeating: 1, shape: [3, 3])])
  }

  @Test("The neuron that learned to read a pixel of the patch comes first, with triggered images on top")
  func trigger() throws {
    let scene = PoisonScene()
    let trigger = Trigger(.patch(side: 3), shape: shape, seed: 1)
    let corner = try #require(trigger.opacities.lastIndex { $0 > 0 })
    let gallery = try NeuronGallery(
      before: network([0, 1, 2]), after: network([0, corner, 2]), heldOut: scene.dataset.heldOut,
      trigger: trigger, target: 0, seed: 1, workerCount: 1)
    let first = gallery.changes[0]
    #expect(first.neuron == 1 && first.before == 0 && first.after > 1)
    #expect(first.triggeredAfter == NeuronGallery.topCount)
    #expect(gallery.changes.dropFirst().allSatisfy { $0.after == 0 })
    #expect(gallery.isTriggered.count { $0 } == 30)
    let heldOut = scene.dataset.heldOut
    for image in heldOut.labels.indices {
      #expect(
        (gallery.images.tensor(of: [image]) != heldOut.tensor(of: [image])) == gallery.isTriggered[image])
      if gallery.isTriggered[image] { #expect(heldOut.labels[image] != 0) }
    }
  }

  @Test("Of two networks that differ in one neuron, that neuron changed most")
  func labels() throws {
    let gallery = try NeuronGallery(
      before: network([0, 1, 2]), after: network([0, 1, 40]), heldOut: PoisonScene().dataset.heldOut,
      workerCount: 1)
    #expect(gallery.changes[0].neuron == 2 && gallery.changes[0].before != gallery.changes[0].after)
    #expect(gallery.changes.dropFirst().allSatisfy { $0.before == $0.after && $0.triggeredAfter == nil })
    // z of the class that is named, by hand: pixel 40 is the neuron's value.
    let change = gallery.changes[0]
    let label = try #require(change.label)
    let heldOut = PoisonScene().dataset.heldOut
    let values = heldOut.labels.indices.map { Double(heldOut.tensor(of: [$0]).elements[40]) }
    let mean = values.reduce(0, +) / 90
    let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 90).squareRoot()
    let own = values.indices.filter { heldOut.labels[$0] == label }
    let expected = (own.reduce(0) { $0 + values[$1] } / Double(own.count) - mean) / deviation
    #expect(abs(change.after - expected) < 1e-5)
  }
}
