import Foundation
import Storage
import Tensors

/// The binary version of CIFAR-10: records of one label and 32×32 pixels, red plane first.
///
/// Krizhevsky (2009). Format: <https://www.cs.toronto.edu/~kriz/cifar.html>, "Binary version".
public enum CIFARBinary {
  public static let shape = ImageShape(channels: 3, height: 32, width: 32)
  public static let classCount = 10
  /// Size of a record in bytes: label and pixels.
  public static let recordLength = 1 + shape.pixelCount

  static let trainingNames = (1...5).map { "data_batch_\($0).bin" }
  static let testName = "test_batch.bin"
  static let classesName = "batches.meta.txt"

  /// Labels, and pixels `[count, 3, 32, 32]`, of one batch.
  ///
  /// - Parameter file: Named in errors; nothing is read from it.
  /// - Throws: ``FileError`` when the size is not a positive multiple of a record's size or a label is above 9.
  public static func batch(in content: Data, file: URL) throws -> (labels: [Int], pixels: [UInt8]) {
    guard !content.isEmpty, content.count % recordLength == 0 else {
      throw FileError(
        file: file, problem: "has \(content.count) bytes: expected a positive multiple of \(recordLength)")
    }
    let count = content.count / recordLength
    let labels = stride(from: content.startIndex, to: content.endIndex, by: recordLength).map {
      Int(content[$0])
    }
    if let record = labels.firstIndex(where: { $0 >= classCount }) {
      throw FileError(
        file: file, problem: "has label \(labels[record]) in record \(record): expected 0…\(classCount - 1)")
    }
    let pixels = content.withUnsafeBytes { bytes in
      [UInt8](unsafeUninitializedCapacity: count * shape.pixelCount) { buffer, initialised in
        for record in 0..<count {
          let source = bytes[record * recordLength + 1..<(record + 1) * recordLength]
          let start = record * shape.pixelCount
          UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[start...])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: source))
        }
        initialised = count * shape.pixelCount
      }
    }
    return (labels, pixels)
  }

  /// The class names in `batches.meta.txt`, one a line.
  ///
  /// - Parameter file: Named in errors; nothing is read from it.
  /// - Throws: ``FileError`` unless there are ten different names.
  public static func classNames(in content: Data, file: URL) throws -> [String] {
    let names = try ClassNames.lines(in: content, file: file)
    guard names.count == classCount else {
      throw FileError(file: file, problem: "names \(names.count) classes: expected \(classCount)")
    }
    return names
  }
}

/// Class names as a text file: one a line, in the order of the labels.
enum ClassNames {
  /// File searched for beside IDX and .npy files.
  static let fileName = "class-names.txt"

  /// The lines that are not empty.
  ///
  /// - Throws: ``FileError`` when the file is not UTF-8, is empty or names a class twice.
  static func lines(in content: Data, file: URL) throws -> [String] {
    // Windows editors begin a text file with a byte order mark.
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    guard
      let text = String(
        validating: content.starts(with: mark) ? content.dropFirst(mark.count) : content, as: UTF8.self)
    else {
      throw FileError(file: file, problem: "is not UTF-8 text")
    }
    let names = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
    guard !names.isEmpty else { throw FileError(file: file, problem: "names no class") }
    var seen: Set<String> = []
    if let problem = names.lazy.compactMap(LongestName.problem).first {
      throw FileError(file: file, problem: "has for a class \(problem)")
    }
    if let twice = names.first(where: { !seen.insert($0).inserted }) {
      throw FileError(file: file, problem: "names the class \(twice.debugDescription) twice")
    }
    return names
  }

  /// The names in `folder`, or nil when it has no such file.
  static func read(in folder: URL) throws -> [String]? {
    let file = folder.appending(path: fileName)
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    return try lines(in: FileContents.read(file), file: file)
  }

  /// "0", "1", … for labels without names.
  static func numbers(_ count: Int) -> [String] { (0..<count).map(String.init) }
}
