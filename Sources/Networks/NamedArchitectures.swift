import Tensors

extension Architecture {
  /// Architectures known by name; each adapts to any image shape and number of classes it supports.
  public enum Named: String, CaseIterable, Codable, Sendable {
    case softmax
    case fc100 = "fc100-100-10"
    case fc200 = "fc200-200-10"
    case fc123 = "fc123-456-10"
    case ae400 = "ae400-10"
    case maxout
    case rbf
    case mlp
    case lenet
    case allcnn
    case resnet8

    /// One line for lists.
    public var summary: String {
      switch self {
      case .softmax: "linear classifier on pixels (FC10 of Szegedy et al.)"
      case .fc100: "two hidden layers of 100 sigmoid units (Szegedy et al.)"
      case .fc200: "two hidden layers of 200 sigmoid units (Szegedy et al.)"
      case .fc123: "two hidden layers of 123 and 456 sigmoid units (Szegedy et al.)"
      case .ae400: "classifier on 400 sigmoid units of a sparse autoencoder (Szegedy et al.)"
      case .maxout: "two hidden layers of 240 maxout units of 5 pieces, with dropout (Goodfellow et al.)"
      case .rbf: "distances of the pixels from a centre per class (Goodfellow et al.)"
      case .mlp: "two hidden layers of 256 and 128 rectified units"
      case .lenet: "conv 32@5×5, pool, conv 64@5×5, pool, 128 rectified units"
      case .allcnn: "convolutions only, strided instead of pooled, global average pool"
      case .resnet8: "residual network of three blocks with batch normalization, for colour images"
      }
    }
  }

  public static func named(_ name: Named, input: ImageShape, classCount: Int) -> Architecture {
    let nodes: [Node] =
      switch name {
      case .softmax:
        [Node("flatten", .flatten), Node("classifier", .linear(outputs: classCount, bias: true))]
      case .fc100: fullyConnected([100, 100], .sigmoid, classCount)
      case .fc200: fullyConnected([200, 200], .sigmoid, classCount)
      case .fc123: fullyConnected([123, 456], .sigmoid, classCount)
      case .ae400:
        [
          Node("flatten", .flatten), Node("encoder", .linear(outputs: 400, bias: true)),
          Node("sigmoid", .sigmoid), Node("classifier", .linear(outputs: classCount, bias: true)),
        ]
      case .maxout: maxout(classCount)
      case .rbf: [Node("flatten", .flatten), Node("classifier", .rbf(outputs: classCount))]
      case .mlp: fullyConnected([256, 128], .relu, classCount)
      case .lenet: lenet(classCount)
      case .allcnn: allConvolutional(input, classCount)
      case .resnet8: residual(input, classCount)
      }
    return Architecture(name: name.rawValue, input: input, nodes: nodes)
  }

  private static func fullyConnected(_ widths: [Int], _ activation: Layer, _ classCount: Int) -> [Node] {
    var nodes = [Node("flatten", .flatten)]
    for (index, width) in widths.enumerated() {
      nodes.append(Node("fc\(index + 1)", .linear(outputs: width, bias: true)))
      nodes.append(Node("\(activation.kind)\(index + 1)", activation))
    }
    return nodes + [Node("classifier", .linear(outputs: classCount, bias: true))]
  }

  /// After `mnist_pi` of pylearn2's maxout paper, without its limit on the norm of columns.
  private static func maxout(_ classCount: Int) -> [Node] {
    var nodes = [Node("flatten", .flatten), Node("dropout0", .dropout(rate: 0.2))]
    for layer in 1...2 {
      nodes += [
        Node("fc\(layer)", .linear(outputs: 240 * 5, bias: true)),
        Node("maxout\(layer)", .maxout(pieces: 5)), Node("dropout\(layer)", .dropout(rate: 0.5)),
      ]
    }
    return nodes + [Node("classifier", .linear(outputs: classCount, bias: true))]
  }

