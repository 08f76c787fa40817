import Foundation
import Storage
import Tensors
import Testing

@testable import Networks

@Suite struct ModelFileTests {
  private func temporary(_ name: String) throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: "intrigue-model-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder.appending(path: name)
  }

  private func model() throws -> Model {
    let graph = try Graph(
      .named(.resnet8, input: ImageShape(channels: 3, height: 8, width: 8), classCount: 3))
    var model = Model(network: Network(initializing: graph, seed: 4), classNames: ["a", "b, \"b\"", "ç"])
    model.provenance.dataName = "made up"
    model.provenance.heldOutAccuracy = 0.5
    model.provenance.training = Architecture.Named.resnet8.recommendedTraining(seed: 7)
    return model
  }

  @Test("A model comes back as it was written")
  func roundTrip() throws {
    let file = try temporary("model.safetensors")
    let model = try model()
    try ModelFile.write(model, to: file)
    let read = try ModelFile.read(file)
    #expect(read.network == model.network)
    #expect(read.classNames == model.classNames)
    #expect(read.provenance == model.provenance)
    #expect(try read.checksum == model.checksum)
  }

  @Test("The checksum follows weights and architecture and nothing else")
  func checksum() throws {
    var model = try model()
    let checksum = try model.checksum
    model.classNames = ["x", "y", "z"]
    model.provenance = Model.Provenance()
    #expect(try model.checksum == checksum)
    var parameters = model.network.parameters
    parameters[0].elements[0].negate()
    model.network = try Network(graph: model.network.graph, parameters: parameters)
    #expect(try model.checksum != checksum)
  }

  /// Weights of a small network under the names of a torch.nn.Sequential, in the order in which the Python package
  /// stores them: by name.
  private func foreign(_ network: Network, names: [String: String]) -> SafetensorsFile {
    let tensors = zip(network.graph.parameters, network.parameters).map { parameter, tensor in
      let (module, kind) = (parameter.name.split(separator: ".")[0], parameter.name.split(separator: ".")[1])
      return (name: "\(names[String(module)]!).\(kind)", tensor: tensor)
    }
    return SafetensorsFile(tensors: tensors.sorted { $0.name < $1.name })
  }

  private func small() throws -> Network {
    Network(
      initializing: try Graph(
        Architecture(
          name: "small", input: ImageShape(channels: 1, height: 6, width: 6),
          nodes: [
            .init("conv", .convolution(Convolution(outputChannels: 3, kernel: 3))), .init("relu", .relu),
            .init("flatten", .flatten), .init("fc1", .linear(outputs: 7, bias: true)), .init("relu2", .relu),
            .init("fc2", .linear(outputs: 4, bias: true)),
          ])), seed: 6)
  }

  @Test("Weights under other names are found in order, with numbers in names compared as numbers")
  func otherNames() throws {
    let network = try small()
    let file = URL(filePath: "weights.safetensors")
    let numbered = foreign(network, names: ["conv": "2", "fc1": "5", "fc2": "10"])
    #expect(numbered.tensors[0].name == "10.bias")
    let match = try WeightMatching.match(numbered, to: network.graph, file: file)
    #expect(match.method == .byOrder)
    #expect(match.network == network)
    #expect(
      match.pairs.map(\.tensor) == ["2.weight", "2.bias", "5.weight", "5.bias", "10.weight", "10.bias"])
  }

  @Test("Twelve layers of one shape in alphabetical order of their names are not mixed up")
  func alphabetical() throws {
    let shape = ImageShape(channels: 1, height: 1, width: 4)
    let nodes = (0..<12).map { Architecture.Node("layer\($0)", .linear(outputs: 4, bias: true)) }
    let network = Network(
      initializing: try Graph(Architecture(name: "deep", input: shape, nodes: nodes)), seed: 2)
    let names = Dictionary(uniqueKeysWithValues: (0..<12).map { ("layer\($0)", "body.\($0)") })
    let match = try WeightMatching.match(
      foreign(network, names: names), to: network.graph, file: URL(filePath: "w"))
    #expect(match.network == network)
  }

  @Test("Names that agree win over the order")
  func agreeingNames() throws {
    let network = try small()
    let shuffled = SafetensorsFile(
      tensors: zip(network.graph.parameters, network.parameters).map { (name: $0.name, tensor: $1) }
        .reversed())
    let match = try WeightMatching.match(shuffled, to: network.graph, file: URL(filePath: "w"))
    #expect(match.method == .byName)
    #expect(match.network == network)
  }

  @Test("Weights that are shared are found by the name that the metadata give, and it is said")
  func shared() throws {
    let nodes = ["h1", "h2"].map { Architecture.Node($0, .linear(outputs: 4, bias: true)) }
    let graph = try Graph(
      Architecture(name: "tied", input: ImageShape(channels: 1, height: 2, width: 2), nodes: nodes))
    let network = Network(initializing: graph, seed: 4)
    var tensors = zip(graph.parameters, network.parameters).map { (name: $0.name, tensor: $1) }
    tensors.removeAll { $0.name == "h2.weight" }
    // As safetensors.torch.save_model writes it.
    let container = SafetensorsFile(tensors: tensors, metadata: ["format": "pt", "h2.weight": "h1.weight"])
    let match = try WeightMatching.match(container, to: graph, file: URL(filePath: "w"))
    #expect(match.network[parameter: "h2.weight"] == network[parameter: "h1.weight"])
    #expect(match.network[parameter: "h2.bias"] == network[parameter: "h2.bias"])
    #expect(match.method == .byName)
    #expect(match.remarks == ["shared weights, by the file's metadata: h2.weight is h1.weight"])
    // A name for what is not there is none.
    var lost = container
    lost.metadata["h2.weight"] = "h3.weight"
    #expect(throws: FileError.self) { try WeightMatching.match(lost, to: graph, file: URL(filePath: "w")) }
  }

  @Test(
    "A count of batches is passed over in any type, and so are tensors whose values are not read; it is said")
  func passedOver() throws {
    let network = try small()
    var all = zip(network.graph.parameters, network.parameters).map { (name: $0.name, tensor: $1) }
    all.append((name: "bn.num_batches_tracked", tensor: Tensor(shape: [])))
    var match = try WeightMatching.match(
      SafetensorsFile(tensors: all), to: network.graph, file: URL(filePath: "w"))
    #expect(match.network == network && match.method == .byName)
    #expect(match.remarks == ["tensors of the file that are not read: bn.num_batches_tracked"])
    // An unused tensor of 8-bit floating-point numbers behind the network's own.
    var data = SafetensorsFile(tensors: all.dropLast()).encoded()
    let end = data.count - 8 - Int(data.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) })
    let header = String(decoding: data[8..<data.count - end], as: UTF8.self).trimmingCharacters(
      in: .whitespaces)
    let longer =
      header.dropLast()
      + ",\"scale\":{\"dtype\":\"F8_E4M3\",\"shape\":[3],\"data_offsets\":[\(end),\(end + 3)]}}"
    data =
      withUnsafeBytes(of: UInt64(longer.utf8.count).littleEndian) { Data($0) } + Data(longer.utf8)
      + data.suffix(end) + Data(count: 3)
    let container = try SafetensorsFile(data: data, file: URL(filePath: "w"))
    match = try WeightMatching.match(container, to: network.graph, file: URL(filePath: "w"))
    #expect(match.network == network)
    #expect(match.remarks == ["tensors of the file that are not read: scale (F8_E4M3)"])
  }

  @Test("A running variance below 0 is refused, whose root a ReLU would hide")
  func negativeVariance() throws {
    let graph = try Graph(
      Architecture(
        name: "bn", input: ImageShape(channels: 1, height: 2, width: 2),
        nodes: [
          .init("bn", .batchNorm(epsilon: 1e-5, momentum: 0.1)), .init("fc", .linear(outputs: 2, bias: true)),
        ]))
    let network = Network(initializing: graph, seed: 1)
    var tensors = zip(graph.parameters, network.parameters).map { (name: $0.name, tensor: $1) }
    let variance = try #require(tensors.firstIndex { $0.name == "bn.running_var" })
    tensors[variance].tensor = Tensor(shape: [1], elements: [-0.5])
    let error = #expect(throws: FileError.self) {
      try WeightMatching.match(SafetensorsFile(tensors: tensors), to: graph, file: URL(filePath: "w"))
    }
    #expect(
      error?.problem == "the network's running variance bn.running_var has the value -0.5: expected 0 or more"
    )
    tensors[variance].tensor = Tensor(shape: [1], elements: [0])
    #expect(throws: Never.self) {
      try WeightMatching.match(SafetensorsFile(tensors: tensors), to: graph, file: URL(filePath: "w"))
    }
  }

  @Test("Missing, left-over and misshapen tensors are refused by name")
  func refused() throws {
    let network = try small()
    let all = zip(network.graph.parameters, network.parameters).map { (name: $0.name, tensor: $1) }
    func complaint(_ tensors: [(name: String, tensor: Tensor)]) -> String {
      do {
        _ = try WeightMatching.match(
          SafetensorsFile(tensors: tensors), to: network.graph, file: URL(filePath: "w.safetensors"))
        return ""
      } catch { return "\(error)" }
    }
    #expect(complaint(Array(all.dropLast())).contains("fc2.bias"))
    #expect(complaint(all + [(name: "extra", tensor: Tensor(shape: [2]))]).contains("extra"))
    var misshapen = all
    misshapen[2].tensor = Tensor(shape: [48, 7])
    #expect(complaint(misshapen).contains("[48, 7]"))
    var renamed = misshapen
    renamed[2].name = "other.weight"
    #expect(complaint(renamed).contains("other.weight"))
  }
}
