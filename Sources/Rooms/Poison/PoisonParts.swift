import Lab
import Networks

/// What the conditions of a poisoning experiment left, a file for each.
struct PoisonParts<Settings: Codable & Equatable> {
  /// Raised when a part of the same settings holds other numbers than before.
  static var revision: Int { 1 }
  static var folderName: String { "parts" }

  private let kept: KeptParts
  private let folder: RunFolder
  private let checksums: [String: String]
  private let identity: Identity

  /// Everything but data and condition that decides a result.
  private struct Identity: Codable, Equatable {
    /// What a file of an architecture said, of which settings hold the path only; "" where no network is trained.
    var architecture: String
    var settings: Settings
  }

  init<Configuration, Results>(
    of run: Run<Configuration, Results>, dataChecksum: String, architecture: String, settings: Settings
  ) throws {
    folder = try run.folder.folder(Self.folderName)
    kept = run.parts(revisions: ["poison": Self.revision])
    checksums = ["data": dataChecksum]
    identity = Identity(architecture: architecture, settings: settings)
  }

  /// What was measured of each condition, or is now; a step of progress before each, told again by those who are given `tell`.
  ///
  /// - Parameters:
  ///   - unit: Of the conditions, for progress.
  ///   - name: Of a condition; a file name.
  ///   - files: Names of those that `measure` keeps of a condition by ``keep(_:as:)``.
  func values<Condition, Value: Codable>(
    of conditions: [Condition], unit: String, _ progress: @escaping ProgressHandler,
    named name: (Condition) -> String, files: (Condition) -> [String] = { _ in [] },
    _ measure: (Condition, _ tell: @escaping @Sendable () throws -> Void) throws -> Value
  ) throws -> [Value] {
    try conditions.enumerated().map { number, condition in
      let tell: @Sendable () throws -> Void = { [total = conditions.count] in
        try progress(.step(done: number, total: total, unit: unit))
      }
      try tell()
      return try value(name(condition), files: files(condition)) { try measure(condition, tell) }
    }
  }

  /// What was measured under these very settings before, or what `measure` gives now.
  ///
  /// - Parameter name: Of the condition; a file name.
  func value<Value: Codable>(
    _ name: String, files: [String] = [], _ measure: () throws -> Value
  ) throws -> Value {
    try kept.kept(
      "\(name).json", in: folder, checksums: checksums, settings: identity, files: files, measure)
  }

  /// A network that belongs to a part.
  func keep(_ model: Model, as name: String) throws { try ModelFile.write(model, to: folder.file(name)) }

  /// One that was kept.
  func model(_ name: String) throws -> Model { try ModelFile.read(folder.file(name)) }
}
