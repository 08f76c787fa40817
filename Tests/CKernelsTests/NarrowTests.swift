import CKernels
import Tensors
import Testing

@Suite struct NarrowTests {
  @Test(
    "The gradient of an input of few channels agrees with the sum in Double", arguments: [0, 1, 2], [1, 3])
  func agreesWithDouble(_ instructionSet: Int, inputs: Int) {
    kernels_limit(kernels_instruction_set(rawValue: UInt32(instructionSet)))
    defer { kernels_limit(kernels_avx512) }
    let (images, outputs, height, width) = (2, 32, 9, 17)
    let (kernelHeight, kernelWidth, top, left) = (5, 3, 2, 0)
    let (outHeight, outWidth) = (height + 2 * top - kernelHeight + 1, width + 2 * left - kernelWidth + 1)
    var geometry = winograd_geometry(
      tile: 0, kernel: 0, in_channels: Int32(inputs), out_channels: Int32(outputs), in_height: Int32(height),
      in_width: Int32(width), out_height: Int32(outHeight), out_width: Int32(outWidth),
      padding_top: Int32(top), padding_left: Int32(left))
    let layout = winograd_layout(
      image: outputs * outHeight * outWidth, channel_block: 16 * outHeight * outWidth, row: 16 * outWidth,
      pixel: 16)
    var generator = SeededGenerator(seed: 3)
    func draws(_ count: Int) -> [Float] { (0..<count).map { _ in Float(generator.uniform() * 2 - 1) } }
    let slope = draws(images * layout.image)
    let weights = draws(kernelHeight * kernelWidth * inputs * outputs)
    var result = [Float](repeating: .nan, count: images * inputs * height * width)
    var scratch = [Float](
      repeating: .nan, count: narrow_scratch_count(&geometry, Int32(kernelHeight), Int32(kernelWidth)))
    narrow_source_gradient(
      &geometry, Int32(kernelHeight), Int32(kernelWidth), Int32(images), slope, layout, weights, &result,
      &scratch)

    var expected = [Double](repeating: 0, count: result.count)
    for (image, y) in (0..<images * outHeight).map({ ($0 / outHeight, $0 % outHeight) }) {
      for x in 0..<outWidth {
        for (u, v) in (0..<kernelHeight * kernelWidth).map({ ($0 / kernelWidth, $0 % kernelWidth) }) {
          let (row, column) = (y + u - top, x + v - left)
          guard (0..<height).contains(row), (0..<width).contains(column) else { continue }
          for (input, output) in (0..<inputs * outputs).map({ ($0 / outputs, $0 % outputs) }) {
            let from =
              image * layout.image + output / 16 * layout.channel_block + y * layout.row + x * layout.pixel
              + output % 16
            let weight = ((u * kernelWidth + v) * inputs + input) * outputs + output
            expected[((image * inputs + input) * height + row) * width + column] +=
              Double(slope[from]) * Double(weights[weight])
          }
        }
      }
    }
    #expect(zip(result, expected).allSatisfy { abs(Double($0) - $1) < 2e-5 })
  }
}
