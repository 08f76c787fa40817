import Images
import Testing

@testable import Figures

@Suite struct SignedImageGridTests {
  private static let mark = Colour(0xE69F00)

  private func grid(marked: Set<Int>) -> SignedImageGrid {
    SignedImageGrid(
      caption: FigureCaption(title: "Grid"), columnNames: ["a", "b", "c"],
      rows: [
        .init(
          name: "row",
          cells: (0..<3).map { .init(values: [-1, 0, 0.5, 1], note: "\($0)", isMarked: marked.contains($0)) })
      ], channels: 1, height: 2, width: 2, limit: 1)
  }

  /// Pixels of the frame's colour.
  private func markCount(_ grid: SignedImageGrid) -> Int {
    let drawn = grid.drawn()
    return stride(from: 0, to: drawn.samples.count, by: 3).count {
      drawn.samples[$0] == Self.mark.red && drawn.samples[$0 + 1] == Self.mark.green
        && drawn.samples[$0 + 2] == Self.mark.blue
    }
  }

  @Test("Marked pictures alone have a coloured frame, each of the same size, and the transcript counts them")
  func marks() {
    #expect(markCount(grid(marked: [])) == 0)
    let one = markCount(grid(marked: [1]))
    #expect(one > 0 && markCount(grid(marked: [0, 2])) == 2 * one)
    #expect(grid(marked: [0, 2]).transcript == ["Scale: −1.0 to +1.0", "row: 3 of 3 pictures, 2 marked"])
    #expect(grid(marked: []).transcript.last == "row: 3 of 3 pictures")
  }
}
