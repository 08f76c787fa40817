import Foundation
import Storage
import Tensors

@testable import Datasets

/// `.npy`, and what a data set makes of it.
struct NPYTarget: FuzzTarget {
  static let name = "npy"

  init(in folder: URL) {}

  var seeds: [Data] {
    [
      NPYFile(shape: [3, 4], elements: .floats([Float](repeating: 1, count: 12))).encoded(),
      NPYFile(shape: [5], elements: .integers([1, 2, 3, 4, 5])).encoded(),
      NPYFile(shape: [2, 2, 3], elements: .bytes(Array(0..<12))).encoded(),
    ]
  }

  func read(_ data: Data) throws {
    let array = try NPYFile(data: data, file: strange)
    _ = try? ArrayPair.images(in: array, layout: nil, file: strange)
    _ = try? ArrayPair.labels(in: array, classCount: nil, file: strange)
  }

  /// Half of it goes into the header's text, whose length is made to fit.
  func damaged(_ data: Data, capacity: Int, using draws: inout Draws) -> Data {
    guard data.count > 10, draws.happens(oneIn: 2) else { return Damage.raw(data, capacity: capacity) }
    let length = min(Int(data[8]) | Int(data[9]) << 8, data.count - 10)
    let room = min(capacity - data.count + length, Int(UInt16.max))
    guard room > 0 else { return Damage.raw(data, capacity: capacity) }
    let header = Damage.raw(data[10..<10 + length], capacity: room)
    return data.prefix(8) + UInt16(header.count).littleEndianData + header + data.dropFirst(10 + length)
  }
}

struct SafetensorsTarget: FuzzTarget {
  static let name = "safetensors"

  init(in folder: URL) {}

  var seeds: [Data] {
    [
      SafetensorsFile(
        tensors: [
          ("layer.weight", Tensor(repeating: 0.5, shape: [2, 3])), ("b", Tensor(repeating: 1, shape: [])),
        ],
        metadata: ["note": "\"é\"", "k": ""]
      ).encoded()
    ]
  }

  func read(_ data: Data) throws { _ = try SafetensorsFile(data: data, file: strange) }

  func damaged(_ data: Data, capacity: Int, using draws: inout Draws) -> Data {
    SafetensorsDamage.apply(to: data, capacity: capacity, using: &draws)
  }
}

enum SafetensorsDamage {
  /// Most of it goes into the header, whose length is made to fit, and there half into the JSON that metadata hold as
  /// text.
  static func apply(to data: Data, capacity: Int, using draws: inout Draws) -> Data {
    guard data.count > 8, let length = data.littleEndian32(at: 0), Int(length) <= data.count - 8,
      !draws.happens(oneIn: 4)
    else { return Damage.raw(data, capacity: capacity) }
    let header = data[8..<8 + Int(length)]
    let changed =
      (draws.happens(oneIn: 2) ? metadataChanged(header, using: &draws) : nil)
      ?? Damage.json(header, capacity: max(1, capacity - 8), using: &draws)
    return UInt64(changed.count).littleEndianData + changed + data.dropFirst(8 + Int(length))
  }

  private static func metadataChanged(_ header: Data, using draws: inout Draws) -> Data? {
    guard var object = try? JSONSerialization.jsonObject(with: header) as? [String: Any],
      var metadata = object["__metadata__"] as? [String: String],
      let key = metadata.keys.sorted().randomElement(using: &draws), let text = metadata[key]
    else { return nil }
    let changed = Damage.json(Data(text.utf8), capacity: text.utf8.count + 64, using: &draws)
    metadata[key] = String(decoding: changed, as: UTF8.self)
    object["__metadata__"] = metadata
    return try? JSONSerialization.data(withJSONObject: object, options: .sortedKeys)
  }
}

/// Images and labels of MNIST's format.
struct IDXTarget: FuzzTarget {
  static let name = "idx"

  init(in folder: URL) {}

  var seeds: [Data] {
    func header(_ magic: UInt32, _ extents: [UInt32]) -> Data {
      ([magic] + extents).reduce(into: Data()) { $0 += $1.bigEndianData }
    }
    return [header(0x803, [3, 4, 5]) + Data(0..<60), header(0x801, [10]) + Data(0..<10)]
  }

  func read(_ data: Data) throws {
    do {
      _ = try IDXFile.images(in: data, file: strange)
    } catch {
      _ = try IDXFile.labels(in: data, file: strange)
    }
  }
}

/// A batch of CIFAR-10, and its list of class names.
struct CIFARTarget: FuzzTarget {
  static let name = "cifar"

  init(in folder: URL) {}

  var seeds: [Data] {
    let image: [UInt8] = (0..<3072).map { UInt8($0 % 251) }
    let names = "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n"
    return [Data([9] + image + [0] + image), Data(names.utf8)]
  }

  func read(_ data: Data) throws {
    do {
      _ = try CIFARBinary.batch(in: data, file: strange)
    } catch {
      _ = try CIFARBinary.classNames(in: data, file: strange)
    }
  }
}

struct GzipTarget: FuzzTarget {
  static let name = "gzip"

  init(in folder: URL) {}

  var seeds: [Data] {
    let member = Damage.deflated(Data("intriguing properties of neural networks\n".utf8), .gzip)
    return [member, member + Damage.deflated(Data(repeating: 7, count: 5000), .gzip)]
  }

  func read(_ data: Data) throws {
    _ = try Gzip.decompress(data, file: strange, within: UnfoldingBudget(byteCount: 1 << 16))
  }

  /// A third of it goes into the content, a third into the deflated stream; checksum and length then agree.
  func damaged(_ data: Data, capacity: Int, using draws: inout Draws) -> Data {
    switch draws.index(3) {
    case 0:
      let content = Damage.raw(Damage.inflated(data, .gzip), capacity: 1 << 16)
      return Damage.deflated(content, .gzip)
    case 1 where data.count > 18 && capacity > 18:
      let stream = Damage.raw(data[10..<data.count - 8], capacity: capacity - 18)
      let content = Damage.inflated(stream, .none)
      return data.prefix(10) + stream + Damage.crc32(content).littleEndianData
        + UInt32(content.count).littleEndianData
    default: return Damage.raw(data, capacity: capacity)
    }
  }
}
