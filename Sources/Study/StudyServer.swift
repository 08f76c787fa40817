import Foundation
import LocalServer
import Storage

/// The pages and answers of a study over HTTP.
///
/// | path | what |
/// | --- | --- |
/// | `GET /` | the page |
/// | `GET /state` | ``StudyView`` of who asks |
/// | `POST /join`, `/begin`, `/answers` | take part; the instructions are read; ``StudyReply`` |
/// | `GET /pictures/TRIAL` | tiles, for those who take part |
/// | `GET /organiser/SECRET`, `/progress/SECRET` | the organiser's page and ``StudyProgress`` |
/// | `POST /places/SECRET` | ``FreedPlaces``: the organiser frees them |
///
/// Who asks is known by a cookie with 128 random bits, which scripts cannot read. Key, database and design are no
/// route's.
public struct StudyServer: Sendable {
  private let room: StudyRoom
  /// Of the organiser's page; kept with the answers, so that it is the same after a restart.
  public let organiserSecret: String

  public init(_ room: StudyRoom) throws {
    self.room = room
    organiserSecret = try room.store.setting("organiser secret", default: StudyRoom.secret())
  }

  /// Bytes of a body: an answer has about 70.
  static let bodyLimit = 1024

  public var routes: [ServerRoute] {
    let cookie = "intrigue-study-\(room.files.design.keyChecksum.prefix(8))"
    @Sendable func token(_ request: ServerRequest) -> String? { Self.cookie(cookie, in: request) }
    return [
      .get("/", isEntrance: true) { _ in .embedded(PackageResources.study_html, .html) },
      .get("/study.css") { _ in .embedded(PackageResources.study_css, .css) },
      .get("/study.js") { _ in .embedded(PackageResources.study_js, .script) },
      .get("/state") { [room] in try .json(await room.view(token: token($0))) },
      .post("/join", bodyLimit: Self.bodyLimit) { [room] request in
        try Self.requireJSON(request)
        let known = try await room.view(token: token(request))
        guard known.stage == .welcome else { return try .json(known) }
        let (secret, view) = try await room.join(from: request.client)
        var answer = try ServerAnswer.json(view)
        answer.fields["Set-Cookie"] =
          "\(cookie)=\(secret); Path=/; Max-Age=2592000; HttpOnly; SameSite=Strict"
        return answer
      },
      .post("/begin", bodyLimit: Self.bodyLimit) { [room] request in
        try Self.requireJSON(request)
        return try .json(await room.begin(token: token(request)))
      },
      .post("/answers", bodyLimit: Self.bodyLimit) { [room] request in
        try Self.requireJSON(request)
        return try .json(await room.answer(token: token(request), request.decoded()))
      },
      .get("/pictures/*") { [room] request in
        .png(try await room.picture(token: token(request), trial: request.name))
      },
      .get("/organiser.js") { _ in .embedded(PackageResources.organiser_js, .script) },
      .get("/organiser/*", isEntrance: true) { [organiserSecret] request in
        guard request.name == organiserSecret else { throw ServerRefusal(404, "there is no such page") }
        return .embedded(PackageResources.organiser_html, .html)
      },
      .get("/progress/*") { [room, organiserSecret] request in
        guard request.name == organiserSecret else { throw ServerRefusal(404, "there is no such page") }
        return try .json(try StudyProgress(room.files, room.store.everything()))
      },
      .post("/places/*") { [room, organiserSecret] request in
        guard request.name == organiserSecret else { throw ServerRefusal(404, "there is no such page") }
        try Self.requireJSON(request)
        try await room.free(request.decoded(FreedPlaces.self).participants)
        return try .json(try StudyProgress(room.files, room.store.everything()))
      },
    ]
  }

  /// Whose places the organiser frees, by the names given to them.
  struct FreedPlaces: Codable {
    var participants: [String]
  }

  /// Serves until the task is cancelled.
  ///
  /// - Parameter report: Is told what the server could not do for a participant, such as writing to a full disk.
  /// - Throws: ``ServerError``.
  public func run(
    at address: ServerAddress, reporting report: @escaping @Sendable (String) -> Void,
    whenListening: @escaping @Sendable (ServerAddress) async throws -> Void
  ) async throws {
    try await LocalServer(at: address, routes: routes, reporting: report).run(whenListening: whenListening)
  }

  /// A form of another page cannot send this type without asking first, which nobody answers.
  private static func requireJSON(_ request: ServerRequest) throws {
    let type = pieces(of: request.fields["content-type"]).first ?? ""
    guard type.lowercased() == "application/json" else {
      throw ServerRefusal(415, "an answer comes as application/json")
    }
  }

  private static func cookie(_ name: String, in request: ServerRequest) -> String? {
    let start = Array("\(name)=".utf8)
    return pieces(of: request.fields["cookie"]).first { $0.utf8.starts(with: start) }
      .map { String(decoding: $0.utf8.dropFirst(start.count), as: UTF8.self) }
  }

  /// What stands between the semicolons of a header field, by byte: a joining scalar would hide one.
  private static func pieces(of field: String?) -> [String] {
    (field ?? "").utf8.split(separator: UInt8(ascii: ";")).map {
      String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespaces)
    }
  }
}
