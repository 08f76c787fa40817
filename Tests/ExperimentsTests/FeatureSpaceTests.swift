import Networks
import Tensors
import Testing

@testable import Experiments

@Suite struct FeatureSpaceTests {
  private func space(_ architecture: Architecture.Named, _ layer: String?, channels: Int = 1) throws
    -> FeatureSpace
  {
    let shape = ImageShape(channels: channels, height: 28, width: 28)
    let graph = try Graph(.named(architecture, input: shape, classCount: 10))
    return FeatureSpace(of: graph, at: try graph.featurePosition(layer))
  }

  @Test(
    "A layer says whether its values are taken before or after the activation",
    arguments: [
      (Architecture.Named.lenet, "relu3", "after ReLU", [128]),
      (.lenet, "fc1", "before the activation", [128]),
      (.lenet, "pool2", "max pool, after ReLU", [64, 7, 7]),
      (.lenet, "flatten", "max pool, after ReLU", [3136]),
      (.lenet, "classifier", "logits", [10]),
      (.fc100, "sigmoid2", "after sigmoid", [100]),
      (.allcnn, "pool", "mean of each map, after ReLU", [128]),
      (.resnet8, "stage1.add", "before the activation", [16, 28, 28]),
      (.resnet8, "normalise", "normalised pixels", [1, 28, 28]),
    ])
  func stage(architecture: Architecture.Named, layer: String, stage: String, shape: [Int]) throws {
    let space = try space(architecture, layer)
    #expect(space.layer == layer)
    #expect(space.stage == stage)
    #expect(space.shape == shape)
    #expect(space.unitCount == shape.reduce(1, *))
  }

  @Test("Without a name it is the feature layer; for a linear classifier these are the pixels")
  func defaultLayer() throws {
    #expect(try space(.mlp, nil).words == "layer relu2 (128 units, after ReLU)")
    #expect(try space(.softmax, nil).words == "layer input (1×28×28 pixels)")
    #expect(
      try space(.lenet, "pool2").words
        == "layer pool2 (3136 units in maps of 64×7×7, max pool, after ReLU)")
  }
}
