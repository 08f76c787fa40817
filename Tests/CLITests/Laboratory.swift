import Foundation
import Images
import Storage
import Testing

/// A folder of its own for one test, with small data, an architecture, a trained network and its evaluation.
///
///     images/<class>/<number>.png   three classes of 8×8 grey images
///     network.json                  8×8 pixels, 6 hidden units, 3 classes
///     run/                          what `intrigue train` left
///     evaluation/                   what `intrigue evaluate` left
///
/// Its path has a space and a letter beyond ASCII. It is removed with the value.
final class Laboratory: Sendable {
  let folder: URL

  /// - Parameter hasResults: Whether `run` and the folders of `uses` are there.
  init(hasResults: Bool = true) async throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "intrigue tést \(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try writeImages(to: "images")
    try write(Self.network(), to: "network.json")
    if hasResults {
      for (name, data) in try await Self.results.value { try write(data, to: name) }
    }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func file(_ name: String) -> URL { folder.appending(path: name) }

  func run(_ arguments: String..., datasets: String = "") async throws -> Program.Outcome {
    try await Program(laboratory: self, datasets: datasets).run(arguments)
  }

  // MARK: Files

  func write(_ data: Data, to name: String) throws {
    let file = file(name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: file)
  }

  func write(_ text: String, to name: String) throws { try write(Data(text.utf8), to: name) }

  func read(_ name: String) throws -> Data { try Data(contentsOf: file(name)) }

  func remove(_ name: String) throws { try FileManager.default.removeItem(at: file(name)) }

  /// Every file below the folder called `name`, with its bytes.
  func content(of name: String) throws -> [String: Data] {
    var content: [String: Data] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: file(name).path) {
      var isFolder: ObjCBool = false
      let file = file("\(name)/\(path)")
      _ = FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder)
      if !isFolder.boolValue { content["\(name)/\(path)"] = try Data(contentsOf: file) }
    }
    return content
  }

  // MARK: Data

  static let classNames = ["cross", "dot", "línea"]

  /// A bright column, square or row, whose place and brightness vary.
  static func picture(_ label: Int, _ number: Int, side: Int = 8) -> Bitmap {
    let position = number % side
    let samples = (0..<side * side).map { pixel -> UInt8 in
      let (row, column) = (pixel / side, pixel % side)
      let isBright =
        switch label {
        case 0: row == position || column == position
        case 1: (row - position).magnitude <= 1 && (column - (number * 3) % side).magnitude <= 1
        default: row == position
        }
      return isBright ? UInt8(200 + number % 50) : UInt8((pixel * 7 + number * 13) % 40)
    }
    return Bitmap(width: side, height: side, channels: 1, samples: samples)
  }

  func writeImages(to name: String, perClass: Int = 12, side: Int = 8) throws {
    for (label, className) in Self.classNames.enumerated() {
      for number in 0..<perClass {
        try writeImage(label, number, side: side, to: "\(name)/\(className)/\(number).png")
      }
    }
  }

  func writeImage(_ label: Int, _ number: Int, side: Int = 8, to name: String) throws {
    try write(PNGFile.encode(Self.picture(label, number, side: side), file: file(name)), to: name)
  }

  /// Many images as arrays; a fifth of each class will be held out.
  func writeArrays(to name: String, count: Int, side: Int = 8) throws {
    let pixels = (0..<count).flatMap { Self.picture($0 % 3, $0 / 3, side: side).samples }
    try write(
      NPYFile(shape: [count, side, side], elements: .bytes(pixels)).encoded(), to: "\(name)/images.npy")
    try write(
      NPYFile(shape: [count], elements: .integers((0..<count).map { $0 % 3 })).encoded(),
      to: "\(name)/labels.npy")
  }

  /// An architecture as JSON. What is given replaces what works.
  static func network(
    input: String = #"{"channels": 1, "height": 8, "width": 8}"#,
    nodes: String = """
    {"name": "hidden", "layer": "linear", "outputs": 6},
    {"name": "act", "layer": "relu"},
    {"name": "logits", "layer": "linear", "outputs": 3}
    """
  ) -> String {
    #"{"name": "tiny", "input": \#(input), "nodes": [\#(nodes)]}"#
  }

  // MARK: Results

  /// Files of `run` and of the folders of `uses`, made once.
  private static let results = Task {
    let laboratory = try await Laboratory(hasResults: false)
    expectSuccess(
      try await laboratory.run(
        "train", "--data", "images", "--architecture", "network.json", "--epochs", "2", "--batch", "8",
        "--output", "run", "--quiet"))
    var results = try laboratory.content(of: "run")
    for use in Laboratory.uses {
      expectSuccess(
        try await Program(laboratory: laboratory).run(
          use.command + ["run/model.safetensors", "--data", "images", "--output", use.folder, "--quiet"]
            + use.options))
      results.merge(try laboratory.content(of: use.folder)) { $1 }
    }
    return results
  }

  /// The commands that take a trained network, and where each leaves its results.
  static let uses: [(command: [String], folder: String, options: [String])] = [
    (["evaluate"], "evaluation", []),
    (["gallery"], "gallery", ["--neurons", "2", "--directions", "2", "--top", "3", "--no-cache"]),
    (["attack", "fgsm"], "attack", ["--epsilon", "0.1", "--grid", "2"]),
  ]
}
