import Lab
import Networks

/// The measured conditions of a poisoning experiment, one file each.
struct PoisonParts<Settings: Codable & Equatable> {
  /// Raised when the same settings give other numbers than before.
  static var revision: Int { 1 }
  static var folderName: String { "parts" }

  private let kept: KeptParts
  private let folder: RunFolder
  private let checksums: [String: String]
  private let identity: Identity

  /// Everything but data and condition that decides a result.
  private struct Identity: Codable, Equatable {
    /// The content of an architecture's file, of which settings hold the path only; "" if no network is trained.
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

  /// The measurements of all conditions, kept or made now, with a step of progress before each, which `tell` repeats.
  ///
  /// - Parameters:
  ///   - unit: The plural of a condition, for progress.
  ///   - name: Gives the name of a condition's file.
  ///   - files: Gives the names of the models that `measure` keeps of a condition by ``keep(_:as:)``.
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

  /// The measurement kept of the same settings, or the one that `measure` makes now.
  ///
  /// - Parameter name: The name of the condition's file.
  func value<Value: Codable>(
    _ name: String, files: [String] = [], _ measure: () throws -> Value
  ) throws -> Value {
    try kept.kept(
      "\(name).json", in: folder, checksums: checksums, settings: identity, files: files, measure)
  }

  /// A network that belongs to a part.
  func keep(_ model: Model, as name: String) throws { try ModelFile.write(model, to: folder.file(name)) }

  /// A network that was kept.
  func model(_ name: String) throws -> Model { try ModelFile.read(folder.file(name)) }
}
