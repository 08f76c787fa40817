import Foundation

/// Rows of a chart in groups, each under a heading across a row and a half of its own.
struct ChartRows {
  /// Position of each row, from top to bottom, in units of rows.
  let places: [Double]
  /// Name of each row's group.
  let groups: [String]
  /// Distance from the left edge of the picture to the axis.
  let left: Int
  /// Room for all rows.
  let height: Int
  private let names: [String]
  private let heads: [(name: String, place: Double)]
  private let last: Double

  /// - Parameters:
  ///   - groups: At least one, each with at least one row.
  ///   - rowHeight: In pixels.
  ///   - longestName: Row names are truncated at this width, in pixels.
  init(_ groups: [(name: String, rows: [String])], rowHeight: Int, longestName: Int) {
    precondition(!groups.isEmpty && groups.allSatisfy { !$0.rows.isEmpty }, "a chart has rows in every group")
    var places: [Double] = []
    var heads: [(name: String, place: Double)] = []
    var place = 0.0
    for group in groups {
      heads.append((group.name, place + 0.1))
      place += 1
      for _ in group.rows {
        places.append(place)
        place += 1
      }
      place += 0.5
    }
    last = place - 1.5
    self.places = places
    self.heads = heads
    self.groups = groups.flatMap { group in group.rows.map { _ in group.name } }
    names = groups.flatMap(\.rows).map { ChartFrame.ticFont.truncated($0, toWidth: longestName) }
    left = ChartFrame.edge + (names.map(ChartFrame.ticFont.width(of:)).max() ?? 0) + 14
    height = Int(Double(rowHeight) * (last + 1.6))
  }

  /// Range and labels of the vertical axis, and the headings.
  func script(in frame: ChartFrame) -> [ChartCode] {
    let tics = zip(names, places).map { Gnuplot.tic($0, at: $1) }.joined(separator: ", ")
    return [
      "set yrange [\(last + 0.8):-0.8]", "set ytics scale 0 (\(tics))", "set grid xtics noytics",
      // Headings are written across where the other axis would be.
      "set border 1",
    ]
      + heads.map { head in
        let name = ChartFrame.ticFont.truncated(head.name, toWidth: frame.width - 2 * ChartFrame.edge)
        return
          "set label \(text: name) at screen \(Gnuplot.share(ChartFrame.edge, of: frame.width)),"
          + " first \(head.place) left font 'DejaVu Sans Bold,9' textcolor rgb '#1A1A1A' front"
      }
  }
}
