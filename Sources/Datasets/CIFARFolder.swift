import Foundation
import Storage

/// The files of the binary version of CIFAR-10 in one folder.
enum CIFARFolder {
  /// The folder that the published archive unpacks to.
  static let unpackedName = "cifar-10-batches-bin"

  /// - Parameter entry: Published files, when the set was requested by name.
  /// - Throws: ``FileError`` naming the file that is missing, broken or does not match its published checksum.
  static func load(_ folder: URL, name: String, entry: CatalogueEntry? = nil) throws -> Dataset {
    let classesFile = folder.appending(path: CIFARBinary.classesName)
    let classNames =
      try entry?.classNames ?? CIFARBinary.classNames(in: FileContents.read(classesFile), file: classesFile)
    let names = CIFARBinary.trainingNames + [CIFARBinary.testName]
    let batches = try concurrentMap(names) { name in
      let file = folder.appending(path: name)
      let content = try FileContents.read(file)
      try entry?.files.first { $0.name == name }?.checksum.check(file: file, stored: nil, content: content)
      return try CIFARBinary.batch(in: content, file: file)
    }
    func joined(_ batches: ArraySlice<(labels: [Int], pixels: [UInt8])>) -> LabelledImages {
      LabelledImages(
        shape: CIFARBinary.shape, pixels: .bytes(batches.flatMap(\.pixels)),
        labels: batches.flatMap(\.labels),
        classNames: classNames)
    }
    return Dataset(name: name, training: joined(batches.dropLast()), heldOut: joined(batches.suffix(1)))
  }
}
