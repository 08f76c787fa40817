import Storage

/// What the conditions of a poisoning experiment left: a file for each, written as soon as it was measured, so that a run
/// which is stopped goes on behind it.
struct PoisonParts<Settings: Codable & Equatable> {
  /// Everything but the condition itself that decides a result.
  struct Identity: Codable, Equatable {
    var toolVersion: String
    var dataChecksum: String
    /// What a file of an architecture said, of which settings hold the path only; "" where no network is trained.
    var architecture: String
    var settings: Settings
  }

  private struct Part<Value: Codable>: Codable {
    var identity: Identity
    var value: Value
  }

  static var folderName: String { "parts" }

  let folder: RunFolder
  let identity: Identity

  init(in folder: RunFolder, dataChecksum: String, architecture: String, settings: Settings) throws {
    self.folder = try folder.folder(Self.folderName)
    identity = Identity(
      toolVersion: RunEnvironment.toolVersion, dataChecksum: dataChecksum, architecture: architecture,
      settings: settings)
  }

  /// What was measured of each condition, or is now; a step of progress before each, told again by those who are given `tell`.
  ///
  /// - Parameters:
  ///   - unit: Of the conditions, for progress.
  ///   - name: Of a condition; a file name.
  func values<Condition, Value: Codable>(
    of conditions: [Condition], unit: String, _ progress: @escaping ProgressHandler,
    named name: (Condition) -> String,
    _ measure: (Condition, _ tell: @escaping @Sendable () throws -> Void) throws -> Value
  ) throws -> [Value] {
    try conditions.enumerated().map { number, condition in
      let tell: @Sendable () throws -> Void = { [total = conditions.count] in
        try progress(.step(done: number, total: total, unit: unit))
      }
      try tell()
      return try value(name(condition)) { try measure(condition, tell) }
    }
  }

  /// What was measured under these very settings before, or what `measure` gives now.
  ///
  /// - Parameter name: Of the condition; a file name.
  func value<Value: Codable>(_ name: String, _ measure: () throws -> Value) throws -> Value {
    let file = "\(name).json"
    // One that cannot be read is of another version, or broken: it is measured again.
    if folder.exists(file), let part = try? JSONFile.read(Part<Value>.self, from: folder.file(file)),
      part.identity == identity
    {
      return part.value
    }
    let value = try measure()
    try folder.write(Part(identity: identity, value: value), to: file)
    return value
  }
}
