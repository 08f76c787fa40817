import Intrigue

extension Architecture {
  private static let images = ImageShape(channels: 1, height: 28, width: 28)

  static let convolutionalNetwork = Architecture(
    name: "convolutional", input: images,
    nodes: [
      .init("conv1", .convolution(Convolution(outputChannels: 32, kernel: 5, padding: 2))),
      .init("relu1", .relu), .init("pool1", .maxPool(Pooling(kernel: 2, stride: 2))),
      .init("conv2", .convolution(Convolution(outputChannels: 64, kernel: 5, padding: 2))),
      .init("relu2", .relu), .init("pool2", .maxPool(Pooling(kernel: 2, stride: 2))),
      .init("flatten", .flatten),
      .init("fc1", .linear(outputs: 128, bias: true)), .init("relu3", .relu),
      .init("fc2", .linear(outputs: 10, bias: true)),
    ])

  /// Of the row `box-lbfgs`.
  static let smallConvolutionalNetwork = Architecture(
    name: "small convolutional", input: images,
    nodes: [
      .init("conv1", .convolution(Convolution(outputChannels: 16, kernel: 5, stride: 2))),
      .init("relu1", .relu),
      .init("conv2", .convolution(Convolution(outputChannels: 32, kernel: 3, stride: 2))),
      .init("relu2", .relu), .init("flatten", .flatten),
      .init("fc1", .linear(outputs: 64, bias: true)), .init("relu3", .relu),
      .init("fc2", .linear(outputs: 10, bias: true)),
    ])

  static let multilayerPerceptron = Architecture(
    name: "multilayer perceptron", input: images,
    nodes: [
      .init("flatten", .flatten),
      .init("fc1", .linear(outputs: 100, bias: true)), .init("sigmoid1", .sigmoid),
      .init("fc2", .linear(outputs: 100, bias: true)), .init("sigmoid2", .sigmoid),
      .init("fc3", .linear(outputs: 10, bias: true)),
    ])
}
