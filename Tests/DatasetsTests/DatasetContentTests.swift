import Foundation
import Storage
import Testing

@testable import Datasets

@Suite struct DatasetContentTests {
  private func remarks(_ elements: NPYFile.Elements, labels: [Int] = [0, 1, 0, 1]) throws -> [String] {
    var found: [String] = []
    try withTemporaryFolder { folder in
      try NPYFile(shape: [4, 1, 2], elements: elements).write(to: folder.appending(path: "images.npy"))
      try NPYFile(shape: [4], elements: .integers(labels)).write(to: folder.appending(path: "labels.npy"))
      found = try Dataset.load(folder.path).remarks.map(\.sentence)
    }
    return found
  }

  @Test("Samples that stay in the lower half of their range are remarked on, with the brightest")
  func brightness() throws {
    #expect(try remarks(.bytes([0, 1, 2, 3, 4, 5, 6, 128])) == [])
    #expect(try remarks(.bytes([UInt8](repeating: 0, count: 8))) == [])
    #expect(
      try remarks(.bytes([0, 1, 2, 3, 4, 5, 6, 16])) == [
        "no pixel of all 4 images is above 16 of 255: if that is not so in the pictures, their samples are on "
          + "another scale"
      ])
    #expect(try remarks(.floats([0, 0, 0, 0, 0, 0, 0, 0.6])) == [])
    #expect(try remarks(.floats([0, 0, 0, 0, 0, 0, 0, 0.25]))[0].contains("above 0.25 of 1"))
  }

  @Test("Labels with gaps are classes without images")
  func gaps() throws {
    #expect(
      try remarks(.bytes([0, 1, 2, 3, 4, 5, 6, 255]), labels: [0, 3, 0, 3]) == [
        "2 classes have no training image, such as 1", "2 classes have no held-out image, such as 1",
      ])
  }
}
