import CKernels
import Testing

@Suite struct PixelsTests {
  @Test("Every byte becomes the Float nearest to byte / 255", arguments: [0, 1, 2])
  func exhaustive(_ instructionSet: Int) {
    kernels_limit(kernels_instruction_set(rawValue: UInt32(instructionSet)))
    defer { kernels_limit(kernels_avx512) }
    let bytes = (0...255).map { UInt8($0) }
    var pixels = [Float](repeating: -1, count: 256)
    kernels_write_pixels(bytes, 256, &pixels)
    #expect(pixels == bytes.map { Float(Double($0) / 255) })
  }
}
