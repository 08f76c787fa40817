import Networks
import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct ConvolutionSpectrumTests {
  static let cases: [(Convolution, Extent)] = [
    (Convolution(outputChannels: 3, kernel: 3, bias: false), 6),
    (Convolution(outputChannels: 3, kernel: 3, stride: 2, bias: false), 6),
    (
      Convolution(
        outputChannels: 2, kernel: Extent(height: 3, width: 2), stride: Extent(height: 1, width: 3),
        groups: 2,
        bias: false), Extent(height: 4, width: 6)
    ),
    (Convolution(outputChannels: 4, kernel: 5, stride: 4, bias: false), 8),
  ]

  /// Kernel elements for two input channels.
  private func weights(_ c: Convolution) -> [Double] {
    var generator = SeededGenerator(seed: 7)
    return generator.normals(c.outputChannels * 2 / c.groups * c.kernel.height * c.kernel.width)
      .map(Double.init)
  }

  /// The convolution on a torus, as the definition stands.
  private func circularMatrix(_ c: Convolution, _ weights: [Double], _ torus: Extent) -> (
    matrix: [Double], rows: Int, columns: Int
  ) {
    let (height, width) = (torus.height / c.stride.height, torus.width / c.stride.width)
    let (inputs, outputs) = (2 / c.groups, c.outputChannels / c.groups)
    let columns = 2 * torus.height * torus.width
    let rows = c.outputChannels * height * width
    var matrix = [Double](repeating: 0, count: rows * columns)
    for output in 0..<c.outputChannels {
      for y in 0..<height {
        for x in 0..<width {
          for inner in 0..<inputs {
            for u in 0..<c.kernel.height {
              for v in 0..<c.kernel.width {
                let channel = output / outputs * inputs + inner
                let row = (y * c.stride.height + u) % torus.height
                let column = (x * c.stride.width + v) % torus.width
                matrix[
                  ((output * height + y) * width + x) * columns + (channel * torus.height + row) * torus.width
                    + column] +=
                  weights[((output * inputs + inner) * c.kernel.height + u) * c.kernel.width + v]
              }
            }
          }
        }
      }
    }
    return (matrix, rows, columns)
  }

  @Test(
    "It is the largest singular value of the convolution on a torus; the factor that the paper prints is not",
    arguments: cases.indices)
  func torus(index: Int) throws {
    let (convolution, torus) = Self.cases[index]
    let weights = weights(convolution)
    let (matrix, rows, columns) = circularMatrix(convolution, weights, torus)
    let largest = try #require(singularValues(matrix, rows: rows, columns: columns).first)
    let found = ConvolutionSpectrum.norm(
      of: convolution, weights: weights, inputChannels: 2, torus: torus, iterationCount: 300, seed: 1)
    expectClose(found.estimate, largest, relative: 1e-5)
    #expect(largest <= found.upperBound)
    let stride = convolution.stride.height * convolution.stride.width
    let printed = found.estimate / Double(stride).squareRoot()
    #expect(stride == 1 || printed < 0.75 * largest)
  }

  @Test(
    "On a torus large enough it bounds the convolution with zeros around the image", arguments: [1, 2, 3],
    [0, 1, 2])
  func bounds(stride: Int, padding: Int) {
    let extent = { (size: Int) in Extent(height: size, width: size) }
    let convolution = Convolution(
      outputChannels: 3, kernel: 3, stride: extent(stride), padding: extent(padding), bias: false)
    let weights = weights(convolution)
    let side = (7 + 2 * padding - 3) / stride + 1
    let map = LinearOperator(convolution, weights: weights, input: [2, 7, 7], output: [3, side, side])
    let real = SpectralNorm(of: map, iterationCount: 300, seed: 1)
    let circular = ConvolutionSpectrum.norm(
      of: convolution, weights: weights, inputChannels: 2,
      torus: ConvolutionSpectrum.boundingTorus(of: convolution, height: 7, width: 7), iterationCount: 300,
      seed: 1)
    #expect(real.estimate <= circular.upperBound)
    #expect(circular.estimate < 2 * real.estimate)  // and is not far off
  }

  @Test("Every convolution of a network is listed, and none is longer than its norm on the torus")
  func networks() throws {
    let network = try Engine.convolutional(seed: 1).network
    let norms = ConvolutionSpectrum.norms(of: network)
    let layer = try #require(try LipschitzBound(of: network).layers.first { $0.kind == "conv2d" })
    #expect(norms.map(\.layer) == ["conv"])
    #expect(try #require(layer.estimate) <= norms[0].norm.upperBound)
  }
}
