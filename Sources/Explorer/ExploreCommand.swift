import ArgumentParser
import Commands
import Foundation
import Lab
import LocalServer

package struct ExploreCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "explore",
    abstract: "Turn directions and attack images by hand, in a browser.",
    discussion: """
      Reads runs of one network, such as those of train, demo, gallery, rank and attack, and serves a page to this \
      machine alone: the top images of neurons, of random directions and of mixtures as sliders move; attacks on an \
      image with its predictions; what the network says of a picture that is drawn or chosen. Held-out images only. \
      Nothing is written but the cache of features. Ctrl-C ends it.
      """)

  @Argument(help: "Run folders, such as output/demo.")
  var runs: [String]

  @Option(help: "Port to listen on. Default: a free one.")
  var port: UInt16 = 0

  @Option(
    parsing: .upToNextOption,
    help: "Files (.npy) with a direction in each row, to look at beside the neurons.")
  var basis: [String] = []

  @Flag(inversion: .prefixedNo, help: "Open the browser, where there is one.")
  var open = true

  @Option(help: "Folder for the features of earlier runs.")
  var cache = FeatureCache.defaultFolder.relativePath

  @Flag(help: "Compute the features anew and do not keep them.")
  var noCache = false

  @Option(help: "How many cores to use. Default: all.")
  var workers: Int?

  @OptionGroup var instructions: InstructionSetOption

  @Flag(help: "Say nothing but errors and the address.")
  var quiet = false

  package init() {}

  package func validate() throws {
    guard !runs.isEmpty else { throw ValidationError("name a run folder, such as output/demo") }
    if let workers, !(1...1024).contains(workers) {
      throw ValidationError("--workers must be between 1 and 1024, got \(workers)")
    }
  }

  package func run() async throws {
    let console = Console(quiet: quiet, json: false)
    let explorer = try prepared(console)
    let server = LocalServer(
      at: .loopback(port: port), routes: explorer.routes, explaining: Explorer.sentence,
      reporting: { Output.remark("the server has made a mistake: \($0)") })
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
        }, bases: basis.map { URL(filePath: $0) })
    }
  }
}
