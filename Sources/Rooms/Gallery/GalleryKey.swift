import Tensors

/// The solution of a blind sheet: the content of `key.json`.
public struct GalleryKey: Codable, Equatable, Sendable {
  public struct Entry: Codable, Equatable, Sendable {
    /// As it stands on the sheet: `01`, `02`, …
    public var row: String
    /// `neurons`, `random directions` (or another family) or `random images`.
    public var block: String
    /// `n042`, `r007` or `i000`.
    public var id: String
  }

  /// In the order of the sheet.
  public var rows: [Entry]
  /// Everything that an open gallery would have left in `rankings.json`.
  public var rankings: GalleryRankings

  /// Shuffles the rows of all blocks together, random images included, by a stream of the rankings' seed.
  init(_ rankings: GalleryRankings) {
    let entries = rankings.blocks.flatMap { block in block.rows.map { (block: block.name, id: $0.id) } }
    var generator = SeededGenerator(seed: rankings.seed, purpose: "blind order")
    let width = max(2, String(entries.count).count)
    rows = generator.permutation(entries.count).enumerated().map { place, index in
      let number = String(place + 1)
      return Entry(
        row: String(repeating: "0", count: max(width - number.count, 0)) + number,
        block: entries[index].block, id: entries[index].id)
    }
    self.rankings = rankings
  }

  /// The rows of the rankings in the order of the sheet.
  var shuffledRows: [GalleryRankings.Row] {
    let byID = Dictionary(uniqueKeysWithValues: rankings.blocks.flatMap(\.rows).map { ($0.id, $0) })
    return rows.compactMap { byID[$0.id] }
  }
}
