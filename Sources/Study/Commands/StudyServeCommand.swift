import ArgumentParser
import Commands
import Escapes
import Foundation
import LocalServer

struct StudyServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Ask people in their browsers, and keep their answers.",
    discussion: """
      Listens on this machine alone, unless --listen names an address of it that others in the room can reach; \
      0.0.0.0 is all of them. Nothing is encrypted: use a network that you trust. Every answer is on the disk before it is \
      acknowledged; after an interruption the same command goes on, and so do the participants. Ctrl-C ends it.
      """)

  @Argument(help: "Folder that intrigue study prepare made.")
  var study: String

  @Option(help: "Port to listen on. 0: a free one.")
  var port: UInt16 = 8484

  @Option(help: "Address of this machine to listen on.")
  var listen = "127.0.0.1"

  @Option(
    parsing: .upToNextOption,
    help: "Further names by which browsers may call this machine, such as a name of the network's DNS.")
  var host: [String] = []

  @Flag(inversion: .prefixedNo, help: "Open the organiser's page in a browser, where there is one.")
  var open = true

  @Flag(help: "Say nothing but errors and the two addresses.")
  var quiet = false

  func run() async throws {
    let files = try StudyFiles(URL(filePath: study))
    let store = try files.answers()
    let room = StudyRoom(files, store)
    let server = try StudyServer(room)
    if let remark = try room.clockRemark() { Output.remark(remark) }
    let names = MachineNames(listeningOn: listen, named: host)
    let (quiet, open, secret) = (quiet, open, server.organiserSecret)
    try await Console(quiet: quiet, json: false).serve {
      try await server.run(
        at: ServerAddress(host: names.host, port: port, names: names.accepted),
        reporting: { Output.remark("the server has made a mistake: \($0)") }
      ) { address in
        let places = names.shown.map { "http://\($0):\(address.port)/" }
        let organiser = "\(places[0])organiser/\(secret)"
        try Output.result(places.map { "join       \($0)" } + ["organiser  \(organiser)"])
        if !quiet {
          Output.remark(
            "answers to calls by \(names.allNames.joined(separator: ", ")); the organiser's address is secret; "
              + "Ctrl-C ends the study")
        }
        if open, let page = URL(string: organiser) { DesktopBrowser.open(page) }
      }
    }
    guard !quiet else { return }
    let progress = try StudyProgress(files, store.everything())
    try Output.result([
      "\(progress.participants.count) participants, \(progress.finishedCount) finished, \(progress.answerCount) answers "
        + "kept",
      "results    intrigue study results \(ShellWord.quoted(study))",
    ])
  }
}
