import Foundation
import Images
import Storage
import Tensors
import Testing

/// Files of a few kilobytes that ask for gigabytes.
@Suite struct MemoryTests {
  /// Convolutions of one pixel, one after the other; padding makes the maps of an 8×8 image large.
  private static func model(padding: Int, layerCount: Int = 1) throws -> Data {
    var nodes = [
      #"{"name": "c0", "layer": "conv2d", "outputChannels": 4, "kernel": 1, "padding": \#(padding)}"#
    ]
    var tensors = [
      ("c0.weight", Tensor(repeating: 0.5, shape: [4, 1, 1, 1])), ("c0.bias", Tensor(shape: [4])),
    ]
    for layer in 1..<max(layerCount, 1) {
      nodes.append(#"{"name": "c\#(layer)", "layer": "conv2d", "outputChannels": 4, "kernel": 1}"#)
      tensors += [
        ("c\(layer).weight", Tensor(repeating: 0.25, shape: [4, 4, 1, 1])),
        ("c\(layer).bias", Tensor(shape: [4])),
      ]
    }
    nodes.append(
      #"{"name": "g", "layer": "globalAveragePool"}, {"name": "o", "layer": "linear", "outputs": 3}"#)
    tensors += [
      ("o.weight", Tensor(shape: [3, 4], elements: (0..<12).map { Float($0 % 5) / 7 })),
      ("o.bias", Tensor(shape: [3])),
    ]
    return SafetensorsFile(
      tensors: tensors.map { (name: $0.0, tensor: $0.1) },
      metadata: [
        "format": "intrigue-model-1",
        "architecture": Laboratory.network(nodes: nodes.joined(separator: ", ")),
      ]
    ).encoded()
  }

  @Test(
    "A model of some kilobytes that wants more than the limit of address space is refused in one sentence")
  func addressSpace() async throws {
    let laboratory = try await Laboratory()
    try laboratory.write(Self.model(padding: 2000, layerCount: 6), to: "large.safetensors")
    for use in Laboratory.uses {
      let before = try laboratory.content(of: use.folder)
      let outcome = try await Program(laboratory: laboratory).run(
        use.command + ["large.safetensors", "--data", "images", "--output", use.folder, "--quiet"]
          + use.options,
        redirected: "", after: "ulimit -v 1500000; ")
      expectRefusal(outcome, saying: ["needs", "of memory, and", "ulimit -v"])
      #expect(try laboratory.content(of: use.folder) == before)
    }
  }

  @Test("A model that wants more than the machine has is refused in one sentence")
  func machine() async throws {
    let laboratory = try await Laboratory()
    // Each layer leaves 257 MB for one image.
    let layerCount = Int(ProcessInfo.processInfo.physicalMemory) / 257_000_000 + 8
    try laboratory.write(Self.model(padding: 2000, layerCount: layerCount), to: "huge.safetensors")
    let outcome = try await laboratory.run(
      "evaluate", "huge.safetensors", "--data", "images", "--output", "o", "--quiet")
    expectRefusal(outcome, saying: ["running tiny image by image needs", "GB of memory, and"])
    #expect(!FileManager.default.fileExists(atPath: laboratory.file("o").path))
  }

  @Test("Training that wants more than there is is refused before anything is written")
  func training() async throws {
    let laboratory = try await Laboratory()
    let nodes =
      #"{"name": "c", "layer": "conv2d", "outputChannels": 4, "kernel": 1, "padding": 2000}, "#
      + #"{"name": "g", "layer": "globalAveragePool"}, {"name": "o", "layer": "linear", "outputs": 3}"#
    try laboratory.write(Laboratory.network(nodes: nodes), to: "wide.json")
    let outcome = try await Program(laboratory: laboratory).run(
      ["train", "--data", "images", "--architecture", "wide.json", "--output", "trained", "--quiet"],
      redirected: "", after: "ulimit -v 2000000; ")
    expectRefusal(outcome, saying: ["training tiny needs", "--micro-batch", "ulimit -v"])
    #expect(!FileManager.default.fileExists(atPath: laboratory.file("trained").path))
  }

  @Test("Where memory suffices for one worker, one works: said, recorded, and the same results")
  func oneWorker() async throws {
    let laboratory = try await Laboratory()
    try laboratory.write(Self.model(padding: 1000), to: "wide.safetensors")
    func evaluate(_ folder: String, _ workerCount: Int, _ limit: Int) async throws -> Program.Outcome {
      try await Program(laboratory: laboratory).run(
        [
          "evaluate", "wide.safetensors", "--data", "images", "--output", folder, "--workers",
          "\(workerCount)",
        ], redirected: "", after: "ulimit -v \(limit); ")
    }
    // One plan takes 1.0 GB: 16 images of 64 MB.
    let many = try await evaluate("many", 8, 4_000_000)
    #expect(many.exitCode == 0, "\(many.errors)")
    #expect(many.errors.contains("warning: 8 workers would need"))
    let one = try await evaluate("one", 1, 4_000_000)
    #expect(one.exitCode == 0, "\(one.errors)")
    #expect(!one.errors.contains("workers would need"))
    #expect(try laboratory.read("many/classes.csv") == laboratory.read("one/classes.csv"))
    let record = try JSONSerialization.jsonObject(with: laboratory.read("many/run.json")) as? [String: Any]
    let environment = try #require(record?["environment"] as? [String: Any])
    #expect(try #require(environment["workerCount"] as? Int) < 8)
  }

  @Test("Images of 67 megapixels in files of 65 kB are refused at once, and read to be resized")
  func largeImages() async throws {
    let laboratory = try await Laboratory(hasResults: false)
    let side = 8192
    let image = try PNGFile.encode(
      Bitmap(width: side, height: side, channels: 1, samples: [UInt8](repeating: 90, count: side * side)),
      file: laboratory.file("image"))
    for name in ["a/1", "a/2", "b/1", "b/2"] { try laboratory.write(image, to: "large/\(name).png") }
    // Seconds of the processor: twenty it took when every image was decoded.
    let refused = try await Program(laboratory: laboratory).run(
      ["datasets", "show", "large", "--output", "large.png", "--quiet"], redirected: "",
      after: "ulimit -t 5; ")
    expectRefusal(
      refused,
      saying: [
        "large: has 4 images of 4 that cannot be used: a/1.png, a/2.png, b/1.png, and 1 more like it (each is 8192 pixels wide and 8192 high",
        "--resize HEIGHTxWIDTH",
      ])
    let read = try await laboratory.run(
      "datasets", "show", "large", "--resize", "16x16", "--output", "small.png", "--quiet")
    expectSuccess(read)
  }
}
