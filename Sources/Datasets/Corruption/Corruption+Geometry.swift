import Foundation
import Tensors

/// Changes of the position of an image.
extension Corruption {
  /// Rotates by 10 s degrees about the centre, in either direction.
  func turn(
    _ source: Source, _ target: Target, _ shape: ImageShape, _ generator: inout some RandomNumberGenerator
  ) {
    let degrees = 10 * severity * (generator.next() & 1 == 0 ? 1 : -1)
    Self.rotate(source, target, shape, degrees: degrees)
  }

  /// Translates by 0.04 s of the longer side in a random direction.
  func move(
    _ source: Source, _ target: Target, _ shape: ImageShape, _ generator: inout some RandomNumberGenerator
  ) {
    let direction = 2 * Double.pi * generator.uniform()
    let distance = 0.04 * severity * Double(max(shape.height, shape.width))
    let (across, down) = (distance * cos(direction), distance * sin(direction))
    Self.resample(source, target, shape) { row, column in (row - down, column - across) }
  }

  /// Rotates the image counterclockwise about its centre; bilinear interpolation, black beyond the border.
  public static func rotate(
    _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, _ shape: ImageShape,
    degrees: Double
  ) {
    let angle = degrees * .pi / 180
    let (cosine, sine) = (cos(angle), sin(angle))
    let (middleRow, middleColumn) = (Double(shape.height - 1) / 2, Double(shape.width - 1) / 2)
    resample(source, target, shape) { row, column in
      let (down, across) = (row - middleRow, column - middleColumn)
      return (middleRow + cosine * down + sine * across, middleColumn - sine * down + cosine * across)
    }
  }

  /// Reads each pixel at `origin` in the source, bilinear between the four around it; 0 outside the image.
  private static func resample(
    _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, _ shape: ImageShape,
    origin: (_ row: Double, _ column: Double) -> (row: Double, column: Double)
  ) {
    let (height, width) = (shape.height, shape.width)
    for row in 0..<height {
      for column in 0..<width {
        let place = origin(Double(row), Double(column))
        let (top, left) = (Int(place.row.rounded(.down)), Int(place.column.rounded(.down)))
        let (down, across) = (place.row - Double(top), place.column - Double(left))
        for channel in 0..<shape.channels {
          let map = source + channel * height * width
          func pixel(_ row: Int, _ column: Int) -> Double {
            (0..<height).contains(row) && (0..<width).contains(column) ? Double(map[row * width + column]) : 0
          }
          let upper = (1 - across) * pixel(top, left) + across * pixel(top, left + 1)
          let lower = (1 - across) * pixel(top + 1, left) + across * pixel(top + 1, left + 1)
          target[(channel * height + row) * width + column] = Float(
            min(max((1 - down) * upper + down * lower, 0), 1))
        }
      }
    }
  }
}
