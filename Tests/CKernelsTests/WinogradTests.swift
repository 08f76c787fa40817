import CKernels
import Tensors
import Testing

/// Convolution and both gradients against sums in Double, on every instruction set of this processor.
@Suite struct WinogradTests {
  struct Shape: CustomTestStringConvertible, Sendable {
    let tile, kernel, inputs, outputs, height, width, padding: Int
    var testDescription: String {
      "tile \(tile), \(kernel)×\(kernel), \(inputs) to \(outputs) channels, \(height)×\(width), padding \(padding)"
    }
  }

  static let shapes = [
    Shape(tile: 8, kernel: 5, inputs: 32, outputs: 48, height: 9, width: 14, padding: 2),
    Shape(tile: 6, kernel: 5, inputs: 16, outputs: 16, height: 7, width: 9, padding: 1),
    Shape(tile: 8, kernel: 3, inputs: 16, outputs: 64, height: 11, width: 8, padding: 1),
    Shape(tile: 6, kernel: 3, inputs: 32, outputs: 80, height: 8, width: 8, padding: 0),
    Shape(tile: 8, kernel: 3, inputs: 16, outputs: 16, height: 5, width: 5, padding: 2),
  ]

  @Test(
    "Result and gradients agree with the sums in Double", arguments: shapes,
    [(0, false), (1, false), (2, false), (2, true)])
  func agreesWithDouble(_ shape: Shape, setting: (instructionSet: Int, inSixteens: Bool)) {
    let (instructionSet, inSixteens) = setting
    kernels_limit(kernels_instruction_set(rawValue: UInt32(instructionSet)))
    defer { kernels_limit(kernels_avx512) }
    let images = 3
    let (r, inputs, outputs, padding) = (shape.kernel, shape.inputs, shape.outputs, shape.padding)
    let (height, width) = (shape.height, shape.width)
    let (outHeight, outWidth) = (height + 2 * padding - r + 1, width + 2 * padding - r + 1)
    var generator = SeededGenerator(seed: 5)
    func draws(_ count: Int, _ scale: Double) -> [Float] {
      (0..<count).map { _ in Float((generator.uniform() * 2 - 1) * scale) }
    }
    let source = draws(images * inputs * height * width, 1)
    let weights = draws(r * r * inputs * outputs, 1 / Double(r * r * inputs).squareRoot())
    let bias = draws(outputs, 1)
    let slope = draws(images * outputs * outHeight * outWidth, 1)

    func layout(_ channels: Int, _ height: Int, _ width: Int) -> winograd_layout {
      inSixteens
        ? winograd_layout(
          image: channels * height * width, channel_block: 16 * height * width, row: 16 * width, pixel: 16)
        : winograd_layout(
          image: channels * height * width, channel_block: 16, row: channels * width, pixel: channels)
    }
    let (sourceLayout, resultLayout) = (layout(inputs, height, width), layout(outputs, outHeight, outWidth))
    func place(_ layout: winograd_layout, _ image: Int, _ y: Int, _ x: Int, _ channel: Int) -> Int {
      image * layout.image + channel / 16 * layout.channel_block + y * layout.row + x * layout.pixel
        + channel % 16
    }
    var geometry = winograd_geometry(
      tile: Int32(shape.tile), kernel: Int32(r), in_channels: Int32(inputs), out_channels: Int32(outputs),
      in_height: Int32(height), in_width: Int32(width), out_height: Int32(outHeight),
      out_width: Int32(outWidth), padding_top: Int32(padding), padding_left: Int32(padding))
    var turned = winograd_geometry(
      tile: Int32(shape.tile), kernel: Int32(r), in_channels: Int32(outputs), out_channels: Int32(inputs),
      in_height: Int32(outHeight), in_width: Int32(outWidth), out_height: Int32(height),
      out_width: Int32(width), padding_top: Int32(r - 1 - padding), padding_left: Int32(r - 1 - padding))

    // Results start as NaN: every value must have been written.
    var result = [Float](repeating: .nan, count: slope.count)
    var rectified = result
    var sourceSlope = [Float](repeating: .nan, count: source.count)
    var weightsSlope = [Float](repeating: .nan, count: weights.count)
    var biasSlope = [Float](repeating: .nan, count: outputs)
    var kernel = [Float](repeating: .nan, count: winograd_weights_count(&geometry))
    var turnedKernel = kernel
    var scratch = [Float](
      repeating: .nan, count: max(winograd_scratch_count(&geometry), winograd_scratch_count(&turned)))
    winograd_transform_weights(&geometry, weights, &kernel)
    winograd_transform_turned_weights(&geometry, weights, &turnedKernel)
    winograd_convolution(
      &geometry, Int32(images), source, sourceLayout, kernel, bias, 0, &result, resultLayout, &scratch)
    winograd_convolution(
      &geometry, Int32(images), source, sourceLayout, kernel, bias, 1, &rectified, resultLayout, &scratch)
    winograd_convolution(
      &turned, Int32(images), slope, resultLayout, turnedKernel, nil, 0, &sourceSlope, sourceLayout, &scratch)
    winograd_weights_gradient(
      &geometry, Int32(images), source, sourceLayout, slope, resultLayout, &weightsSlope, &biasSlope, &scratch
    )

    var expected = [Double](repeating: 0, count: result.count)
    var expectedSource = [Double](repeating: 0, count: source.count)
    var expectedWeights = [Double](repeating: 0, count: weights.count)
    var expectedBias = [Double](repeating: 0, count: outputs)
    for image in 0..<images {
      for y in 0..<outHeight {
        for x in 0..<outWidth {
          for output in 0..<outputs {
            let to = place(resultLayout, image, y, x, output)
            let arriving = Double(slope[to])
            var sum = Double(bias[output])
            expectedBias[output] += arriving
            for (u, v) in (0..<r * r).map({ ($0 / r, $0 % r) }) {
              let (row, column) = (y + u - padding, x + v - padding)
              guard (0..<height).contains(row), (0..<width).contains(column) else { continue }
              for input in 0..<inputs {
                let from = place(sourceLayout, image, row, column, input)
                let weight = ((u * r + v) * inputs + input) * outputs + output
                sum += Double(source[from]) * Double(weights[weight])
                expectedSource[from] += arriving * Double(weights[weight])
                expectedWeights[weight] += arriving * Double(source[from])
              }
            }
            expected[to] = sum
          }
        }
      }
    }
    #expect(relativeError(result, expected) < 5e-6)
    #expect(zip(rectified, result).allSatisfy { $0 == max($1, 0) })
    #expect(relativeError(sourceSlope, expectedSource) < 5e-6)
    #expect(relativeError(weightsSlope, expectedWeights) < 5e-6)
    #expect(relativeError(biasSlope, expectedBias) < 1e-6)
  }

