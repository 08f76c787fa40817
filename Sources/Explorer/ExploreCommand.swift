import ArgumentParser
import Commands
import Foundation
import Lab
import LocalServer

package struct ExploreCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "explore",
    abstract: "Explore directions and attacks interactively in a browser.",
    discussion: """
      Example: intrigue explore output/demo

      Reads runs of one network, such as those of train, demo, gallery, rank and attack, and serves a page on this \
      machine only: the top images of neurons, of random directions and of mixtures set by sliders; attacks on an image \
      with its predictions; the predictions for a drawn or chosen image. Uses held-out images only. Writes nothing but \
      the cache of features. Ctrl-C ends it.
      """)

  @Argument(
    help: ArgumentHelp("Run folders, such as output/demo.", valueName: "FOLDER"), completion: .directory)
  var runs: [String]

  @OptionGroup(title: "Features") var features: Features
  @OptionGroup(title: "Server") var server: Server
  @OptionGroup(title: "General") var general: General

  struct Features: ParsableArguments {
    @Option(
      parsing: .upToNextOption,
      help: ArgumentHelp(
        "Directions to show beside the neurons, one per row of a file.", valueName: "FILE.npy"),
      completion: .file(extensions: ["npy"]))
    var basis: [String] = []

    @Option(
      help: ArgumentHelp("Folder of cached features.", valueName: "FOLDER"), completion: .directory)
    var cache = FeatureCache.defaultFolder.relativePath

    @Flag(help: "Hold features in memory and do not cache them.")
    var noCache = false
  }

  struct Server: ParsableArguments {
    @Option(help: ArgumentHelp("Port to listen on; 0: a free one.", valueName: "N"))
    var port: UInt16 = 0

    @Flag(inversion: .prefixedNo, help: "Open the page in a browser, if there is one.")
    var open = true
  }

  struct General: ParsableArguments {
    @Option(help: ArgumentHelp("Number of cores to use. Default: all.", valueName: "N"))
    var workers: Int?

    @OptionGroup var instructions: InstructionSetOption

    @Flag(help: "Print only errors and the address.")
    var quiet = false

    func validate() throws { try requireWorkers(workers) }
  }

  package init() {}

  package func validate() throws {
    guard !runs.isEmpty else { throw ValidationError("give a run folder, such as output/demo") }
  }

  package func run() async throws {
    let console = Console(quiet: general.quiet, json: false)
    let explorer = try prepared(console)
    let (listener, opensBrowser) = (server, server.open)
    let server = LocalServer(
      at: .loopback(port: listener.port), routes: explorer.routes, explaining: Explorer.sentence,
      reporting: { Output.remark("error in the server: \($0)") })
    try await console.serve {
      try await server.run { address in
        try Output.result(["open       \(address.url.absoluteString)"])
        if opensBrowser { DesktopBrowser.open(address.url) }
      }
    }
  }

  private func prepared(_ console: Console) throws -> Explorer {
    let workerCount = general.workers ?? ProcessInfo.processInfo.activeProcessorCount
    let cache = features.noCache ? nil : FeatureCache(folder: URL(filePath: features.cache))
    return try console.run(resume: "Run the same command again.") { progress in
      try Explorer(
        try runs.map {
          try RunModel(of: URL(filePath: $0), workerCount: workerCount, cache: cache, progress: progress)
        }, bases: features.basis.map { URL(filePath: $0) }, cache: cache)
    }
  }
}
