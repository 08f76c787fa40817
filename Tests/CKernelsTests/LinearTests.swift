import CKernels
import Tensors
import Testing

@Suite struct LinearTests {
  @Test(
    "Products of a linear layer agree with sums in Double", arguments: [0, 1, 2],
    [(7, 13, 5), (64, 100, 100), (3, 48, 10), (1, 1, 17)])
  func agreesWithDouble(_ instructionSet: Int, extents: (images: Int, inputs: Int, outputs: Int)) {
    kernels_limit(kernels_instruction_set(rawValue: UInt32(instructionSet)))
    defer { kernels_limit(kernels_avx512) }
    let (images, inputs, outputs) = extents
    let given = linear_extents(inputs: Int32(inputs), outputs: Int32(outputs))
    let paddedInputs = (inputs + 15) / 16 * 16
    let paddedOutputs = (outputs + 15) / 16 * 16
    func place(_ input: Int, _ output: Int) -> Int { (output / 16 * paddedInputs + input) * 16 + output % 16 }
    var generator = SeededGenerator(seed: 3)
    func draws(_ count: Int) -> [Float] { (0..<count).map { _ in Float(generator.uniform() * 2 - 1) } }
    let (source, slope, bias) = (draws(images * inputs), draws(images * outputs), draws(outputs))
    let plain = draws(inputs * outputs)
    var weights = [Float](repeating: 0, count: paddedInputs * paddedOutputs)
    for output in 0..<outputs {
      for input in 0..<inputs { weights[place(input, output)] = plain[output * inputs + input] }
    }
    var result = [Float](repeating: .nan, count: images * outputs)
    var rectified = result
    var weightsSlope = [Float](repeating: .nan, count: weights.count)
    var biasSlope = [Float](repeating: .nan, count: outputs)
    var sourceSlope = [Float](repeating: .nan, count: source.count)
    var transposed = [Float](repeating: .nan, count: linear_transposed_count(given))
    var scratch = [Float](repeating: .nan, count: linear_scratch_count(given, Int32(images)))
    linear_forward(given, Int32(images), source, weights, bias, 0, &result, &scratch)
    linear_forward(given, Int32(images), source, weights, bias, 1, &rectified, &scratch)
    linear_weights_gradient(given, Int32(images), source, slope, &weightsSlope, &biasSlope, &scratch)
    linear_transpose_weights(given, weights, &transposed)
    linear_source_gradient(given, Int32(images), slope, transposed, &sourceSlope, &scratch)

    func sum(_ count: Int, _ term: (Int) -> (Float, Float)) -> Double {
      (0..<count).reduce(0) { $0 + Double(term($1).0) * Double(term($1).1) }
    }
    for image in 0..<images {
      for output in 0..<outputs {
        let expected =
          Double(bias[output])
          + sum(inputs) { (source[image * inputs + $0], plain[output * inputs + $0]) }
        #expect(abs(Double(result[image * outputs + output]) - expected) < 1e-5)
        #expect(rectified[image * outputs + output] == max(result[image * outputs + output], 0))
      }
      for input in 0..<inputs {
        let expected = sum(outputs) { (slope[image * outputs + $0], plain[$0 * inputs + input]) }
        #expect(abs(Double(sourceSlope[image * inputs + input]) - expected) < 1e-5)
      }
    }
    var expectedWeights = [Double](repeating: 0, count: weights.count)
    for output in 0..<outputs {
      for input in 0..<inputs {
        expectedWeights[place(input, output)] = sum(images) {
          (source[$0 * inputs + input], slope[$0 * outputs + output])
        }
      }
      #expect(abs(Double(biasSlope[output]) - sum(images) { (slope[$0 * outputs + output], 1) }) < 1e-5)
    }
    // The zeros that fill the panels up are written too: an optimizer passes over them.
    #expect(zip(weightsSlope, expectedWeights).allSatisfy { abs(Double($0) - $1) < 1e-5 })
  }
}