  @Test("A NaN among the pixels is not rectified away", arguments: [0, 1, 2])
  func keepsNaN(_ instructionSet: Int) {
    kernels_limit(kernels_instruction_set(rawValue: UInt32(instructionSet)))
    defer { kernels_limit(kernels_avx512) }
    var geometry = winograd_geometry(
      tile: 6, kernel: 3, in_channels: 16, out_channels: 16, in_height: 6, in_width: 6, out_height: 6,
      out_width: 6, padding_top: 1, padding_left: 1)
    let layout = winograd_layout(image: 576, channel_block: 16, row: 96, pixel: 16)
    let source = [Float](repeating: .nan, count: 576)
    let kernel = [Float](repeating: 1, count: winograd_weights_count(&geometry))
    var result = [Float](repeating: 0, count: 576)
    var scratch = [Float](repeating: 0, count: winograd_scratch_count(&geometry))
    winograd_convolution(&geometry, 1, source, layout, kernel, nil, 1, &result, layout, &scratch)
    #expect(!result.contains { !$0.isNaN })
  }

  /// ‖a − b‖₂ / ‖b‖₂; NaN, which no bound passes, where a value was not written.
  private func relativeError(_ values: [Float], _ expected: [Double]) -> Double {
    let error = zip(values, expected).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
    return (error / expected.reduce(0) { $0 + $1 * $1 }).squareRoot()
  }
}
