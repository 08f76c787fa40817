import Foundation
import Images
import Synchronization

/// A record of figures that could not be drawn. A figure must not prevent a result: if one of these is bound
/// (`FigureFailures.$current.withValue(…)`), it is notified of such a figure, and the run continues.
///
/// If none is bound, a figure that cannot be drawn is an error like any other.
public final class FigureFailures: Sendable {
  @TaskLocal public static var current: FigureFailures?

  private let failures = Mutex<[(file: URL, problem: String)]>([])
  private let tell: @Sendable (String) throws -> Void

  /// - Parameter tell: Called with a sentence for each figure. An error it throws ends the run.
  public init(tell: @escaping @Sendable (String) throws -> Void) { self.tell = tell }

  /// Remarks on figures in the folder or its subfolders, each a sentence without its full stop, in drawing order.
  public func remarks(in folder: URL) -> [String] {
    let own = folder.standardizedFileURL.pathComponents
    return failures.withLock { $0 }.compactMap { failure in
      let path = failure.file.standardizedFileURL.pathComponents
      guard path.starts(with: own) else { return nil }
      return Self.sentence(path.dropFirst(own.count).joined(separator: "/"), failure.problem)
    }
  }

  private static func sentence(_ name: String, _ problem: String) -> String {
    "\(name) was not drawn: \(problem)"
  }

  /// Draws a figure; if it cannot be drawn, removes what an earlier run left in its place.
  ///
  /// - Parameters:
  ///   - file: The picture.
  ///   - others: Files that belong to it.
  ///   - draw: Throws ``UndrawnFigure`` where the figure and not the disk is at fault.
  static func noting(_ file: URL, and others: [URL] = [], _ draw: () throws -> Void) throws {
    do {
      if let face = Font.missingFace { throw MissingFont(family: face.rawValue) }
      try draw()
    } catch let failure as any UndrawnFigure {
      guard let current else { throw failure }
      for earlier in [file] + others where FileManager.default.fileExists(atPath: earlier.path) {
        try FileManager.default.removeItem(at: earlier)
      }
      current.failures.withLock { $0.append((file, failure.description)) }
      try current.tell(sentence(file.lastPathComponent, failure.description))
    }
  }
}

/// A page of charts, at least one of which was not drawn.
public struct MissingChart: UndrawnFigure, Equatable {
  public let name: String

  public var description: String { "the chart \(name) that stands on it was not drawn" }
}

/// Why a figure cannot be drawn, although its data are available.
protocol UndrawnFigure: Error, CustomStringConvertible {}

extension Chart.Problem: UndrawnFigure {}

/// Text cannot be drawn.
public struct MissingFont: UndrawnFigure, Equatable {
  public let family: String

  public var description: String {
    "the font \(family) is not installed; on Debian: apt-get install fonts-dejavu-core"
  }
}

/// A picture larger than a canvas allows.
public struct FigureTooLarge: UndrawnFigure, Equatable {
  public let width: Int
  public let height: Int
  public let limit: Int

  public var description: String {
    "it would be \(width)×\(height) pixels; a figure has at most \(limit) each way, so show fewer rows"
  }
}
