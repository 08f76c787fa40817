import Foundation
import Images
import Storage

/// A chart by gnuplot, kept with its script and its data so that `gnuplot NAME.gp` draws it again.
///
/// Four files stand side by side: `NAME.png` for the eye, `NAME.pdf` for an article, `NAME.gp` and `NAME.csv`. The
/// script names the others without a folder, so they can be moved together and restyled.
/// `gnuplot -e "format = 'pdf'" NAME.gp` draws the PDF again, `'svg'` an SVG.
public struct Chart: Sendable {
  /// Lines of a gnuplot script, in which the variable `data` holds the name of the data file.
  let script: [String]
  /// First line is the heading.
  let table: [[String]]
  /// Extent of the picture in pixels of a screen, 96 to the inch.
  let width: Int
  let height: Int
  /// Pixels of the PNG for each of these, each way; 2 keeps text sharp in print.
  var scale = 1

  /// What a chart can be drawn as.
  public enum Format: String, CaseIterable, Codable, Sendable {
    case png, pdf, svg
  }

  public enum Problem: Error, Equatable, CustomStringConvertible {
    case gnuplotMissing
    case gnuplotFailed(message: String)

    public var description: String {
      switch self {
      case .gnuplotMissing: "gnuplot is not installed: charts need the package gnuplot-nox"
      case .gnuplotFailed(let message): "gnuplot could not draw the chart: \(message)"
      }
    }
  }

  /// Draws the chart and writes `name.csv`, `name.gp` and a picture for each format into `folder`. The same chart
  /// gives the same bytes, whatever the format.
  ///
  /// - Parameter name: Begins with a letter or a digit, because gnuplot would run `<name` and `|name` as programs;
  ///   no folder and no line break.
  /// - Throws: ``Problem`` when gnuplot is missing or fails, ``FileError`` when a file cannot be written. All
  ///   files are drawn elsewhere first: a failure leaves earlier ones untouched.
  public func write(named name: String, in folder: URL, formats: [Format] = [.png, .pdf]) throws {
    try write(
      named: name, in: folder, formats: formats,
      searchPath: ProcessInfo.processInfo.environment["PATH"] ?? "")
  }

  func write(named name: String, in folder: URL, formats: [Format] = [.png, .pdf], searchPath: String) throws
  {
    precondition(
      name.first.map { $0.isLetter || $0.isNumber } == true
        && !name.contains { $0 == "/" || $0.isNewline || $0 == "\0" },
      "a chart has a file name without a folder that begins with a letter or a digit, got \"\(name)\"")
    let gnuplot = try Gnuplot(searchPath: searchPath)
    let script = script(named: name)
    let csv = table.map { $0.map(Self.field).joined(separator: ",") + "\n" }.joined()

    let workshop = FileManager.default.temporaryDirectory.appending(
      path: "intrigue-chart-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: workshop) }
    do {
      try FileManager.default.createDirectory(at: workshop, withIntermediateDirectories: true)
      try Data(csv.utf8).write(to: workshop.appending(path: "\(name).csv"))
      try Data(script.utf8).write(to: workshop.appending(path: "\(name).gp"))
    } catch {
      throw FileError(file: workshop, problem: "cannot be written: \(error.localizedDescription)")
    }
    let pictures = try formats.map { format in
      let file = "\(name).\(format.rawValue)"
      try gnuplot.run(script: "\(name).gp", format: format, in: workshop)
      guard let picture = try? Data(contentsOf: workshop.appending(path: file)), format.isWhole(picture)
      else {
        throw Problem.gnuplotFailed(message: "it left no valid picture")
      }
      return (file: file, picture: format.withoutTime(picture))
    }
    try AtomicFile.write(csv, to: folder.appending(path: "\(name).csv"))
    try AtomicFile.write(script, to: folder.appending(path: "\(name).gp"))
    for (file, picture) in pictures { try AtomicFile.write(picture, to: folder.appending(path: file)) }
  }

  func script(named name: String) -> String {
    let pixels = "\(width * scale),\(height * scale)"
    // A point of a font is a pixel in the PNG and 96/72 of one here.
    let inches = "\(Gnuplot.share(width, of: 96))in,\(Gnuplot.share(height, of: 96))in"
    let enlargement = scale == 1 ? "" : " fontscale \(scale) linewidth \(scale) pointscale \(scale)"
    let text = "background rgb 'white' font 'DejaVu Sans,10' noenhanced"
    let head = [
      "# Draws \(name).png from \(name).csv: gnuplot \(name).gp",
      "# A PDF or an SVG instead: gnuplot -e \"format = 'pdf'\" … or \"format = 'svg'\" …",
      "if (!exists('format')) format = 'png'",
      "if (format eq 'png') set terminal pngcairo size \(pixels)\(enlargement) \(text)",
      "if (format eq 'pdf') set terminal pdfcairo size \(inches) fontscale 0.75 \(text)",
      "if (format eq 'svg') set terminal svg size \(width),\(height) \(text)",
      "set output \(Gnuplot.quoted("\(name).")) . format",
      "set encoding utf8",
      "set datafile separator comma",
      "data = \(Gnuplot.quoted("\(name).csv"))",
    ]
    return (head + script).map { $0 + "\n" }.joined()
  }

  /// A field of a CSV file (RFC 4180). Line breaks become spaces, because gnuplot reads line by line.
  private static func field(_ text: String) -> String {
    let line = String(text.map { $0.isNewline ? " " : $0 })
    guard line.contains(where: { "\",# \t".contains($0) }) else { return line }
    return "\"" + line.replacing("\"", with: "\"\"") + "\""
  }
}

extension Chart.Format {
  /// Whether a picture ends where it should: gnuplot may report success over a full disk.
  fileprivate func isWhole(_ picture: Data) -> Bool {
    switch self {
    case .png: (try? PNGFile.decode(picture, file: URL(filePath: "chart.png"))) != nil
    case .pdf: picture.starts(with: Data("%PDF".utf8)) && picture.suffix(16).contains(Data("%%EOF".utf8))
    case .svg: picture.suffix(16).contains(Data("</svg>".utf8))
    }
  }

