import Foundation
import Storage

/// Reports all unusable images of a folder in one error, so that they can be fixed together.
enum BadImages {
  private static let longestList = 10
  /// At the end of what is wrong with an image's size; said once for all of them.
  static let sizeAdvice = "; resize all with --resize HEIGHTxWIDTH"

  /// - Throws: ``FileError``; for a single bad image, its own error.
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
    func name(_ error: FileError) -> String { String(Substring(error.file.path.utf8.dropFirst(start))) }
    // A problem that several share is stated once.
    var problems: [String] = []
    for error in errors where !problems.contains(error.problem) { problems.append(error.problem) }
    let clauses = problems.prefix(longestList).map { problem in
      let names = errors.filter { $0.problem == problem }.map(name)
      let rest = names.count > 3 ? [", and \(names.count - 3) more like it"] : []
      let own = problem.replacing(sizeAdvice, with: "")
      return names.prefix(3).joined(separator: ", ") + rest.joined() + " "
        + (names.count > 1 ? "(each \(own))" : own)
    }
    let told = Set(problems.prefix(longestList))
    let left = errors.count { !told.contains($0.problem) }
    return FileError(
      file: folder,
      problem: "has \(errors.count) images of \(count) that cannot be used: "
        + (clauses + (left > 0 ? ["and \(left) more"] : [])).joined(separator: "; ")
        + (problems.contains { $0.hasSuffix(sizeAdvice) } ? sizeAdvice : ""))
  }
}
