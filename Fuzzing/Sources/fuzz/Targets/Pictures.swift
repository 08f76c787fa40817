import Foundation
import Images

struct PNGTarget: FuzzTarget {
  static let name = "png"

  init(in folder: URL) {}

  var seeds: [Data] {
    get throws {
      try [1, 3].map { channels in
        let samples = (0..<9 * 7 * channels).map { UInt8($0 % 256) }
        return try PNGFile.encode(
          Bitmap(width: 9, height: 7, channels: channels, samples: samples), file: strange)
      }
    }
  }

  func read(_ data: Data) throws {
    _ = try? PNGFile.decodeText(data, file: strange)
    _ = try PNGFile.decode(data, file: strange, pixelLimit: smallPicture)
  }

  /// Most of it goes into one chunk, half of a chunk of pixels into what is deflated there; checksums then agree.
  func damaged(_ data: Data, capacity: Int, using draws: inout Draws) -> Data {
    guard !draws.happens(oneIn: 5) else { return Damage.raw(data, capacity: capacity) }
    var chunks = Self.chunks(of: data)
    guard !chunks.isEmpty else { return Damage.raw(data, capacity: capacity) }
    let number = draws.index(chunks.count)
    switch draws.index(8) {
    case 0: chunks.insert(chunks[draws.index(chunks.count)], at: number)
    case 1: chunks.remove(at: number)
    default:
      let chunk = chunks[number]
      let room = max(1, capacity - data.count + chunk.content.count)
      if chunk.kind == Data("IDAT".utf8), draws.happens(oneIn: 2) {
        let rows = Damage.raw(Damage.inflated(chunk.content, .zlib), capacity: 1 << 14)
        chunks[number].content = Damage.deflated(rows, .zlib)
      } else {
        chunks[number].content = Damage.raw(chunk.content, capacity: room)
      }
    }
    return chunks.reduce(into: Data(data.prefix(8))) { result, chunk in
      let body = chunk.kind + chunk.content
      result += UInt32(chunk.content.count).bigEndianData + body + Damage.crc32(body).bigEndianData
    }
  }

  private static func chunks(of data: Data) -> [(kind: Data, content: Data)] {
    var chunks: [(kind: Data, content: Data)] = []
    var offset = 8
    while let length = data.bigEndian32(at: offset), offset + 12 + Int(length) <= data.count {
      let start = offset + 8
      chunks.append((Data(data[offset + 4..<start]), Data(data[start..<start + Int(length)])))
      offset = start + Int(length) + 4
    }
    return chunks
  }
}

struct JPEGTarget: FuzzTarget {
  static let name = "jpeg"

  init(in folder: URL) {}

  var seeds: [Data] {
    get throws {
      try [1, 3].map { channels in
        let samples = (0..<17 * 9 * channels).map { UInt8($0 % 256) }
        return try JPEGFile.encode(
          Bitmap(width: 17, height: 9, channels: channels, samples: samples), quality: 80, file: strange)
      }
    }
  }

  func read(_ data: Data) throws { _ = try JPEGFile.decode(data, file: strange, pixelLimit: smallPicture) }
}

/// Pixels of a picture that is still decoded: large ones would spend the time on clearing memory.
private let smallPicture = 1 << 18
