import Foundation
import Networks

/// What an experiment ran with, besides its configuration.
public struct RunEnvironment: Codable, Equatable, Sendable {
  public var toolVersion: String
  public var oneDNNVersion: String
  public var system: String
  public var architecture: String
  public var workerCount: Int
  /// Of this process; nil in records of earlier versions.
  public var engine: EngineFingerprint?
  /// The command line, its program without a folder; nil in records of earlier versions.
  public var command: [String]?

  public init(workerCount: Int) {
    toolVersion = Self.toolVersion
    oneDNNVersion = Engine.oneDNNVersion
    system = ProcessInfo.processInfo.operatingSystemVersionString
    #if arch(x86_64)
      architecture = "x86_64"
    #elseif arch(arm64)
      architecture = "arm64"
    #else
      architecture = "other"
    #endif
    self.workerCount = workerCount
    engine = .current
    let arguments = ProcessInfo.processInfo.arguments
    command = arguments.prefix(1).map { URL(filePath: $0).lastPathComponent } + arguments.dropFirst()
  }

  /// The version of Intrigue.
  public static let toolVersion = "0.1.0"
}
