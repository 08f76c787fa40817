import Foundation
import Tensors
import Testing

@testable import Datasets

@Suite struct CorruptionTests {
  private static let shape = ImageShape(channels: 3, height: 12, width: 10)

  private static func image(_ seed: UInt64 = 1, shape: ImageShape = shape) -> [Float] {
    var generator = SeededGenerator(seed: seed)
    return (0..<shape.pixelCount).map { _ in Float(generator.uniform()) }
  }

  private static func corrupted(
    _ kind: Corruption.Kind, _ severity: Double, _ image: [Float], shape: ImageShape = shape, seed: UInt64 = 3
  ) -> [Float] {
    var generator = SeededGenerator(seed: seed)
    return Corruption(kind, severity: severity).applied(to: image, shape: shape, using: &generator)
  }

  @Test(
    "Severity 0 changes nothing, same draws give the same image, and pixels stay in [0, 1]",
    arguments: Corruption.Kind.allCases)
  func contract(kind: Corruption.Kind) {
    let image = Self.image()
    #expect(Self.corrupted(kind, 0, image) == image)
    var last = 0.0
    for severity in [0.5, 1, 2, 3, 4, 5] {
      let result = Self.corrupted(kind, severity, image)
      #expect(result == Self.corrupted(kind, severity, image))
      #expect(result.allSatisfy { (0...1).contains($0) })
      if severity == 1 || severity == 5 {
        let distance = zip(result, image).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
          .squareRoot()
        #expect(distance > last, "\(severity)")
        last = distance
      }
    }
  }

  @Test("What is drawn depends on the draws, and what is not does not", arguments: Corruption.Kind.allCases)
  func randomness(kind: Corruption.Kind) {
    let image = Self.image()
    let different = Self.corrupted(kind, 3, image, seed: 3) != Self.corrupted(kind, 3, image, seed: 5)
    switch kind {
    case .blur, .pixelation, .contrast: #expect(!different)
    // A turn is one of two.
    case .rotation:
      #expect(Set((0..<20).map { Self.corrupted(kind, 3, image, seed: $0) }).count == 2)
    default: #expect(different)
    }
  }

  private struct Reference: Decodable {
    struct Case: Decodable {
      let kind: String
      let severity: Double
      let shape: [Int]
      let pixels, expected: [Double]
    }
    let cases: [Case]
  }

