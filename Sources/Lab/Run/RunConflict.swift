import Foundation

/// A folder that holds another run than the one asked for.
public struct RunConflict: Error, CustomStringConvertible {
  public let folder: URL
  public let differences: [String]

  package init(folder: URL, differences: [String]) {
    self.folder = folder
    self.differences = differences
  }

  public var description: String {
    "\(folder.path): holds a training that differs in \(differences.joined(separator: ", ")); "
      + "choose another --output, or discard it with --fresh"
  }
}
