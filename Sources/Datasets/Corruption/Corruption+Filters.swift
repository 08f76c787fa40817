import Foundation
import Tensors

/// Effects of a lens, a coarse sensor or haze; nothing here is random.
extension Corruption {
  /// A Gaussian of standard deviation σ = 0.4 s pixels, truncated at 3σ and normalised to sum 1; beyond the border the
  /// edge pixels are repeated. Columns first, then rows.
  func blur(_ source: Source, _ target: Target, _ shape: ImageShape) {
    let deviation = 0.4 * severity
    let reach = Int(3 * deviation + 0.5)
    let (height, width) = (shape.height, shape.width)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * reach + 1 + width) { memory in
      let (weights, line) = (memory.baseAddress!, memory.baseAddress! + 2 * reach + 1)
      var total = 0.0
      for step in -reach...reach {
        let distance = Double(step) / deviation
        weights[step + reach] = exp(-0.5 * distance * distance)
        total += weights[step + reach]
      }
      for step in 0...2 * reach { weights[step] /= total }
      for channel in 0..<shape.channels {
        let (from, to) = (source + channel * height * width, target + channel * height * width)
        for row in 0..<height {
          for column in 0..<width {
            var sum = 0.0
            for step in -reach...reach {
              let near = min(max(row + step, 0), height - 1)
              sum += weights[step + reach] * Double(from[near * width + column])
            }
            line[column] = sum
          }
          for column in 0..<width {
            var sum = 0.0
            for step in -reach...reach {
              sum += weights[step + reach] * line[min(max(column + step, 0), width - 1)]
            }
            to[row * width + column] = Float(min(max(sum, 0), 1))
          }
        }
      }
    }
  }

  /// Means of blocks of 1 + s pixels each way, rounded to a whole number of pixels; blocks at the right and lower
  /// border may be smaller.
  func pixelate(_ source: Source, _ target: Target, _ shape: ImageShape) {
    let side = Int((1 + severity).rounded())
    for channel in 0..<shape.channels {
      let start = channel * shape.height * shape.width
      for top in stride(from: 0, to: shape.height, by: side) {
        for left in stride(from: 0, to: shape.width, by: side) {
          let (rows, columns) = (
            top..<min(top + side, shape.height), left..<min(left + side, shape.width)
          )
          var sum = 0.0
          for row in rows {
            for column in columns { sum += Double(source[start + row * shape.width + column]) }
          }
          let mean = Float(sum / Double(rows.count * columns.count))
          for row in rows {
            for column in columns { target[start + row * shape.width + column] = mean }
          }
        }
      }
    }
  }

  /// m + (1 − 0.18 s)(x − m), m the mean of the channel.
  func flatten(_ source: Source, _ target: Target, _ shape: ImageShape) {
    let factor = 1 - 0.18 * severity
    let mapLength = shape.height * shape.width
    for channel in 0..<shape.channels {
      let (from, to) = (source + channel * mapLength, target + channel * mapLength)
      var sum = 0.0
      for index in 0..<mapLength { sum += Double(from[index]) }
      let mean = sum / Double(mapLength)
      for index in 0..<mapLength {
        to[index] = Float(min(max(mean + factor * (Double(from[index]) - mean), 0), 1))
      }
    }
  }
}