  @Test("Blur, contrast, pixelation and rotation are SciPy's")
  func reference() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Reference/Corruptions/corruptions.json").standardizedFileURL
    let reference = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: file))
    #expect(reference.cases.count == 24)
    for expected in reference.cases {
      let shape = ImageShape(channels: expected.shape[0], height: expected.shape[1], width: expected.shape[2])
      let pixels = expected.pixels.map { Float($0) }
      var result = [Float](repeating: -1, count: pixels.count)
      if expected.kind == "rotation" {
        Corruption.rotate(pixels, &result, shape, degrees: expected.severity)
      } else {
        let kind = try #require(Corruption.Kind(rawValue: expected.kind))
        result = Self.corrupted(kind, expected.severity, pixels, shape: shape)
      }
      let worst = zip(result, expected.expected).map { abs(Double($0) - $1) }.max() ?? 1
      #expect(worst < 1e-6, "\(expected.kind) \(expected.severity)")
    }
  }

  @Test("Noise has the deviation 0.1 s, and is clipped")
  func noise() {
    let shape = ImageShape(channels: 1, height: 100, width: 101)
    let grey = [Float](repeating: 0.5, count: shape.pixelCount)
    let result = Self.corrupted(.gaussianNoise, 1, grey, shape: shape)
    let variance = result.reduce(0.0) { $0 + pow(Double($1) - 0.5, 2) } / Double(result.count)
    // Nothing is clipped at five deviations. Five standard errors of 10,100 draws are 7 %.
    #expect(abs(variance / 0.01 - 1) < 0.07)
    let bright = Self.corrupted(
      .gaussianNoise, 5, [Float](repeating: 1, count: shape.pixelCount), shape: shape)
    let clipped = Double(bright.count { $0 == 1 }) / Double(bright.count)
    #expect(abs(clipped - 0.5) < 0.025)
  }

  @Test("Impulses take 6 % of the pixels at each severity, black and white alike, all channels together")
  func impulses() {
    let shape = ImageShape(channels: 2, height: 100, width: 100)
    let grey = [Float](repeating: 0.5, count: shape.pixelCount)
    let result = Self.corrupted(.impulseNoise, 4, grey, shape: shape)
    #expect(result[..<10_000] == result[10_000...])
    let (black, white) = (result[..<10_000].count { $0 == 0 }, result[..<10_000].count { $0 == 1 })
    // 1,200 each expected, with a deviation of 32.
    #expect(abs(black - 1200) < 160 && abs(white - 1200) < 160)
    // A stronger one keeps the weaker one's.
    let weaker = Self.corrupted(.impulseNoise, 2, grey, shape: shape)
    #expect(zip(weaker, result).allSatisfy { $0 == 0.5 || $0 == $1 })
  }

  @Test("A background lightens black by a wave that reaches 0.16 s and leaves white as it is")
  func background() {
    let shape = ImageShape(channels: 1, height: 28, width: 28)
    let black = Self.corrupted(.background, 5, [Float](repeating: 0, count: 784), shape: shape)
    let (low, high) = (black.min() ?? 1, black.max() ?? 0)
    #expect(low < 0.05 && high > 0.75 && high <= 0.8)
    let white = Self.corrupted(.background, 5, [Float](repeating: 1, count: 784), shape: shape)
    #expect(white.allSatisfy { $0 == 1 })
  }

  @Test("An occlusion is one grey square with 0.1 s of the shorter side, wherever it lies")
  func occlusion() {
    for seed in 0..<30 as Range<UInt64> {
      let result = Self.corrupted(.occlusion, 4, [Float](repeating: 1, count: 360), seed: seed)
      // 0.4 of 10 pixels.
      let covered = result.indices.filter { result[$0] == 0.5 }
      #expect(covered.count == 3 * 16)
      let columns = Set(covered.map { $0 % 10 })
      let rows = Set(covered.map { $0 / 10 % 12 })
      #expect(columns.count == 4 && rows.count == 4)
    }
  }

  @Test("A translation moves the centre of mass by 0.04 s of the longer side")
  func translation() {
    let shape = ImageShape(channels: 1, height: 50, width: 50)
    var image = [Float](repeating: 0, count: 2500)
    for row in 20..<27 { for column in 22..<30 { image[row * 50 + column] = 1 } }
    func centre(_ pixels: [Float]) -> (row: Double, column: Double) {
      let total = pixels.reduce(0.0) { $0 + Double($1) }
      let row = pixels.indices.reduce(0.0) { $0 + Double(pixels[$1]) * Double($1 / 50) } / total
      let column = pixels.indices.reduce(0.0) { $0 + Double(pixels[$1]) * Double($1 % 50) } / total
      return (row, column)
    }
    let before = centre(image)
    for seed in 0..<10 as Range<UInt64> {
      let after = centre(Self.corrupted(.translation, 3, image, shape: shape, seed: seed))
      let distance = (pow(after.row - before.row, 2) + pow(after.column - before.column, 2)).squareRoot()
      #expect(abs(distance - 6) < 1e-4)
    }
  }

  @Test(
    "Draws go by the kind's name, so that a kind more changes no other", arguments: Corruption.Kind.allCases)
  func byName(kind: Corruption.Kind) {
    let images = LabelledImages(
      shape: Self.shape, pixels: .floats(Self.image(3)), labels: [0], classNames: ["a", "b"])
    let corruption = Corruption(kind, severity: 3)
    var generator = SeededGenerator(seed: 9, purpose: "corruption ", of: kind.rawValue, index: 0)
    #expect(
      images.tensor(of: [0], corruptedBy: corruption, seed: 9).elements
        == corruption.applied(to: Self.image(3), shape: Self.shape, using: &generator))
  }

  @Test("An image of a set is corrupted by its number, whatever else is asked for")
  func numbers() {
    let images = LabelledImages(
      shape: Self.shape, pixels: .floats((0..<6).flatMap { Self.image(UInt64($0)) }),
      labels: [0, 1, 0, 1, 0, 1], classNames: ["a", "b"])
    let corruption = Corruption(.gaussianNoise, severity: 2)
    let all = images.tensor(of: [0, 1, 2, 3, 4, 5], corruptedBy: corruption, seed: 4, workerCount: 1)
    let some = images.tensor(of: [4, 1], corruptedBy: corruption, seed: 4, workerCount: 2)
    #expect(some == all.rows([4, 1]))
    // The same pixels under another number get other noise.
    #expect(images.tensor(of: [4, 1], corruptedBy: corruption, seed: 5) != some)
  }
}
