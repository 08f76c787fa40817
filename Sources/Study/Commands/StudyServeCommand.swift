import ArgumentParser
import Commands
import Escapes
import Foundation
import LocalServer

struct StudyServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Present a study in participants' browsers and store their answers.",
    discussion: """
      Listens on this machine only, unless --listen gives an address that others in the room can reach; 0.0.0.0 \
      stands for all addresses. Nothing is encrypted: use a network that you trust. Every answer is on disk before it is \
      acknowledged; after an interruption, rerun the command and participants can continue. Ctrl-C stops the server.
      """)

  @Argument(help: "Study folder, created by intrigue study prepare.")
  var study: String

  @Option(help: "Port to listen on. 0: a free one.")
  var port: UInt16 = 8484

  @Option(help: "Address to listen on.")
  var listen = "127.0.0.1"

  @Option(
    parsing: .upToNextOption,
    help: "Further host names of this machine that browsers may use, such as a DNS name.")
  var host: [String] = []

  @Flag(inversion: .prefixedNo, help: "Open the organiser's page in a browser, if there is one.")
  var open = true

  @Flag(help: "Print only errors and addresses.")
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
        reporting: { Output.remark("internal server error: \($0)") }
      ) { address in
        let places = names.shown.map { "http://\($0):\(address.port)/" }
        let organiser = "\(places[0])organiser/\(secret)"
        try Output.result(places.map { "join       \($0)" } + ["organiser  \(organiser)"])
        if !quiet {
          Output.remark(
            "host names: \(names.allNames.joined(separator: ", ")); keep the organiser's address secret; "
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
