import Datasets
import Foundation
import Networks
import Storage

/// An architecture by name, or a file that describes one.
public enum ArchitectureChoice: Codable, Equatable, Sendable {
  case named(String)
  case file(path: String)

  /// A name, or the path of a file that ends in `.json`.
  ///
  /// - Throws: ``UnknownArchitecture``.
  public init(_ text: String) throws {
    guard !text.utf8.suffix(5).elementsEqual(".json".utf8) else {
      self = .file(path: text)
      return
    }
    guard Architecture.Named(rawValue: text) != nil else { throw UnknownArchitecture(name: text) }
    self = .named(text)
  }

  /// What suits a named one, and what is usual of others.
  public func recommendedTraining(seed: UInt64) -> TrainingConfiguration {
    guard case .named(let name) = self, let known = Architecture.Named(rawValue: name) else {
      return TrainingConfiguration(seed: seed)
    }
    return known.recommendedTraining(seed: seed)
  }

  /// - Throws: ``FileError`` naming the file when it describes no network, or none for these images;
  ///   ``UnknownArchitecture``; ``OneClass``.
  package func architecture(for images: LabelledImages) throws -> Architecture {
    guard images.classNames.count > 1 else { throw OneClass(name: images.classNames.first ?? "") }
    switch self {
    case .named(let name):
      guard let known = Architecture.Named(rawValue: name) else {
        throw UnknownArchitecture(name: name)
      }
      return .named(known, input: images.shape, classCount: images.classNames.count)
    case .file(let path):
      let file = URL(filePath: path)
      let architecture = try Architecture(contentsOf: file)
      guard architecture.input == images.shape else {
        throw FileError(
          file: file,
          problem: "describes a network for images of \(architecture.input) (channels×height×width): "
            + "expected \(images.shape), like the data")
      }
      let classCount = try Graph(architecture).classCount
      guard classCount == images.classNames.count else {
        throw FileError(
          file: file,
          problem: "describes a network for \(classCount) classes: expected \(images.classNames.count), "
            + "like the data")
      }
      return architecture
    }
  }
}

public struct UnknownArchitecture: Error, CustomStringConvertible {
  public let name: String

  public init(name: String) { self.name = name }

  public var description: String {
    "no architecture is called \"\(name)\"; there are "
      + Architecture.Named.allCases.map(\.rawValue).joined(separator: ", ")
      + ", or give a .json file that describes one"
  }
}

/// Data that no classifier can be trained on: one class, or one that has training images.
public struct OneClass: Error, Equatable, CustomStringConvertible {
  public let name: String

  package init(name: String) {
    self.name = name
  }

  public var description: String {
    "the data have one class, \(name.debugDescription): a classifier tells at least two apart"
  }
}
