import Foundation

/// A file that is missing or invalid: which one and, in one clause, what was expected and what was found.
public struct FileError: Error, Equatable, CustomStringConvertible {
  public let file: URL
  /// A clause that follows the file's name: "is truncated: expected 16 bytes, found 3".
  public let problem: String

  public init(file: URL, problem: String) {
    self.file = file
    self.problem = problem
  }

  public var description: String { "\(file.path): \(problem)" }
}
