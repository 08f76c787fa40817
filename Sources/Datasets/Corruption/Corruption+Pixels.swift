import Foundation
import Tensors

/// Noise and overlays.
extension Corruption {
  typealias Source = UnsafePointer<Float>
  typealias Target = UnsafeMutablePointer<Float>

  /// clip(x + 0.1 s z)
  func addNoise(
    _ source: Source, _ target: Target, _ shape: ImageShape, _ generator: inout some RandomNumberGenerator
  ) {
    let deviation = 0.1 * severity
    func noisy(_ pixel: Float, _ normal: Double) -> Float {
      Float(min(max(Double(pixel) + deviation * normal, 0), 1))
    }
    for index in stride(from: 0, to: shape.pixelCount, by: 2) {
      let (first, second) = generator.normalPair()
      target[index] = noisy(source[index], first)
      if index + 1 < shape.pixelCount { target[index + 1] = noisy(source[index + 1], second) }
    }
  }

  /// 0 or 1 with probability 0.06 s.
  func addImpulses(
    _ source: Source, _ target: Target, _ shape: ImageShape, _ generator: inout some RandomNumberGenerator
  ) {
    let mapLength = shape.height * shape.width
    for place in 0..<mapLength {
      // One draw decides both whether and which, so that a higher severity keeps the impulses of a lower one.
      let draw = generator.uniform()
      let impulse: Float = generator.next() & 1 == 0 ? 0 : 1
      for channel in 0..<shape.channels {
        let index = channel * mapLength + place
        target[index] = draw < 0.06 * severity ? impulse : source[index]
      }
    }
  }

  /// 1 − (1 − x)(1 − a p):   p = ½ + ½ sin(2π k · r + φ),   a = 0.16 s
  ///
  /// r is the position in units of the longer side; k has a random direction and 1 to 3 waves across that side.
  func lighten(
    _ source: Source, _ target: Target, _ shape: ImageShape, _ generator: inout some RandomNumberGenerator
  ) {
    let direction = 2 * Double.pi * generator.uniform()
    let waves = 1 + 2 * generator.uniform()
    let phase = 2 * Double.pi * generator.uniform()
    let scale = 2 * Double.pi * waves / Double(max(shape.height, shape.width))
    let (across, down) = (scale * cos(direction), scale * sin(direction))
    let mapLength = shape.height * shape.width
    for row in 0..<shape.height {
      for column in 0..<shape.width {
        let wave = 0.5 + 0.5 * sin(across * Double(column) + down * Double(row) + phase)
        let kept = Float(1 - 0.16 * severity * wave)
        for channel in 0..<shape.channels {
          let index = channel * mapLength + row * shape.width + column
          target[index] = min(max(1 - (1 - source[index]) * kept, 0), 1)
        }
      }
    }
  }

  /// ½ in a square whose side is 0.1 s of the shorter side.
  func occlude(
    _ source: Source, _ target: Target, _ shape: ImageShape, _ generator: inout some RandomNumberGenerator
  ) {
    let side = Int((0.1 * severity * Double(min(shape.height, shape.width))).rounded())
    // Fractions of the remaining room, so that severities of one image cover about the same place.
    let top = Int((generator.uniform() * Double(shape.height - side)).rounded())
    let left = Int((generator.uniform() * Double(shape.width - side)).rounded())
    target.update(from: source, count: shape.pixelCount)
    for channel in 0..<shape.channels {
      for row in top..<top + side {
        (target + (channel * shape.height + row) * shape.width + left).update(repeating: 0.5, count: side)
      }
    }
  }
}
