import Foundation
import Testing

/// A study of a small network, prepared once, and people who take part by HTTP.
enum StudyScene {
  static let steps = 3 + 3 + 8 + 5

  /// A laboratory with `study/`, whose participants answer 19 questions.
  static func laboratory() async throws -> Laboratory {
    let laboratory = try await Laboratory(hasResults: false)
    for (name, data) in try await prepared.value { try laboratory.write(data, to: name) }
    return laboratory
  }

  static let prepareOptions = [
    "--directions", "4", "--sheets", "2", "--references", "2", "--questions", "4", "--no-cache",
  ]

  private static let prepared = Task {
    let laboratory = try await Laboratory(hasResults: false)
    try laboratory.writeArrays(to: "arrays", count: 300)
    expectSuccess(
      try await laboratory.run(
        "train", "--data", "arrays", "--architecture", "mlp", "--epochs", "2", "--output", "net", "--quiet"))
    expectSuccess(
      try await Program(laboratory: laboratory).run(
        ["study", "prepare", "net", "--output", "study", "--quiet"] + prepareOptions))
    return try ["arrays", "net", "study"].reduce(into: [String: Data]()) {
      $0.merge(try laboratory.content(of: $1)) { $1 }
    }
  }

  /// A server that runs.
  struct Server {
    let run: Program.Run
    let port: UInt16
    let organiser: String

    init(_ laboratory: Laboratory, port: UInt16 = 0) async throws {
      run = try Program(laboratory: laboratory).start([
        "study", "serve", "study", "--port", "\(port)", "--no-open",
      ])
      try await run.waitForErrors(containing: "Ctrl-C ends the study")
      let lines = try await run.waitForOutput(containing: "organiser ").split(separator: "\n").map {
        $0.split(separator: " ").last.map(String.init) ?? ""
      }
      let address = try #require(URL(string: lines[0]))
      self.port = try #require(address.port.flatMap { UInt16(exactly: $0) })
      organiser = try #require(URL(string: lines[1])).lastPathComponent
    }
  }

  struct View: Codable {
    struct Question: Codable {
      let trial: String
      let part: String
      let picture: String
    }

    let stage: String
    let question: Question?
  }

  struct Acknowledgement: Codable {
    let trial: String
    let value: Int
    let next: View
  }

  struct Given: Equatable, Sendable {
    let trial: String
    let value: Int
  }

  /// Takes part until the end, with answers that follow from `number`. Whatever fails is said again, as a browser does.
  ///
  /// - Parameter acknowledged: Is told each answer that the server has acknowledged.
  /// - Returns: The answers in order.
  static func takePart(
    _ port: UInt16, number: Int, acknowledged: @escaping @Sendable () -> Void = {}
  ) async throws -> [Given] {
    func insist(_ method: String, _ path: String, cookie: String?, body: String?) async throws
      -> PlainHTTP.Answer
    {
      for _ in 0..<2000 {
        let fields = cookie.map { ["Cookie": $0] } ?? [:]
        if let answer = await PlainHTTP.ask(port, method, path, fields: fields, body: body) {
          try #require(answer.status == 200, "\(path): \(answer.status) \(answer.text)")
          return answer
        }
        try await Task.sleep(for: .milliseconds(20))
      }
      throw Problem(words: "the server stays away")
    }
    let joined = try await insist("POST", "/join", cookie: nil, body: "{}")
    let cookie = try #require(joined.fields["set-cookie"]?.split(separator: ";").first.map(String.init))
    var view: View = try await insist("POST", "/begin", cookie: cookie, body: "{}").decoded()
    var given: [Given] = []
    while let question = view.question {
      let picture = try await insist("GET", question.picture, cookie: cookie, body: nil)
      try #require(picture.body.starts(with: [0x89, 0x50, 0x4E, 0x47]))
      let value = 1 + (number * 7 + given.count * 3) % (question.part == "sheet" ? 5 : 6)
      let answer: Acknowledgement = try await insist(
        "POST", "/answers", cookie: cookie,
        body: #"{"trial":"\#(question.trial)","value":\#(value),"milliseconds":\#(100 + number)}"#
      ).decoded()
      try #require(answer.trial == question.trial && answer.value == value)
      acknowledged()
      given.append(Given(trial: question.trial, value: value))
      view = answer.next
    }
    try #require(view.stage == "end")
    return given
  }

  struct Problem: Error {
    let words: String
  }
}
