import TestSupport
import Testing

/// The files, columns, keys, captions and words of each kind of run are promises.
@Suite struct RunInventoryTests {
  @Test("Each kind of run leaves and prints what it did before", arguments: EveryRun.commands.map(\.folder))
  func inventory(folder: String) async throws {
    let inventory = try #require(try await EveryRun.inventories()[folder])
    try inventory.expect("run-\(folder)")
  }
}
