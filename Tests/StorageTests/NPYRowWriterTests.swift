import Foundation
import Storage
import Tensors
import Testing

@Suite struct NPYRowWriterTests {
  @Test("Rows written one by one are the bytes of the array written at once")
  func sameBytes() throws {
    let tensor = Tensor(shape: [5, 2, 3], elements: (0..<30).map(Float.init))
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "rows.npy")
      let writer = try NPYRowWriter(shape: tensor.shape, to: file)
      for rows in [[0, 1], [], [2], [3, 4]] { try writer.append(tensor.rows(rows)) }
      #expect(!FileManager.default.fileExists(atPath: file.path))
      try writer.finish()
      #expect(try Data(contentsOf: file) == NPYFile(tensor).encoded())
    }
  }

  @Test("A writer that is given up leaves the old file and nothing else")
  func givenUp() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "rows.npy")
      try AtomicFile.write("old", to: file)
      do {
        let writer = try NPYRowWriter(shape: [2, 1], to: file)
        try writer.append(Tensor(shape: [1, 1]))
      }
      #expect(try String(contentsOf: file, encoding: .utf8) == "old")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["rows.npy"])
    }
  }
}
