import Datasets
import Networks
import Tensors
import Testing

@testable import CompareRoom
@testable import Lab
@testable import TrainRoom

@Suite struct ReferenceNetworkTests {
  private func recipe(besides names: [Architecture.Named], shape: ImageShape) -> TrainExperiment.Configuration
  {
    let images = LabelledImages(
      shape: shape, pixels: .bytes([UInt8](repeating: 0, count: 2 * shape.pixelCount)), labels: [0, 1],
      classNames: ["a", "b"])
    return ReferenceNetwork.recipe(
      besides: names.map { .named($0, input: shape, classCount: 2) }, on: images,
      data: DataSource(name: "made up"), seed: 7)
  }

  @Test("The reference is of another kind than the networks, with a seed that none of them has")
  func kinds() {
    let shape = ImageShape(channels: 1, height: 28, width: 28)
    #expect(recipe(besides: [.mlp], shape: shape).architecture == .named("lenet"))
    #expect(recipe(besides: [.lenet], shape: shape).architecture == .named("mlp"))
    #expect(recipe(besides: [.mlp, .lenet], shape: shape).architecture == .named("mlp"))
    #expect(recipe(besides: [.mlp], shape: shape).training.seed == 1_000_007)
  }
}
