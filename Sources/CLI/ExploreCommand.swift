import ArgumentParser
import Foundation
import Intrigue

struct ExploreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explore",
    abstract: "Explore directions and adversarial examples interactively, in a browser.",
    discussion: """
      Reads runs of single networks, such as those of train, demo, gallery, rank and attack, and serves a page to this \
      machine only: the top images of neurons, random directions and mixtures of any layer; adversarial examples with \
      their predictions; predictions and top neurons for a picture that you draw or upload. Held-out images only. \
      Nothing is written except the feature cache. Ctrl-C stops the server.
      """)

  @Argument(help: "Run folders, such as output/demo.")
  var runs: [String]

  @Option(help: "Port to listen on. Default: a free one.")
  var port: UInt16 = 0

  @Option(
    parsing: .upToNextOption,
    help: "Files (.npy) of further directions, one per row.")
  var basis: [String] = []

  @Flag(inversion: .prefixedNo, help: "Open the browser, where there is one.")
  var open = true

  @Option(help: "Folder of the feature cache.")
  var cache = FeatureCache.defaultFolder.relativePath

  @Flag(help: "Recompute all features and do not cache them.")
  var noCache = false

  @Option(help: "Number of worker threads. Default: one per core.")
  var workers: Int?

  @OptionGroup var instructions: InstructionSetOption

  @Flag(help: "Print only errors and the address.")
  var quiet = false

  func validate() throws {
    guard !runs.isEmpty else { throw ValidationError("name a run folder, such as output/demo") }
    if let workers, !(1...1024).contains(workers) {
      throw ValidationError("--workers must be between 1 and 1024, got \(workers)")
    }
  }

  func run() async throws {
    let console = Console(quiet: quiet, json: false)
    let explorer = try prepared(console)
    let server = LocalServer(
      at: .loopback(port: port), routes: explorer.routes, explaining: Explorer.sentence,
      reporting: { Output.remark("internal server error: \($0)") })
    try await console.serve {
      try await server.run { address in
        try Output.result(["open       \(address.url.absoluteString)"])
        if open { DesktopBrowser.open(address.url) }
      }
    }
  }

  private func prepared(_ console: Console) throws -> Explorer {
    let workerCount = workers ?? ProcessInfo.processInfo.activeProcessorCount
    let cache = noCache ? nil : FeatureCache(folder: URL(filePath: cache))
    return try console.run(resume: "Run the same command again.") { progress in
      try Explorer(
        try runs.map {
          try RunModel(of: URL(filePath: $0), workerCount: workerCount, cache: cache, progress: progress)
        }, bases: basis.map { URL(filePath: $0) }, cache: cache)
    }
  }
}
