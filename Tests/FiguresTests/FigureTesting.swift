import Foundation
import Images
import Tensors
import Testing

@testable import Figures

let fashionNames = [
  "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
]

/// An image of seeded noise: no two are alike, so each can be found in a finished figure.
func noise(_ seed: Int, side: Int = 10, channels: Int = 1) -> Bitmap {
  var generator = SeededGenerator(seed: 7, stream: UInt64(seed))
  let samples = (0..<side * side * channels).map { _ in UInt8.random(in: 0...255, using: &generator) }
  return Bitmap(width: side, height: side, channels: channels, samples: samples)
}

extension Bitmap {
  subscript(x x: Int, y y: Int) -> Colour {
    let start = (y * width + x) * 3
    return Colour(red: samples[start], green: samples[start + 1], blue: samples[start + 2])
  }

  /// Every place at which `part` stands in this RGB bitmap, pixel by pixel; pixels of `part` at which `ignoring` is
  /// true are not compared.
  func places(of part: Bitmap, ignoring: (_ x: Int, _ y: Int) -> Bool = { _, _ in false }) -> [Place] {
    let rgb = part.rgb
    let compared = (0..<part.width * part.height).map { ($0 % part.width, $0 / part.width) }
      .filter { !ignoring($0.0, $0.1) }
      .map { (own: $0.1 * width * 3 + $0.0 * 3, other: ($0.1 * part.width + $0.0) * 3) }
    var found: [Place] = []
    for y in 0...height - part.height {
      for x in 0...width - part.width {
        let start = (y * width + x) * 3
        let isHere = compared.allSatisfy { offset in
          samples[start + offset.own] == rgb.samples[offset.other]
            && samples[start + offset.own + 1] == rgb.samples[offset.other + 1]
            && samples[start + offset.own + 2] == rgb.samples[offset.other + 2]
        }
        if isHere { found.append(Place(x: x, y: y)) }
      }
    }
    return found
  }

  /// Whether the outermost `margin` pixels on every side are white.
  func hasWhiteMargin(_ margin: Int) -> Bool {
    for y in 0..<height {
      for x in 0..<width
      where min(x, y, width - 1 - x, height - 1 - y) < margin && self[x: x, y: y] != .white {
        return false
      }
    }
    return true
  }
}

struct Place: Hashable {
  let x: Int
  let y: Int
}

/// A folder of its own for one test, removed afterwards. Its name has a space and a letter beyond ASCII.
func withTemporaryFolder(_ body: (URL) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "figurés \(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder)
}
