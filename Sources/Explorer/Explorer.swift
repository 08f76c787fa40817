import Foundation
import Lab
import LocalServer
import Networks
import Storage
import Tensors

/// A page on which directions are turned and images attacked by hand, and the answers that it asks for.
///
/// Everything is computed by what the commands compute with: `Ranking`, `ActivationStatistics`, `Evaluation`. Images
/// are held-out ones, and pictures that the page sends. Nothing is written.
public struct Explorer: Sendable {
  private let runs: [ExploredRun]
  private let work = NewestFirst()

  /// - Parameters:
  ///   - runs: At least one, in the order of the page's list.
  ///   - bases: `.npy` files with a direction in each row, offered for the runs whose layer is as wide; so are those
  ///     in a run's folder whose names say that they are bases.
  /// - Throws: ``FileError`` where a basis fits no run; what an engine throws.
  public init(_ runs: [RunModel], bases: [URL] = []) throws {
    precondition(!runs.isEmpty, "there must be a run to explore")
    for file in bases where !runs.contains(where: { Self.fits(file, $0) }) {
      // Says what is wrong with it, in view of the first run.
      _ = try SavedBasis(file, unitCount: runs[0].features.dimension)
    }
    self.runs = try runs.map { run in
      let width = run.features.dimension
      let given = bases.compactMap { try? SavedBasis($0, unitCount: width) }
      return try ExploredRun(run, bases: given + SavedBasis.found(in: run.folder, unitCount: width))
    }
  }

  private static func fits(_ file: URL, _ run: RunModel) -> Bool {
    (try? SavedBasis(file, unitCount: run.features.dimension)) != nil
  }

  /// What the page is told when it opens.
  private struct Contents: Codable {
    struct Limits: Codable {
      var randomDirections = DirectionRequest.numberLimit
      var weights = DirectionRequest.weightLimit
      var pictureBytes = PictureRequest.byteLimit
    }
    var version = RunEnvironment.toolVersion
    var runs: [ExploredRun.Description]
    /// For each run.
    var attacks: [[ExploredAttack.Description]]
    var limits = Limits()
  }

  public var routes: [ServerRoute] {
    [
      .get("/", isEntrance: true) { _ in .embedded(PackageResources.explorer_html, .html) },
      .get("/explorer.css") { _ in .embedded(PackageResources.explorer_css, .css) },
      .get("/explorer.js") { _ in .embedded(PackageResources.explorer_js, .script) },
      .get("/charts.js") { _ in .embedded(PackageResources.charts_js, .script) },
      .get("/runs") { _ in
        try .json(
          Contents(
            runs: runs.map(\.description),
            attacks: runs.map { run in
              ExploredAttack.allCases.map { $0.description(pixelCount: run.run.images.shape.pixelCount) }
            }))
      },
      .post("/direction") { request in
        let wish: DirectionRequest = try request.decoded()
        return try await answer(wish.run, wish.asker) { try $0.answer(to: wish) }
      },
      .post("/attack", bodyLimit: PictureRequest.bodyLimit) { request in
        let wish: AttackRequest = try request.decoded()
        return try await answer(wish.run, wish.asker) { try $0.answer(to: wish) }
      },
      .post("/picture", bodyLimit: PictureRequest.bodyLimit) { request in
        let wish: PictureRequest = try request.decoded()
        return try await answer(wish.run, wish.asker) { try $0.answer(to: wish) }
      },
    ]
  }

  private func answer(
    _ run: Int, _ asker: String, _ body: @escaping @Sendable (ExploredRun) throws -> some Encodable & Sendable
  ) async throws -> ServerAnswer {
    let run = runs[try DirectionRequest.check(run, in: 0..<runs.count, "run")]
    guard asker.utf8.count <= 64 else { throw ServerRefusal(400, "asker has more than 64 bytes") }
    return try .json(await work.run(asker) { try body(run) })
  }

  /// The sentence of an error that is no mistake of the program.
  @Sendable public static func sentence(of error: any Error) -> String? {
    switch error {
    case let error as FileError: error.description
    case let error as NetworkError: error.description
    case let error as MemoryShortage: error.description
    default: nil
    }
  }
}
