import Foundation
import Storage
import Tensors
import Testing

@testable import Datasets

/// Random damage to valid files. A parser returns or throws; a trap or a read out of bounds ends the test run.
///
/// A few thousand for each, in every test run; scripts/fuzz-parsers.sh makes a million, for more readers, guided by
/// coverage and under the address sanitizer.
@Suite struct ParserFuzzTests {
  enum Parser: String, CaseIterable, Sendable {
    case gzip, npy, safetensors, idxImages, idxLabels, cifar, classNames

    var seeds: [Data] {
      switch self {
      case .gzip: [gzipOfLines]
      case .npy:
        [
          NPYFile(shape: [3, 4], elements: .floats([Float](repeating: 1, count: 12))).encoded(),
          NPYFile(shape: [5], elements: .integers([1, 2, 3, 4, 5])).encoded(),
          NPYFile(shape: [2, 2, 3], elements: .bytes(Array(0..<12))).encoded(),
        ]
      case .safetensors:
        [
          SafetensorsFile(
            tensors: [
              ("layer.weight", Tensor(repeating: 0.5, shape: [2, 3])), ("b", Tensor(repeating: 1, shape: [])),
            ],
            metadata: ["note": "\"é\"", "k": ""]
          ).encoded()
        ]
      case .idxImages: [DatasetsTests.idxImages(count: 3, height: 4, width: 5, pixels: Array(0..<60))]
      case .idxLabels: [DatasetsTests.idxLabels(Array(0..<10))]
      case .cifar: [cifarBatch(labels: [1, 9])]
      case .classNames: [Data(cifarClassNames.utf8)]
      }
    }

    func parse(_ data: Data) throws {
      switch self {
      case .gzip: _ = try Gzip.decompress(data, file: brokenURL, within: UnfoldingBudget(byteCount: 1 << 16))
      case .npy:
        let array = try NPYFile(data: data, file: brokenURL)
        _ = try? ArrayPair.images(in: array, layout: nil, file: brokenURL)
        _ = try? ArrayPair.labels(in: array, classCount: nil, file: brokenURL)
      case .safetensors: _ = try SafetensorsFile(data: data, file: brokenURL)
      case .idxImages: _ = try IDXFile.images(in: data, file: brokenURL)
      case .idxLabels: _ = try IDXFile.labels(in: data, file: brokenURL)
      case .cifar: _ = try CIFARBinary.batch(in: data, file: brokenURL)
      case .classNames: _ = try CIFARBinary.classNames(in: data, file: brokenURL)
      }
    }

    private var gzipOfLines: Data {
      let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../Reference/Storage/two-members.gz")
      return (try? Data(contentsOf: file)) ?? Data([0x1F, 0x8B])
    }
  }

  private static let count = 3_000

  @Test("Damaged files are read or refused, never a trap", arguments: Parser.allCases)
  func survives(parser: Parser) throws {
    let seeds = parser.seeds
    for seed in seeds { try parser.parse(seed) }
    var refusals = 0
    for index in 0..<Self.count {
      var generator = SeededGenerator(seed: 20_140_219, stream: UInt64(index))
      let data = Mutation.damaged(seeds[index % seeds.count], others: seeds, using: &generator)
      do {
        try parser.parse(data)
      } catch let error as FileError {
        refusals += 1
        #expect(error.file == brokenURL && !error.problem.isEmpty)
      }
    }
    // The mutations must reach the checks: a fuzzer that damages nothing would pass as well.
    #expect(refusals > Self.count / 10, "\(parser): \(refusals) of \(Self.count) refused")
  }
}

/// One to four small damages to a file.
enum Mutation {
  static func damaged(_ data: Data, others: [Data], using generator: inout SeededGenerator) -> Data {
    var bytes = [UInt8](data)
    for _ in 0...generator.next(upperBound: UInt64(4)) {
      apply(to: &bytes, others: others, using: &generator)
    }
    return Data(bytes)
  }

  private static func apply(to bytes: inout [UInt8], others: [Data], using generator: inout SeededGenerator) {
    func index(_ count: Int) -> Int { count == 0 ? 0 : Int(generator.next(upperBound: UInt64(count))) }
    // Headers are short and matter most: half of all damage goes into the first 128 bytes.
    let isHead = generator.next() & 1 == 0
    let position = index(isHead ? min(bytes.count, 128) : bytes.count)
    switch index(8) {
    case 0 where !bytes.isEmpty: bytes[position] ^= 1 << UInt8(index(8))
    case 1 where !bytes.isEmpty: bytes[position] = UInt8(index(256))
    case 2: bytes.removeSubrange(position...)
    case 3: bytes.removeSubrange(position..<min(bytes.count, position + 1 + index(16)))
    case 4:
      let other = [UInt8](others[index(others.count)])
      let start = index(other.count)
      bytes.insert(contentsOf: other[start..<min(other.count, start + 1 + index(64))], at: position)
    case 5:
      let width = [1, 2, 4, 8][index(4)]
      let value = [0, 1, UInt64.max, UInt64.max / 2, UInt64.max / 2 + 1, 1 << 31, 0xFFFF_FFFF][index(7)]
      let isBigEndian = generator.next() & 1 == 0
      for offset in 0..<min(width, bytes.count - position) {
        bytes[position + offset] = UInt8(
          truncatingIfNeeded: value >> UInt64(8 * (isBigEndian ? width - 1 - offset : offset)))
      }
    case 6: replaceNumber(in: &bytes, using: &generator)
    default: bytes.append(UInt8(index(256)))
    }
  }

  /// Headers in text: swaps one run of digits for a number at the edge of an integer type.
  private static func replaceNumber(in bytes: inout [UInt8], using generator: inout SeededGenerator) {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    let starts = bytes.indices.filter {
      digits.contains(bytes[$0]) && ($0 == 0 || !digits.contains(bytes[$0 - 1]))
    }
    guard !starts.isEmpty else { return }
    let start = starts[Int(generator.next(upperBound: UInt64(starts.count)))]
    let end = bytes[start...].firstIndex { !digits.contains($0) } ?? bytes.count
    let numbers = [
      "0", "-1", "4294967296", "9223372036854775807", "9223372036854775808", "99999999999999999999", "1e9",
    ]
    bytes.replaceSubrange(
      start..<end, with: numbers[Int(generator.next(upperBound: UInt64(numbers.count)))].utf8)
  }
}