  private static func lenet(_ classCount: Int) -> [Node] {
    [
      Node("conv1", .convolution(Convolution(outputChannels: 32, kernel: 5, padding: 2))),
      Node("relu1", .relu),
      Node("pool1", .maxPool(Pooling(kernel: 2, stride: 2))),
      Node("conv2", .convolution(Convolution(outputChannels: 64, kernel: 5, padding: 2))),
      Node("relu2", .relu),
      Node("pool2", .maxPool(Pooling(kernel: 2, stride: 2))),
      Node("flatten", .flatten),
      Node("fc1", .linear(outputs: 128, bias: true)),
      Node("relu3", .relu),
      Node("classifier", .linear(outputs: classCount, bias: true)),
    ]
  }

  /// After Springenberg, Dosovitskiy, Brox, Riedmiller (2015), made narrower for training on a CPU.
  private static func allConvolutional(_ input: ImageShape, _ classCount: Int) -> [Node] {
    var nodes = [normalise(input)]
    let layers: [(channels: Int, kernel: Int, stride: Int)] = [
      (32, 3, 1), (32, 3, 2), (64, 3, 1), (64, 3, 2), (128, 3, 1), (128, 1, 1),
    ]
    for (index, layer) in layers.enumerated() {
      let extent = Extent(integerLiteral: layer.kernel)
      nodes.append(
        Node(
          "conv\(index + 1)",
          .convolution(
            Convolution(
              outputChannels: layer.channels, kernel: extent, stride: Extent(integerLiteral: layer.stride),
              padding: Extent(integerLiteral: layer.kernel / 2)))))
      nodes.append(Node("relu\(index + 1)", .relu))
    }
    return nodes + [
      Node("pool", .globalAveragePool), Node("classifier", .linear(outputs: classCount, bias: true)),
    ]
  }

  /// After He, Zhang, Ren, Sun (2016), section 4.2, with one block per stage: n = 1, 6n + 2 = 8 layers.
  private static func residual(_ input: ImageShape, _ classCount: Int) -> [Node] {
    func convolution(_ channels: Int, _ kernel: Int, _ stride: Int) -> Layer {
      .convolution(
        Convolution(
          outputChannels: channels, kernel: Extent(integerLiteral: kernel),
          stride: Extent(integerLiteral: stride), padding: Extent(integerLiteral: kernel / 2), bias: false))
    }
    let norm = Layer.batchNorm(epsilon: 1e-5, momentum: 0.1)
    var nodes = [
      normalise(input), Node("conv0", convolution(16, 3, 1)), Node("bn0", norm), Node("relu0", .relu),
    ]
    for (stage, channels) in [16, 32, 64].enumerated() {
      let (name, before) = ("stage\(stage + 1)", nodes[nodes.count - 1].name)
      nodes += [
        Node("\(name).conv1", convolution(channels, 3, stage == 0 ? 1 : 2)), Node("\(name).bn1", norm),
        Node("\(name).relu1", .relu), Node("\(name).conv2", convolution(channels, 3, 1)),
        Node("\(name).bn2", norm),
      ]
      var shortcut = before
      if stage > 0 {
        nodes += [
          Node("\(name).shortcut", convolution(channels, 1, 2), inputs: [before]),
          Node("\(name).shortcutNorm", norm),
        ]
        shortcut = "\(name).shortcutNorm"
      }
      nodes += [
        Node("\(name).add", .add, inputs: ["\(name).bn2", shortcut]), Node("\(name).relu2", .relu),
      ]
    }
    return nodes + [
      Node("pool", .globalAveragePool), Node("classifier", .linear(outputs: classCount, bias: true)),
    ]
  }

  /// Roughly centred and scaled pixels; the statistics of CIFAR-10 where there are three channels.
  private static func normalise(_ input: ImageShape) -> Node {
    let isColour = input.channels == 3
    return Node(
      "normalise",
      .normalise(
        mean: isColour ? [0.491, 0.482, 0.447] : Array(repeating: 0.5, count: input.channels),
        standardDeviation: isColour ? [0.247, 0.243, 0.262] : Array(repeating: 0.25, count: input.channels)))
  }
}
