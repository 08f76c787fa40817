import Foundation
import Images
import Testing

/// A small image file with the samples that a reader must give for it; `Fixtures/make_fixtures.py` wrote it.
struct Fixture: Decodable, CustomTestStringConvertible, Sendable {
  let name: String
  let file: Data
  let width: Int
  let height: Int
  let channels: Int
  let samples: Data

  var bitmap: Bitmap { Bitmap(width: width, height: height, channels: channels, samples: Array(samples)) }
  var testDescription: String { name }

  static let pngs: [Fixture] = load("png.json")
  static let jpegs: [Fixture] = load("jpeg.json")
  static let turned: [Fixture] = load("turned.json")

  static func png(_ name: String) -> Fixture { pngs.first { $0.name == name }! }
  static func jpeg(_ name: String) -> Fixture { jpegs.first { $0.name == name }! }

  static func load<Value: Decodable>(_ name: String) -> [Value] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name)")
    do {
      return try JSONDecoder().decode([Value].self, from: Data(contentsOf: file))
    } catch {
      fatalError("\(file.path): \(error)")
    }
  }
}

/// A folder of its own for one test, removed afterwards.
func withTemporaryFolder(_ body: (URL) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "images-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder)
}

let someFile = URL(filePath: "/nowhere/image.png")
