import Networks
import Tensors

/// A linear map between vectors and its transpose, in Double.
struct LinearOperator {
  let inputCount: Int
  let outputCount: Int
  let apply: ([Double]) -> [Double]
  let applyTransposed: ([Double]) -> [Double]
}

extension LinearOperator {
  /// y = W x.
  ///
  /// - Parameter matrix: W, `[rows, columns]` in row-major order.
  init(matrix: [Double], rows: Int, columns: Int) {
    precondition(matrix.count == rows * columns, "\(matrix.count) elements are no \(rows)×\(columns) matrix")
    inputCount = columns
    outputCount = rows
    apply = { vector in
      matrix.withUnsafeBufferPointer { matrix in
        vector.withUnsafeBufferPointer { vector in
          (0..<rows).map { row in
            var sum = 0.0
            for column in 0..<columns { sum += matrix[row * columns + column] * vector[column] }
            return sum
          }
        }
      }
    }
    applyTransposed = { vector in
      var result = [Double](repeating: 0, count: columns)
      result.withUnsafeMutableBufferPointer { result in
        matrix.withUnsafeBufferPointer { matrix in
          for row in 0..<rows {
            let factor = vector[row]
            for column in 0..<columns { result[column] += factor * matrix[row * columns + column] }
          }
        }
      }
      return result
    }
  }

  /// A convolution as in the network: with stride, dilation, groups and zero padding; without its bias.
  ///
  /// - Parameters:
  ///   - weights: `[outputChannels, channels / groups, kernel height, kernel width]`.
  ///   - input: `[channels, height, width]`.
  ///   - output: `[outputChannels, height, width]`.
  init(_ convolution: Convolution, weights: [Double], input: [Int], output: [Int]) {
    inputCount = input.reduce(1, *)
    outputCount = output.reduce(1, *)
    let runs = ConvolutionRuns(convolution, input: input, output: output)
    let counts = (inputCount, outputCount)
    apply = { image in
      var result = [Double](repeating: 0, count: counts.1)
      result.withUnsafeMutableBufferPointer { result in
        image.withUnsafeBufferPointer { image in
          runs.forEach { run in
            let weight = weights[run.weight]
            for place in 0..<run.count {
              result[run.output + place] += weight * image[run.input + place * runs.stride]
            }
          }
        }
      }
      return result
    }
    applyTransposed = { maps in
      var result = [Double](repeating: 0, count: counts.0)
      result.withUnsafeMutableBufferPointer { result in
        maps.withUnsafeBufferPointer { maps in
          runs.forEach { run in
            let weight = weights[run.weight]
            for place in 0..<run.count {
              result[run.input + place * runs.stride] += weight * maps[run.output + place]
            }
          }
        }
      }
      return result
    }
  }
}

/// Every stretch of an output row that one weight adds to.
private struct ConvolutionRuns {
  typealias Run = (weight: Int, output: Int, input: Int, count: Int)

  let convolution: Convolution
  let input: [Int]
  let output: [Int]
  /// Distance between neighbours of a run in the input.
  var stride: Int { convolution.stride.width }

  init(_ convolution: Convolution, input: [Int], output: [Int]) {
    (self.convolution, self.input, self.output) = (convolution, input, output)
  }

  @inline(__always)
  func forEach(_ body: (Run) -> Void) {
    let c = convolution
    let (inputs, outputs) = (input[0] / c.groups, output[0] / c.groups)
    for channel in 0..<output[0] {
      for inner in 0..<inputs {
        let source = channel / outputs * inputs + inner
        for kernelRow in 0..<c.kernel.height {
          for kernelColumn in 0..<c.kernel.width {
            let weight =
              ((channel * inputs + inner) * c.kernel.height + kernelRow) * c.kernel.width + kernelColumn
            let left = kernelColumn * c.dilation.width - c.padding.width
            // Output columns whose input column left + column · stride lies in the image.
            let first = left >= 0 ? 0 : (-left + c.stride.width - 1) / c.stride.width
            let room = input[2] - 1 - left
            let last = room < 0 ? -1 : min(room / c.stride.width, output[2] - 1)
            guard first <= last else { continue }
            for row in 0..<output[1] {
              let y = row * c.stride.height + kernelRow * c.dilation.height - c.padding.height
              guard (0..<input[1]).contains(y) else { continue }
              body(
                (
                  weight: weight, output: (channel * output[1] + row) * output[2] + first,
                  input: (source * input[1] + y) * input[2] + left + first * c.stride.width,
                  count: last - first + 1
                ))
            }
          }
        }
      }
    }
  }
}
