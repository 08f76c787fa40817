import Foundation

/// Architecture files that must be refused.
let brokenArchitectures: [BrokenInput] =
  [
    file("architecture: an empty file", "is not JSON", ""),
    file("architecture: no JSON", "is not JSON", "conv2d 32"),
    file("architecture: a list", "no object at the top", "[]"),
    file("architecture: deep nesting", "is not JSON", String(repeating: "[", count: 100_000)),
    file(
      "architecture: no nodes key", "nodes",
      #"{"name": "n", "input": {"channels": 1, "height": 8, "width": 8}}"#),
    file(
      "architecture: no name", "name", #"{"input": {"channels": 1, "height": 8, "width": 8}, "nodes": []}"#),
    input("architecture: no height", "height", #"{"channels": 1, "width": 8}"#),
    input("architecture: no channels at all", "positive", #"{"channels": 0, "height": 8, "width": 8}"#),
    input("architecture: a negative width", "positive", #"{"channels": 1, "height": 8, "width": -8}"#),
    input(
      "architecture: images of 10²⁷ pixels", "more than 67108864 values",
      #"{"channels": 1000000000, "height": 1000000000, "width": 1000000000}"#),
    input(
      "architecture: images beyond 64 bits", "is not JSON", #"{"channels": 1, "height": 1e30, "width": 8}"#),
    input("architecture: images unlike the data", "1×8×8", #"{"channels": 1, "height": 9, "width": 8}"#),

    nodes("architecture: no node", "no nodes", ""),
    nodes(
      "architecture: an unknown layer", "no layer is called \"relv\"",
      #"{"name": "a", "layer": "relv"}, \#(end)"#),
    nodes("architecture: no layer key", "layer", #"{"name": "a"}, \#(end)"#),
    nodes(
      "architecture: an unknown input", "no earlier node",
      #"{"name": "a", "layer": "relu", "inputs": ["b"]}, \#(end)"#),
    nodes(
      "architecture: a node that reads itself", "no earlier node",
      #"{"name": "a", "layer": "relu", "inputs": ["a"]}, \#(end)"#),
    nodes(
      "architecture: a cycle", "no earlier node",
      #"{"name": "a", "layer": "relu", "inputs": ["b"]}, {"name": "b", "layer": "relu", "inputs": ["a"]}, \#(end)"#
    ),
    nodes(
      "architecture: one name twice", "unique",
      #"{"name": "a", "layer": "relu"}, {"name": "a", "layer": "relu"}, \#(end)"#),
    nodes("architecture: a sum of one", "reads 2 nodes", #"{"name": "a", "layer": "add"}, \#(end)"#),
    nodes(
      "architecture: a sum of different shapes", "differ",
      #"{"name": "a", "layer": "conv2d", "outputChannels": 1, "kernel": 3}, "#
        + #"{"name": "b", "layer": "add", "inputs": ["a", "input"]}, \#(end)"#),
    nodes(
      "architecture: a convolution of a vector", "needs maps",
      #"{"name": "a", "layer": "flatten"}, \#(convolution(""))"#),
    nodes(
      "architecture: two classes for three", "for 2 classes: expected 3",
      #"{"name": "a", "layer": "linear", "outputs": 2}"#),
    nodes(
      "architecture: no linear layer", "no linear layer", #"{"name": "a", "layer": "globalAveragePool"}"#),
    nodes(
      "architecture: a node that nobody reads", "read by none",
      #"{"name": "a", "layer": "relu"}, {"name": "b", "layer": "linear", "outputs": 3, "inputs": ["input"]}"#),
    nodes(
      "architecture: a dropout of everything", "rate",
      #"{"name": "a", "layer": "dropout", "rate": 1}, \#(end)"#),
    nodes(
      "architecture: a deviation of zero", "positive",
      #"{"name": "a", "layer": "normalise", "mean": [0], "standardDeviation": [0]}, \#(end)"#),
    nodes(
      "architecture: means for three channels", "needs 1 means",
      #"{"name": "a", "layer": "normalise", "mean": [0, 0, 0], "standardDeviation": [1, 1, 1]}, \#(end)"#),
    nodes(
      "architecture: a mean beyond Float", "is not JSON",
      #"{"name": "a", "layer": "normalise", "mean": [1e39], "standardDeviation": [1]}, \#(end)"#),

    nodes("architecture: a kernel of 10⁹", "1000000000", convolution(#", "kernel": 1000000000"#)),
    nodes(
      "architecture: a kernel of 2⁶³ − 1", "9223372036854775807",
      convolution(#", "kernel": 9223372036854775807"#)),
    nodes("architecture: a kernel of three numbers", "3 numbers", convolution(#", "kernel": [3, 3, 3]"#)),
    nodes("architecture: a kernel of 2.5", "kernel", convolution(#", "kernel": 2.5"#)),
    nodes("architecture: a stride of zero", "stride", convolution(#", "stride": 0"#)),
    nodes("architecture: a stride of −2", "stride", convolution(#", "stride": -2"#)),
    nodes("architecture: a padding of −1", "padding", convolution(#", "padding": -1"#)),
    nodes("architecture: a padding of 2⁶²", "padding", convolution(#", "padding": 4611686018427387904"#)),
    nodes("architecture: a dilation of 10⁹", "dilation", convolution(#", "dilation": 1000000000"#)),
    nodes("architecture: no groups", "groups", convolution(#", "groups": 0"#)),
    nodes("architecture: groups that do not divide", "groups", convolution(#", "groups": 3"#)),
    nodes(
      "architecture: 10¹² output channels", "its result [1000000000000, 6, 6] has more than",
      convolution(#", "outputChannels": 1000000000000"#)),
    nodes(
      "architecture: 2⁶³ − 1 output channels", "outputChannels: 9223372036854775807 is beyond",
      convolution(#", "outputChannels": 9223372036854775807"#)),
    nodes("architecture: −4 output channels", "channels", convolution(#", "outputChannels": -4"#)),
    nodes(
      "architecture: padding that makes maps of 10¹⁰ values", "its result [4, 120006, 120006] has more than",
      convolution(#", "padding": 60000"#)),
    nodes(
      "architecture: 10¹² outputs", "its result [1000000000000] has more than",
      #"{"name": "a", "layer": "linear", "outputs": 1000000000000}, \#(end)"#),
    nodes(
      "architecture: 2⁶³ − 1 outputs", "outputs: 9223372036854775807 is beyond",
      #"{"name": "a", "layer": "linear", "outputs": 9223372036854775807}, \#(end)"#),
    nodes(
      "architecture: 10⁹ parameters", "the network has more than 268435456",
      #"{"name": "a", "layer": "linear", "outputs": 20000000}, \#(end)"#),
    nodes(
      "architecture: −6 outputs", "outputs must be positive",
      #"{"name": "a", "layer": "linear", "outputs": -6}, \#(end)"#),
    nodes(
      "architecture: outputs as text", "outputs",
      #"{"name": "a", "layer": "linear", "outputs": "six"}, \#(end)"#),
    nodes(
      "architecture: a window larger than the maps", "does not fit",
      #"{"name": "a", "layer": "maxPool", "kernel": 9}, \#(end)"#),
    nodes(
      "architecture: a window of 10⁹", "kernel must be positive and at most 65535, got 1000000000×1000000000",
      #"{"name": "a", "layer": "averagePool", "kernel": 1000000000, "padding": 500000000}, \#(end)"#),
    nodes(
      "architecture: a window padded by 2⁶²", "padding",
      #"{"name": "a", "layer": "maxPool", "kernel": 2, "padding": 4611686018427387904}, \#(end)"#),
    nodes(
      "architecture: a negative momentum", "momentum",
      #"{"name": "a", "layer": "batchNorm", "momentum": -1}, \#(end)"#),

    BrokenInput(
      "architecture: no file", .architecture("none.json"), naming: "none.json", "does not exist"
    ) { _ in },
  ]

/// The last layer of an architecture that works.
private let end = #"{"name": "logits", "layer": "linear", "outputs": 3}"#

/// A convolution with other settings, and the last layer. The later of two equal keys would count, so what is given
/// takes the place of what works.
private func convolution(_ settings: String) -> String {
  var works = [("outputChannels", "4"), ("kernel", "3")]
  works.removeAll { settings.contains("\"\($0.0)\"") }
  let rest = works.map { ", \"\($0.0)\": \($0.1)" }.joined()
  return #"{"name": "conv", "layer": "conv2d"\#(rest)\#(settings)}, \#(end)"#
}

private func nodes(_ fault: String, _ problem: String, _ nodes: String) -> BrokenInput {
  file(fault, problem, Laboratory.network(nodes: nodes))
}

private func input(_ fault: String, _ problem: String, _ input: String) -> BrokenInput {
  file(fault, problem, Laboratory.network(input: input))
}

private func file(_ fault: String, _ problem: String, _ json: String) -> BrokenInput {
  BrokenInput(fault, .architecture("broken.json"), naming: "broken.json", problem) {
    try $0.write(json, to: "broken.json")
  }
}
