import Foundation
import Networks
import Storage
import Synchronization

/// What an experiment measured so far, a file for each part, so that a run which is stopped goes on behind it.
///
///     checksum    SHA-256 of `content`, as it was written
///     content     `value`, what was measured; `files`, the SHA-256 of each file beside it that belongs to it
///     identity    under what it counts (``KeptPart/Identity``)
///
/// A part is believed where all three fit, and measured again otherwise, never an error: silently where the user asks for
/// other settings, with a remark where another program measured it or its content was changed.
package final class KeptParts: Sendable {
  private let program: KeptPart.Program
  private let progress: ProgressHandler
  /// Said once: a folder of an earlier version may hold a hundred parts.
  private let hasToldOfProgram = Mutex(false)

  /// - Parameters:
  ///   - experiment: As in `run.json`.
  ///   - revisions: Of what is measured, by name; see ``KeptPart/Program/revisions``.
  package init(of experiment: String, revisions: [String: Int], _ progress: @escaping ProgressHandler) {
    program = KeptPart.Program(experiment: experiment, revisions: revisions, engine: .current)
    self.progress = progress
  }

  /// The same parts, for somebody else to be told of.
  package init(like other: KeptParts, _ progress: @escaping ProgressHandler) {
    program = other.program
    self.progress = progress
  }

  /// What was measured under this very identity before, or what `measure` gives now.
  ///
  /// - Parameters:
  ///   - name: Of the file in `place`.
  ///   - checksums: Of everything that the part was measured from, by name: data, models.
  ///   - settings: Everything else that decides it: configuration and condition.
  ///   - files: Names of files in `place` that `measure` leaves besides.
  package func kept<Value: Codable>(
    _ name: String, in place: RunFolder, checksums: [String: String], settings: some Codable & Equatable,
    files: [String] = [], _ measure: () throws -> Value
  ) throws -> Value {
    if let known = try known(
      Value.self, name, in: place, checksums: checksums, settings: settings, files: files)
    {
      return known
    }
    let value = try measure()
    try keep(value, name, in: place, checksums: checksums, settings: settings, files: files)
    return value
  }

  /// What was measured under this very identity before; nil: it is to be measured.
  package func known<Value: Codable, Settings: Codable & Equatable>(
    _ type: Value.Type, _ name: String, in place: RunFolder, checksums: [String: String], settings: Settings,
    files: [String] = []
  ) throws -> Value? {
    guard place.exists(name) else { return nil }
    let file = place.file(name)
    func tell(_ problem: String) throws {
      try progress(.warning("\(file.path): \(problem); it is measured again"))
    }
    guard let data = try? FileContents.read(file),
      let found = try? JSONFile.decode(KeptPart.Head<KeptPart.AnyIdentity>.self, from: data, file: file)
    else {
      try tell("is of an earlier version, or damaged")
      return nil
    }
    if let difference = found.identity.program.difference(from: program) {
      let isTold = hasToldOfProgram.withLock { isTold in
        defer { isTold = true }
        return isTold
      }
      guard !isTold else { return nil }
      try progress(
        .warning(
          "\(place.url.path): holds what was measured \(difference), in \(name) and perhaps others; it is measured again"
        ))
      return nil
    }
    let wanted = KeptPart.Identity(name: name, program: program, checksums: checksums, settings: settings)
    guard
      let own = try? JSONFile.decode(KeptPart.Head<KeptPart.Identity<Settings>>.self, from: data, file: file),
      own.identity == wanted
    else { return nil }
    guard let part = try? JSONFile.decode(KeptPart.Body<Value>.self, from: data, file: file),
      part.checksum == (try? part.content.checksum(file))
    else {
      try tell("is not what was written, by its checksum")
      return nil
    }
    for name in files {
      guard let checksum = part.content.files[name],
        checksum == (try? Checksum.hexadecimal(ofFile: place.file(name)))
      else {
        try tell("does not belong to the \(name) beside it")
        return nil
      }
    }
    return part.content.value
  }

  package func keep(
    _ value: some Codable, _ name: String, in place: RunFolder, checksums: [String: String],
    settings: some Codable & Equatable, files: [String] = []
  ) throws {
    let content = KeptPart.Content(
      value: value,
      files: try Dictionary(
        uniqueKeysWithValues: files.map { ($0, try Checksum.hexadecimal(ofFile: place.file($0))) }))
    try place.write(
      KeptPart.Whole(
        identity: KeptPart.Identity(name: name, program: program, checksums: checksums, settings: settings),
        content: content, checksum: content.checksum(place.file(name))), to: name)
  }
}

extension Run {
  /// For what this run measures part by part.
  ///
  /// - Parameter revisions: See ``KeptPart/Program/revisions``.
  package func parts(revisions: [String: Int]) -> KeptParts {
    KeptParts(of: experiment, revisions: revisions, progress)
  }
}

/// The file of a part.
enum KeptPart {
  /// Who measured.
  struct Program: Codable, Equatable {
    var experiment: String
    /// A number beside each measurement, raised when its numbers change.
    var revisions: [String: Int]
    var engine: EngineFingerprint

    /// In the words of a sentence: "by another revision of the program".
    func difference(from expected: Program) -> String? {
      guard self != expected else { return nil }
      guard experiment == expected.experiment, revisions == expected.revisions,
        engine.revision == expected.engine.revision
      else { return "by another revision of the program" }
      let details = engine.difference(from: expected.engine).map { " (\($0))" } ?? ""
      return "with other instructions or libraries of the processor\(details)"
    }
  }

  /// Everything that decides a part.
  struct Identity<Settings: Codable & Equatable>: Codable, Equatable {
    /// Of its file: two parts of the same settings, such as the networks of two seeds, are no substitute for each other.
    package var name: String
    package var program: Program
    package var checksums: [String: String]
    package var settings: Settings
  }

  struct AnyIdentity: Codable { var program: Program }

  struct Content<Value: Codable>: Codable {
    package var value: Value
    package var files: [String: String]

    /// - Parameter file: Named in errors.
    package func checksum(_ file: URL) throws -> String {
      Checksum.hexadecimal(of: try JSONFile.encoded(self, file: file))
    }
  }

  struct Whole<Settings: Codable & Equatable, Value: Codable>: Codable {
    var identity: Identity<Settings>
    var content: Content<Value>
    var checksum: String
  }

  /// Read one after the other: a part of another version may not be readable as a whole.
  struct Head<Identity: Codable>: Codable { var identity: Identity }
  struct Body<Value: Codable>: Codable {
    var content: Content<Value>
    var checksum: String
  }
}
