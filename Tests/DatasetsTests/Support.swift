import Foundation
import Storage
import Testing

/// Runs `body` with a new empty folder, whose name has a space and a letter beyond ASCII, and removes it.
func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = try makeTemporaryFolder()
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}

func makeTemporaryFolder() throws -> URL {
  let folder = FileManager.default.temporaryDirectory.appending(path: "intrigue tést \(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  return folder
}

/// A file that must be refused, and a part of the sentence that says why.
struct BrokenFile: Sendable, CustomTestStringConvertible {
  let fault: String
  let data: Data
  let problem: String

  init(_ fault: String, _ data: Data, _ problem: String) {
    self.fault = fault
    self.data = data
    self.problem = problem
  }

  var testDescription: String { fault }
}

let brokenURL = URL(filePath: "/data/broken file")

/// Expects a ``FileError`` that names the file and says `broken.problem`.
func expectRefusal(
  of broken: BrokenFile, sourceLocation: SourceLocation = #_sourceLocation,
  by read: (Data, URL) throws -> Void
) {
  expectRefusal(naming: brokenURL, saying: broken.problem, sourceLocation: sourceLocation) {
    try read(broken.data, brokenURL)
  }
}

/// Expects a ``FileError`` about `file` whose sentence has `problem`.
func expectRefusal(
  naming file: URL, saying problem: String, sourceLocation: SourceLocation = #_sourceLocation,
  by read: () throws -> Void
) {
  do {
    try read()
    Issue.record("accepted, expected: \(problem)", sourceLocation: sourceLocation)
  } catch let error as FileError {
    #expect(error.file.path == file.path, sourceLocation: sourceLocation)
    #expect(
      error.problem.contains(problem), "\(error.problem) lacks: \(problem)", sourceLocation: sourceLocation)
  } catch {
    Issue.record("\(error) is not a FileError", sourceLocation: sourceLocation)
  }
}

/// An IDX image file.
func idxImages(magic: UInt32 = 0x803, count: UInt32, height: UInt32, width: UInt32, pixels: [UInt8]) -> Data {
  bigEndian([magic, count, height, width]) + pixels
}

/// An IDX label file.
func idxLabels(magic: UInt32 = 0x801, count: UInt32? = nil, _ labels: [UInt8]) -> Data {
  bigEndian([magic, count ?? UInt32(labels.count)]) + labels
}

private func bigEndian(_ values: [UInt32]) -> Data {
  Data(values.flatMap { value in withUnsafeBytes(of: value.bigEndian) { Array($0) } })
}

/// Writes the four files of a small data set: three training images and two test images of 2×2.
func writeSmallIDX(to folder: URL, replacing replaced: [String: Data?] = [:]) throws {
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  var files: [String: Data?] = [
    "train-images-idx3-ubyte": idxImages(count: 3, height: 2, width: 2, pixels: Array(0..<12)),
    "train-labels-idx1-ubyte": idxLabels([0, 1, 2]),
    "t10k-images-idx3-ubyte": idxImages(count: 2, height: 2, width: 2, pixels: Array(100..<108)),
    "t10k-labels-idx1-ubyte": idxLabels([2, 0]),
  ]
  files.merge(replaced) { $1 }
  for (name, data) in files {
    if let data { try data.write(to: folder.appending(path: name)) }
  }
}

/// A CIFAR-10 batch whose pixels count up.
func cifarBatch(labels: [UInt8]) -> Data {
  Data(
    labels.enumerated().flatMap { record, label in [label] + (0..<3072).map { UInt8(($0 + record) & 255) } })
}

let cifarClassNames = "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n"

/// Writes the seven files of the binary version of CIFAR-10, two images in each batch.
func writeSmallCIFAR(to folder: URL) throws {
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  for batch in 1...5 {
    try cifarBatch(labels: [UInt8(batch), 9]).write(to: folder.appending(path: "data_batch_\(batch).bin"))
  }
  try cifarBatch(labels: [0, 7]).write(to: folder.appending(path: "test_batch.bin"))
  try Data(cifarClassNames.utf8).write(to: folder.appending(path: "batches.meta.txt"))
}
