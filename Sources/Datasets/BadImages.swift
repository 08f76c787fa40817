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
    func name(_ error: FileError) -> String { String(Substring(error.file.path.utf8.dropFirst(start))) }
    // What is wrong with several is said once.
    var problems: [String] = []
    for error in errors where !problems.contains(error.problem) { problems.append(error.problem) }
    let clauses = problems.prefix(longestList).map { problem in
      let names = errors.filter { $0.problem == problem }.map(name)
      let rest = names.count > 3 ? [", and \(names.count - 3) more like it"] : []
      return names.prefix(3).joined(separator: ", ") + rest.joined() + " "
        + (names.count > 1 ? "(each \(problem))" : problem)
    }
    let told = Set(problems.prefix(longestList))
    let left = errors.count { !told.contains($0.problem) }
    return FileError(
      file: folder,
      problem: "has \(errors.count) images of \(count) that cannot be used: "
        + (clauses + (left > 0 ? ["and \(left) more"] : [])).joined(separator: "; "))
  }
}
