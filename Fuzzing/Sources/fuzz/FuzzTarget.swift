import CFuzzer
import Foundation
import Storage

/// A reader of what strangers wrote, with damage that gets past its checksums.
protocol FuzzTarget: Sendable {
  static var name: String { get }

  /// - Parameter folder: For files of its own.
  init(in folder: URL) throws

  /// Valid inputs, beside those of the committed corpus.
  var seeds: [Data] { get throws }

  /// - Throws: What is wrong with `data`.
  func read(_ data: Data) throws

  /// Other bytes, at most `capacity`, made of `data`.
  func damaged(_ data: Data, capacity: Int, using draws: inout Draws) -> Data

  /// Whether the reader may throw this beside ``FileError``.
  func foresees(_ error: any Error) -> Bool
}

extension FuzzTarget {
  func damaged(_ data: Data, capacity: Int, using draws: inout Draws) -> Data {
    Damage.raw(data, capacity: capacity)
  }

  func foresees(_ error: any Error) -> Bool { false }
}

/// Named in errors; nothing is there.
let strange = URL(filePath: "/a stranger's file")

let fuzzTargets: [any FuzzTarget.Type] = [
  GzipTarget.self, NPYTarget.self, SafetensorsTarget.self, IDXTarget.self, CIFARTarget.self, PNGTarget.self,
  JPEGTarget.self, ArchitectureTarget.self, ModelTarget.self, CheckpointTarget.self, RankingPartTarget.self,
  FeatureCacheTarget.self, RecordTarget.self, AnswersTarget.self, HTTPTarget.self,
]

/// Random numbers that follow from libFuzzer's seed: SplitMix64.
struct Draws: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func index(_ count: Int) -> Int { Int.random(in: 0..<count, using: &self) }

  mutating func happens(oneIn count: Int) -> Bool { index(count) == 0 }
}
