import Foundation
import Storage

/// Images of a folder that cannot be used, all in one answer: who mends them one by one would run a command for each.
enum BadImages {
  private static let longestList = 10

  /// - Throws: ``FileError``; of one image its own.
  static func successes<Value>(of results: [Result<Value, FileError>], in folder: URL) throws -> [Value] {
    var (values, errors): ([Value], [FileError]) = ([], [])
    for result in results {
      switch result {
      case .success(let value): values.append(value)
      case .failure(let error): errors.append(error)
      }
    }
    guard errors.isEmpty else { throw error(errors, of: results.count, in: folder) }
    return values
  }

  static func error(_ errors: [FileError], of count: Int, in folder: URL) -> FileError {
    guard errors.count > 1 else { return errors[0] }
    let start = folder.path.utf8.count + 1
    let clauses = errors.prefix(longestList).map { error in
      "\(String(Substring(error.file.path.utf8.dropFirst(start)))) \(error.problem)"
    }
    let rest = errors.count > longestList ? ["and \(errors.count - longestList) more"] : []
    return FileError(
      file: folder,
      problem: "has \(errors.count) images of \(count) that cannot be used: "
        + (clauses + rest).joined(separator: "; "))
  }
}