  /// Cairo writes the time of day into a PDF; here it is the year 1970, in as many bytes, so that the same chart
  /// gives the same file.
  fileprivate func withoutTime(_ picture: Data) -> Data {
    let mark = Data("/CreationDate (D:".utf8)
    guard self == .pdf, let place = picture.range(of: mark), place.upperBound + 14 <= picture.endIndex else {
      return picture
    }
    var timeless = picture
    timeless.replaceSubrange(place.upperBound..<place.upperBound + 14, with: Data("19700101000000".utf8))
    return timeless
  }
}

/// The gnuplot program.
struct Gnuplot {
  private let program: URL

  /// - Throws: ``Chart/Problem/gnuplotMissing`` when no folder of the search path holds it.
  init(searchPath: String) throws {
    let candidates = searchPath.split(separator: ":").map {
      URL(filePath: String($0)).appending(path: "gnuplot")
    }
    guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) })
    else {
      throw Chart.Problem.gnuplotMissing
    }
    program = found
  }

  func run(script: String, format: Chart.Format = .png, in folder: URL) throws {
    // Without the user's own start-up files, so that the same chart gives the same picture everywhere.
    let arguments = ["-d", "-e", "format = '\(format.rawValue)'", script]
    // The time in a PDF is then written without a zone.
    let environment = ProcessInfo.processInfo.environment.merging(["TZ": "UTC"]) { $1 }
    let outcome: ChildProcess.Outcome
    do {
      outcome = try ChildProcess.run(program, arguments, environment: environment, in: folder)
    } catch {
      throw Chart.Problem.gnuplotFailed(message: "\(error)")
    }
    guard outcome.exitCode == 0 else {
      let text = outcome.errors.split(whereSeparator: \.isNewline).joined(separator: " ")
      throw Chart.Problem.gnuplotFailed(message: text.trimmingCharacters(in: .whitespaces))
    }
  }

  /// A position on the screen, from 0 to 1, to a hundredth of a pixel.
  static func share(_ part: Int, of whole: Int) -> String {
    String(format: "%.6f", Double(part) / Double(whole))
  }

  /// A name for a place on an axis. gnuplot takes a `%` there for a number's format, unless it is doubled.
  static func tic(_ text: String, at place: some Numeric) -> String {
    "\(quoted(text.replacing("%", with: "%%"))) \(place)"
  }

  /// Single quotes: gnuplot then expands neither backslashes nor commands in backquotes.
  static func quoted(_ text: String) -> String {
    "'" + String(text.map { $0.isNewline ? " " : $0 }).replacing("'", with: "''") + "'"
  }
}
