import Foundation
import Storage
import Tensors

/// Networks that must be refused: model files, weights of other programs, checkpoints.
let brokenModels: [BrokenInput] =
  [
    bytes("model: an empty file", "is truncated") { _ in Data() },
    bytes("model: seven bytes", "is truncated") { $0.prefix(7) },
    bytes("model: truncated tensors", "expected") { $0.dropLast(100) },
    bytes("model: bytes behind the tensors", "expected") { $0 + [0, 0, 0, 0] },
    bytes("model: a header longer than the file", "expected a header") {
      $0.replacing(at: 0, with: [0, 0, 0x10, 0, 0, 0, 0, 0])
    },
    bytes("model: a header of 2⁶⁴ − 1 bytes", "at most") {
      $0.replacing(at: 0, with: [UInt8](repeating: 0xFF, count: 8))
    },
    bytes("model: a header that is no JSON", "expected '{'") { $0.replacing(at: 8, with: [0x5B]) },
    bytes("model: a picture in its place", "is a PNG image: expected a safetensors file") { _ in
      Data([0x89] + Array("PNG\r\n".utf8) + [0x1A, 10])
    },

    header(
      "safetensors: overlapping tensors", "overlaps", #""a":\#(tensor([2], 0, 8)),"b":\#(tensor([2], 4, 12))"#
    ),
    header("safetensors: a gap", "gap", #""a":\#(tensor([1], 0, 4)),"b":\#(tensor([1], 8, 12))"#),
    header(
      "safetensors: offsets beyond the file", "ends before",
      #""a":\#(tensor([3], 0, 12)),"b":\#(tensor([1000], 12, 4012))"#),
    header(
      "safetensors: offsets that run backwards", "expected [begin, end]", #""a":\#(tensor([3], 12, 0))"#),
    header("safetensors: negative offsets", "non-negative integer", #""a":\#(tensor([3], -12, 0))"#),
    header(
      "safetensors: offsets beyond 64 bits", "non-negative integer",
      #""a":{"dtype":"F32","shape":[3],"data_offsets":[0,99999999999999999999]}"#),
    header(
      "safetensors: a shape that disagrees with the offsets", "needs 16", #""a":\#(tensor([4], 0, 12))"#),
    header(
      "safetensors: a shape whose product overflows", "impossible shape",
      #""a":\#(tensor([1 << 62, 8], 0, 12))"#),
    header(
      "safetensors: an unknown element type", "not supported",
      #""a":{"dtype":"F4","shape":[3],"data_offsets":[0,12]}"#),
    header(
      "safetensors: a tensor named twice", "twice", #""a":\#(tensor([3], 0, 12)),"a":\#(tensor([3], 0, 12))"#),

    altered("model: NaN weights", "nan") { $0.tensors[0].tensor.elements[5] = .nan },
    altered("model: infinite weights", "inf") { $0.tensors[1].tensor.elements[0] = -.infinity },
    altered("model: a missing tensor", "no tensor for") { $0.tensors.removeLast() },
    altered("model: one tensor too many", "the architecture has no layer for more [2]") {
      $0.tensors.append(("more", Tensor(shape: [2])))
    },
    altered("model: a tensor of another shape", "expects [6]") { file in
      let position = file.tensors.firstIndex { $0.name == "hidden.bias" }
      if let position { file.tensors[position].tensor = Tensor(shape: [7]) }
    },
    altered("model: no architecture", "no architecture") { $0.metadata["architecture"] = nil },
    altered("model: an architecture that is no JSON", "architecture") {
      $0.metadata["architecture"] = "tiny"
    },
    altered("model: an architecture of other shapes", "expects [7, 64]") {
      $0.metadata["architecture"] = $0.metadata["architecture"]?.replacing(
        "\"outputs\":6", with: "\"outputs\":7")
    },
    altered("model: an architecture with an unknown layer", "softplus") {
      $0.metadata["architecture"] = $0.metadata["architecture"]?.replacing("relu", with: "softplus")
    },
    altered("model: an architecture that reads what does not exist", "no earlier node") {
      $0.metadata["architecture"] = Laboratory.network(
        nodes: #"{"name": "logits", "layer": "linear", "outputs": 3, "inputs": ["hidden"]}"#)
    },
    altered("model: an architecture beyond memory", "has more than 67108864 values") {
      $0.metadata["architecture"] = Laboratory.network(
        nodes: #"{"name": "logits", "layer": "linear", "outputs": 1000000000000}"#)
    },
    altered("model: two class names for three logits", "names 2 classes") {
      $0.metadata["classNames"] = #"["cross", "dot"]"#
    },
    altered("model: class names that are no list", "classNames") { $0.metadata["classNames"] = #"{"a": 1}"# },
    altered("model: a training history that is none", "provenance") { $0.metadata["provenance"] = "[]" },
    altered("model: a format of the future", "intrigue-model-9") {
      $0.metadata["format"] = "intrigue-model-9"
    },
    altered("model: weights whose logits are infinite", "infinite") {
      for index in $0.tensors.indices where $0.tensors[index].name.hasSuffix("weight") {
        $0.tensors[index].tensor.elements = $0.tensors[index].tensor.elements.map { _ in 3e38 }
      }
    },

    BrokenInput("model: no file", .model("none.safetensors"), naming: "none.safetensors", "does not exist") {
      _ in
    },
    BrokenInput("model: a folder", .model("images"), naming: "images", "is a folder") { _ in },
    BrokenInput(
      "model: images of another size", .pair(model: model, data: "large"), naming: model, "these are 1×9×9"
    ) { try $0.writeArrays(to: "large", count: 30, side: 9) },
    BrokenInput(
      "model: data with another number of classes", .pair(model: model, data: "images"), naming: model,
      "the data have 2"
    ) { try $0.remove("images/dot") },

    weights("weights: another shape", "in no order") {
      $0 = [
        ("first.weight", [6, 63]), ("first.bias", [6]), ("second.weight", [3, 6]), ("second.bias", [3]),
      ]
    },
    weights("weights: too few tensors", "no tensor for") { $0.removeLast() },
    weights("weights: none at all", "no tensor for") { $0 = [] },

    checkpoint("checkpoint: truncated", "is truncated") { $0.prefix(600) },
    checkpoint("checkpoint: an empty file", "is truncated") { _ in Data() },
    checkpoint("checkpoint: a model in its place", "is no checkpoint") { _ in
      SafetensorsFile(tensors: []).encoded()
    },
  ]

private let model = "run/model.safetensors"

/// The trained model's bytes damaged.
private func bytes(
  _ fault: String, _ problem: String, damage: @escaping @Sendable (Data) -> Data
) -> BrokenInput {
  BrokenInput(fault, .model("broken.safetensors"), naming: "broken.safetensors", problem) { laboratory in
    try laboratory.write(damage(laboratory.read(model)), to: "broken.safetensors")
  }
}

/// The trained model with other content.
private func altered(
  _ fault: String, _ problem: String, change: @escaping @Sendable (inout SafetensorsFile) -> Void
) -> BrokenInput {
  BrokenInput(fault, .model("broken.safetensors"), naming: "broken.safetensors", problem) { laboratory in
    var file = try SafetensorsFile(contentsOf: laboratory.file(model))
    change(&file)
    try file.write(to: laboratory.file("broken.safetensors"))
  }
}

/// A file of 12 data bytes with a header of one's own.
private func header(_ fault: String, _ problem: String, _ entries: String) -> BrokenInput {
  BrokenInput(fault, .model("broken.safetensors"), naming: "broken.safetensors", problem) { laboratory in
    let header = Data("{\(entries)}".utf8)
    let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) }
    try laboratory.write(length + header + Data(count: 12), to: "broken.safetensors")
  }
}

private func tensor(_ shape: [Int], _ begin: Int, _ end: Int) -> String {
  #"{"dtype":"F32","shape":\#(shape),"data_offsets":[\#(begin),\#(end)]}"#
}

/// Weights under another program's names, for the laboratory's architecture.
private func weights(
  _ fault: String, _ problem: String, change: @escaping @Sendable (inout [(String, [Int])]) -> Void
) -> BrokenInput {
  BrokenInput(
    fault, .weights("w.safetensors", architecture: "network.json"), naming: "w.safetensors", problem
  ) { laboratory in
    var tensors = [("fc1.weight", [6, 64]), ("fc1.bias", [6]), ("fc2.weight", [3, 6]), ("fc2.bias", [3])]
    change(&tensors)
    try SafetensorsFile(tensors: tensors.map { ($0, Tensor(shape: $1)) })
      .write(to: laboratory.file("w.safetensors"))
  }
}

private func checkpoint(
  _ fault: String, _ problem: String, damage: @escaping @Sendable (Data) -> Data
) -> BrokenInput {
  BrokenInput(fault, .going, naming: "run/checkpoint.safetensors", problem) { laboratory in
    let name = "run/checkpoint.safetensors"
    try laboratory.write(damage(laboratory.read(name)), to: name)
  }
}
