import Foundation
import Storage
import TestSupport
import Tensors
import Testing

@testable import Networks

@Suite struct GELUTests {
  private static let exact: @Sendable (Double) -> Double = { $0 / 2 * (1 + erf($0 / 2.0.squareRoot())) }
  private static let tanhForm: @Sendable (Double) -> Double = {
    $0 / 2 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0)))
  }
  private static let forms: [(layer: Layer, value: @Sendable (Double) -> Double)] = [
    (.gelu, exact), (.geluTanh, tanhForm),
  ]

  private static let cases: [GradientTests.Case] = forms.flatMap {
    ActivationTests.places($0.layer, functions: ["gelu": $0.value])
  }

  @Test(
    "In every place results and gradients agree with the equation in Double and its differences",
    arguments: cases)
  func everywhere(_ item: GradientTests.Case) throws {
    let tests = GradientTests()
    try tests.forward(item)
    try tests.parameterGradients(item)
    try tests.imageGradients(item)
  }

  /// A network that only applies the layer to nine pixels, and reads them off by a linear layer of ones and zeros.
  private func identity(_ layer: Layer) throws -> Network {
    let graph = try Graph(
      Architecture(
        name: "gelu", input: ImageShape(channels: 1, height: 3, width: 3),
        nodes: [
          .init("act", layer), .init("flatten", .flatten), .init("read", .linear(outputs: 9, bias: false)),
        ]))
    let ones = (0..<81).map { Float($0 / 9 == $0 % 9 ? 1 : 0) }
    return try Network(graph: graph, parameters: [Tensor(shape: [9, 9], elements: ones)])
  }

  @Test(
    "Values are those of PyTorch's documentation's equations, and the two forms are told apart",
    arguments: [0, 1])
  func values(_ index: Int) throws {
    let form = Self.forms[index]
    let pixels: [Float] = [-30, -3, -1, -0.5, 0, 0.5, 1, 3, 30]
    let found = try Engine(running: identity(form.layer), workerCount: 1)
      .logits(of: Tensor(shape: [1, 1, 3, 3], elements: pixels))
    let expected = pixels.map { Float(form.value(Double($0))) }
    // oneDNN's polynomial for erf is good to some 10⁻⁷.
    expectClose(found, Tensor(shape: [1, 9], elements: expected), absolute: 5e-7, relative: 1e-6)
    // From tables of Φ: Φ(1) = 0.8413447, and 0.8411920 of the other form.
    #expect(abs(found.elements[6] - [0.8413447, 0.8411920][index]) < 1e-6)
  }

  @Test("An architecture file says the form by PyTorch's word, and none where it says nothing")
  func architectureFile() throws {
    func layer(_ settings: String) throws -> Layer {
      let node = #"{"name": "a", "layer": "gelu"\#(settings)}"#
      return try JSONFile.decode(
        Architecture.Node.self, from: Data(node.utf8), file: URL(filePath: "a.json")
      ).layer
    }
    #expect(try layer("") == .gelu)
    #expect(try layer(#", "approximate": "none""#) == .gelu)
    #expect(try layer(#", "approximate": "tanh""#) == .geluTanh)
    #expect(Layer.gelu != .geluTanh)
    let problem = #"node "a": approximate must be "none" or "tanh", found "erf""#
    #expect {
      try layer(#", "approximate": "erf""#)
    } throws: {
      ($0 as? FileError)?.problem.contains(problem) == true
    }
    for form in Self.forms {
      let architecture = try identity(form.layer).graph.architecture
      let again = try JSONFile.decode(
        Architecture.self, from: Data(architecture.json.utf8), file: URL(filePath: "a.json"))
      #expect(again == architecture)
    }
  }

  @Test(
    "Weights of safetensors run under an architecture file, and a model keeps its form",
    arguments: ["none", "tanh"])
  func files(_ form: String) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "gelu-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let json = """
      {"name": "foreign", "input": {"channels": 1, "height": 4, "width": 4}, "nodes": [
        {"name": "flatten", "layer": "flatten"}, {"name": "fc1", "layer": "linear", "outputs": 6},
        {"name": "act", "layer": "gelu", "approximate": "\(form)"},
        {"name": "fc2", "layer": "linear", "outputs": 3}]}
      """
    let file = folder.appending(path: "net.json")
    try json.write(to: file, atomically: true, encoding: .utf8)
    let graph = try Graph(Architecture(contentsOf: file))
    let drawn = Network(initializing: graph, seed: 3)
    // As torch.nn.Sequential(Flatten, Linear, GELU, Linear) names them.
    let weights = folder.appending(path: "net.safetensors")
    try SafetensorsFile(
      tensors: zip(["1.weight", "1.bias", "3.weight", "3.bias"], drawn.parameters).map { ($0, $1) }
    ).write(to: weights)
    let match = try WeightMatching.match(
      SafetensorsFile(contentsOf: weights), to: graph, file: weights)
    #expect(match.network == drawn)
    let model = folder.appending(path: "model.safetensors")
    try ModelFile.write(Model(network: match.network, classNames: ["a", "b", "c"]), to: model)
    let read = try ModelFile.read(model).network
    #expect(read == drawn)

    let pixels = (0..<16).map { Float($0) / 16 }
    let functions = ["gelu": form == "tanh" ? Self.tanhForm : Self.exact]
    let expected = DoubleReference(drawn, functions: functions).logits([pixels.map(Double.init)], .inference)
    let logits = try Engine(running: read, workerCount: 1)
      .logits(of: Tensor(shape: [1, 1, 4, 4], elements: pixels))
    expectClose(
      logits, Tensor(shape: [1, 3], elements: expected[0].map(Float.init)), absolute: 2e-6, relative: 1e-5)
  }

  @Test("It is an activation: both its sides can be read, captions name it, it is the feature layer")
  func description() throws {
    let graph = try Graph(
      Architecture(
        name: "described", input: ImageShape(channels: 1, height: 6, width: 6),
        nodes: [
          .init("conv", .convolution(Convolution(outputChannels: 4, kernel: 3))),
          .init("norm", .batchNorm(epsilon: 1e-5, momentum: 0.1)), .init("act", .gelu),
          .init("pool", .globalAveragePool), .init("logits", .linear(outputs: 2, bias: true)),
        ]))
    #expect(graph.nodes[2].layer.kind == "gelu")
    #expect(graph.readableLayers.map(\.activation) == [nil, nil, .pre, .post, nil, nil])
    #expect(graph.position(.post, of: 0) == 2 && graph.position(.pre, of: 2) == 1)
    #expect(graph.stage(of: 2) == "after GELU")
    #expect(graph.stage(of: 3) == "mean of each map, after GELU")
  }

  @Test("Weights before it are drawn so that they keep the mean square of what passes", arguments: [0, 1])
  func initialization(_ index: Int) throws {
    let form = Self.forms[index]
    let graph = try Graph(
      Architecture(
        name: "drawn", input: ImageShape(channels: 1, height: 16, width: 16),
        nodes: [
          .init("flatten", .flatten), .init("fc", .linear(outputs: 400, bias: true)),
          .init("act", form.layer), .init("logits", .linear(outputs: 3, bias: true)),
        ]))
    let weights = try #require(Network(initializing: graph, seed: 3)[parameter: "fc.weight"]).elements
    let variance = weights.reduce(0) { $0 + Double($1) * Double($1) } / Double(weights.count)
    // E f(z)² by the midpoint rule.
    let meanSquare = stride(from: -9.0, to: 9, by: 0.001).reduce(0.0) { sum, left in
      let z = left + 0.0005
      return sum + form.value(z) * form.value(z) * exp(-z * z / 2) / (2 * .pi).squareRoot() * 0.001
    }
    // 102,400 draws: five standard errors √(2/n) of a variance.
    #expect(abs(variance * 256 * meanSquare - 1) < 0.022)
  }

  @Test("No slope exceeds the Lipschitz bound, which is no larger than it must be", arguments: [0, 1])
  func lipschitz(_ index: Int) throws {
    let form = Self.forms[index]
    let slopes = stride(from: -9.0, to: 9, by: 1e-3).map { (form.value($0 + 1e-4) - form.value($0)) / 1e-4 }
    let steepest = try #require(slopes.max())
    let bound = try #require(form.layer.lipschitzBound(input: [9], parameters: []))
    #expect(steepest <= bound && bound < steepest + 2e-5)
    #expect(slopes.min()! > -bound)
  }

  @Test("A network with it learns, and any number of workers trains the same bytes", arguments: [0, 1])
  func training(_ index: Int) throws {
    let images = SyntheticImages.make(count: 120)
    let graph = try Graph(
      Architecture(
        name: "trained", input: images.shape,
        nodes: [
          .init("conv", .convolution(Convolution(outputChannels: 16, kernel: 3, padding: 1))),
          .init("norm", .batchNorm(epsilon: 1e-5, momentum: 0.1)), .init("act", Self.forms[index].layer),
          .init("conv2", .convolution(Convolution(outputChannels: 16, kernel: 3, padding: 1))),
          .init("add", .add, inputs: ["conv2", "act"]), .init("act2", Self.forms[index].layer),
          .init("pool", .maxPool(Pooling(kernel: 2, stride: 2))), .init("flatten", .flatten),
          .init("fc", .linear(outputs: 12, bias: true)), .init("act3", Self.forms[index].layer),
          .init("logits", .linear(outputs: 4, bias: true)),
        ]))
    let configuration = TrainingConfiguration(
      epochCount: 6, batchSize: 24, microBatch: 8, optimizer: .sgd(momentum: 0.9, weightDecay: 0),
      learningRate: LearningRate(initial: 0.05, schedule: .cosine), seed: 9)
    let states = try [1, 3].map {
      try Trainer(configuration, training: images, validation: nil, workerCount: $0)
        .train(from: TrainingState(starting: Network(initializing: graph, seed: 3)))
    }
    #expect(states[0].network == states[1].network)
    let losses = states[0].history.map(\.trainingLoss)
    // Four bright patches in noise: from the log 4 of chance to next to nothing.
    #expect(losses[5] < 0.1 * losses[0], "\(losses)")
  }
}
