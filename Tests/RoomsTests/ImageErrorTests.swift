import Datasets
import Inference
import Networks
import Tensors
import Testing

@testable import Lab
@testable import PrivacyRoom

@Suite struct ImageErrorTests {
  @Test("Of one pair it is McNemar's; pairs that err on the same images are no surer, on others they are")
  func pairs() throws {
    let one: (Set<Int>, Set<Int>) = ([1, 2, 3, 4], [3, 4, 5])
    func width(_ pairs: [(Set<Int>, Set<Int>)]) throws -> Double {
      let error = try #require(ImageError(ofDifferences: pairs.map { ($0.0, $0.1) }, imageCount: 50))
      #expect(error.below == error.above)
      return error.above
    }
    let alone = 1.96 * 3.0.squareRoot() / 50  // 1, 2 and 5 tell them apart
    #expect(abs(try width([one]) / alone - 1) < 1e-4)
    #expect(abs(try width([one, one, one]) / alone - 1) < 1e-4)
    let others: [(Set<Int>, Set<Int>)] = [one, ([11, 12], [15]), ([21, 22], [25])]
    #expect(abs(try width(others) / (alone / 3.0.squareRoot()) - 1) < 1e-4)
    #expect(ImageError(ofDifferences: [], imageCount: 50) == nil)
  }

  @Test("An interval with the error of the images is narrower than neither; one network still has none")
  func sum() throws {
    let mean = try #require(MeanWithInterval([0.1, 0.2, 0.4]))
    let range = try #require(mean.range)
    let wide = try #require(mean.adding(ImageError(below: 0.3, above: 0.4)).range)
    let below = mean.mean - range.lowerBound
    #expect(abs(mean.mean - wide.lowerBound - (below * below + 0.09).squareRoot()) < 1e-12)
    #expect(wide.upperBound - mean.mean > max(0.4, range.upperBound - mean.mean))
    #expect(mean.adding(nil) == mean && mean.adding(ImageError(below: 0, above: 0)).mean == mean.mean)
    #expect(MeanWithInterval([0.1])?.adding(ImageError(below: 1, above: 1)).range == nil)
    let difference = ImageError(below: 3, above: 5).minus(ImageError(below: 12, above: 4))
    #expect(difference == ImageError(below: 5, above: 13))
  }

  @Test("Intervals of the advantage cover 0 for networks that know nothing of their images")
  func coverage() throws {
    let graph = try Graph(
      .named(.softmax, input: ImageShape(channels: 1, height: 3, width: 3), classCount: 2))
    let base = Network(initializing: graph, seed: 1)
    // Nearly the same network six times, so that all err together on the images that they are shown.
    let models = try (0..<6).map { number in
      var generator = SeededGenerator(seed: 5, purpose: "made-up networks", index: number)
      let parameters = base.parameters.map { tensor in
        Tensor(
          shape: tensor.shape,
          elements: zip(tensor.elements, generator.normals(tensor.elements.count)).map { $0 + 0.1 * $1 })
      }
      return Model(network: try Network(graph: graph, parameters: parameters), classNames: ["0", "1"])
    }
    var (covered, width) = (0, 0.0)
    let count = 50
    for experiment in 0..<count {
      var generator = SeededGenerator(seed: 17, purpose: "made-up images", index: experiment)
      func images(_ count: Int) -> LabelledImages {
        LabelledImages(
          shape: graph.architecture.input,
          pixels: .floats((0..<9 * count).map { _ in Float(generator.uniform()) }),
          labels: (0..<count).map { _ in Int(generator.next() & 1) }, classNames: ["0", "1"])
      }
      let bench = PrivacyBench(
        Dataset(name: "made up", training: images(400), heldOut: images(80)), attacking: [0], radius: 1,
        workerCount: 1, progress: { _ in })
      let networks = try models.enumerated().map { number, model in
        try bench.measure(model, .plain, seed: UInt64(100 * experiment + number), account: nil)
      }
      let advantage = try #require(PrivacySummary(.plain, among: networks).advantage)
      let range = try #require(advantage.range)
      if range.contains(0) { covered += 1 }
      width += (range.upperBound - range.lowerBound) / 2 / Double(count)
    }
    #expect(covered >= 46, "\(covered) of \(count)")
    // Not by being wide: one network alone has 1.96 √(2 / 4n) = 0.155 from its images.
    #expect(width < 0.22, "\(width)")
  }
}
