import Foundation
import Storage
import Tensors
import Testing

@Suite struct MappedFloatsTests {
  /// Files of 1024, 2048 and 3 floats: two whole numbers of pages, and a rest.
  private static let counts = [1024, 2048, 3]

  private func files(in folder: URL) throws -> [(file: URL, count: Int)] {
    var next: Float = 0
    return try Self.counts.enumerated().map { number, count in
      let floats = (0..<count).map { next + Float($0) }
      next += Float(count)
      let file = folder.appending(path: "\(number).f32")
      try floats.withUnsafeBytes { Data($0) }.write(to: file)
      return (file, count)
    }
  }

  @Test(
    "Files lie one after the other in memory, mapped or, where pages are too large for that, read",
    arguments: [nil, 1 << 20])
  func concatenated(pageSize: Int?) throws {
    try withTemporaryFolder { folder in
      let files = try files(in: folder)
      let mapped = try pageSize.map { try MappedFloats(files, pageSize: $0) } ?? MappedFloats(files)
      let expected = (0..<Self.counts.reduce(0, +)).map { Float($0) }
      #expect(mapped.withFloats { Array($0) } == expected)
      mapped.release(0..<expected.count)
      mapped.release(100..<2000)
      #expect(mapped.withFloats { Array($0) } == expected)
      for (file, _) in files { try FileManager.default.removeItem(at: file) }
      #expect(mapped.withFloats { Array($0) } == expected)
    }
  }

  @Test("No files, and files without floats, are no floats")
  func empty() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "empty")
      try Data().write(to: file)
      #expect(try MappedFloats([]).withFloats { $0.isEmpty })
      #expect(try MappedFloats([(file, 0)]).withFloats { $0.isEmpty })
    }
  }

  @Test("A file that is missing, short, long or a folder is refused by name")
  func refused() throws {
    try withTemporaryFolder { folder in
      var files = try files(in: folder)
      func problem(_ files: [(file: URL, count: Int)]) -> String {
        do {
          _ = try MappedFloats(files)
          return ""
        } catch { return "\(error)" }
      }
      #expect(problem([(folder.appending(path: "none"), 1)]).contains("none: does not exist"))
      #expect(problem([(folder, 1)]).contains("not a regular file"))
      files[1].count += 1024
      #expect(problem(files).contains("1.f32: has 8192 bytes, expected 12288"))
      files[1].count -= 2048
      #expect(problem(files).contains("1.f32: has 8192 bytes, expected 4096"))
    }
  }
}
