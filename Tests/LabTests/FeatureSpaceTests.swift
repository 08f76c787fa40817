import Networks
import Tensors
import Testing

@testable import Lab

@Suite struct FeatureSpaceTests {
  private func space(
    _ architecture: Architecture.Named, _ layer: String?, pooling: MapPooling = .none,
    activation: ActivationReading? = nil
  ) throws -> FeatureSpace {
    let shape = ImageShape(channels: 1, height: 28, width: 28)
    let graph = try Graph(.named(architecture, input: shape, classCount: 10))
    return FeatureSpace(
      of: graph, at: try graph.featurePosition(layer, activation: activation), pooling: pooling)
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
    #expect(try space(.softmax, nil, pooling: .mean).words == "layer input (1×28×28 pixels)")
    #expect(
      try space(.lenet, "pool2").words
        == "layer pool2 (3136 units in maps of 64×7×7, max pool, after ReLU)")
  }

  @Test("Pooled, a map is a unit; where there is no map the pooling is none, whatever was asked")
  func pooled() throws {
    let means = try space(.lenet, "pool2", pooling: .mean)
    #expect(means.unitCount == 64 && means.pooling == .mean && means.numbering == nil)
    #expect(means.words == "layer pool2 (64 units, each the mean of a 7×7 map, max pool, after ReLU)")
    #expect(
      try space(.lenet, "conv1", pooling: .centre).words
        == "layer conv1 (32 units, each the centre of a 28×28 map, before the activation)")
    for (architecture, layer) in [
      (Architecture.Named.lenet, "relu3"), (.lenet, "flatten"), (.allcnn, "pool"), (.resnet8, "normalise"),
    ] {
      let space = try space(architecture, layer, pooling: .max)
      #expect(space.pooling == .none && space.unitCount == space.shape.reduce(1, *))
    }
  }

  @Test("A side of the activation is named by its own node, so both names are one space")
  func sides() throws {
    #expect(try space(.mlp, nil, activation: .post) == space(.mlp, "relu2"))
    #expect(try space(.mlp, nil, activation: .pre) == space(.mlp, "fc2"))
    #expect(try space(.lenet, "conv2", activation: .post) == space(.lenet, "relu2"))
    for layer in ["pool1", "flatten", "classifier", "input"] {
      let name = layer
      #expect(throws: NetworkError.noActivation(layer: name, known: ["conv1", "conv2", "fc1"])) {
        try space(.lenet, layer, activation: .pre)
      }
    }
  }
}
