import Escapes
import Foundation
import Images
import Storage

/// A chart by gnuplot, kept with its script and its data so that `gnuplot NAME.gp` draws it again.
///
/// There are five files: `NAME.png` for the screen, `NAME.pdf` for an article, the script `NAME.gp`, its numbers
/// `NAME.csv` and its texts `NAME.txt`. The script refers to the others without a folder, so they can be moved together
/// and restyled. Names and other text reach gnuplot only through `NAME.txt` and are never part of the script
/// (``ChartCode``). `gnuplot -e "format = 'pdf'" NAME.gp` redraws the PDF, `'svg'` an SVG.
public struct Chart: Sendable {
  /// Lines of a gnuplot script, in which the variable `data` holds the name of the data file.
  let script: [ChartCode]
  /// First line is the heading.
  let table: [[any CSVValue]]
  /// Size of the picture in screen pixels, 96 per inch.
  let width: Int
  let height: Int
  /// Provenance of the chart, for the head of its text file.
  var about: [FigureCaption.Pair] = []
  /// PNG pixels per screen pixel, each way; 2 keeps text sharp in print.
  var scale = 1

  /// Endings of a chart's file names.
  public static let fileEndings = ["png", "pdf", "csv", "txt", "gp"]

  /// Formats a chart can be drawn in.
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

  /// Draws the chart and writes `name.csv`, `name.txt`, `name.gp` and a picture for each format to `folder`. The same
  /// chart gives the same bytes in every format.
  ///
  /// - Parameter name: ASCII letters, digits and hyphens, because it is used in the script.
  /// - Throws: ``FileError`` when a file cannot be written; ``Problem`` when gnuplot is missing or fails, unless
  ///   ``FigureFailures`` are recorded. All files are first drawn elsewhere: an error leaves earlier ones unchanged.
  public func write(named name: String, in folder: URL, formats: [Format] = [.png, .pdf]) throws {
    let files = Self.fileEndings.map { folder.appending(path: "\(name).\($0)") }
    try FigureFailures.noting(files[0], and: Array(files.dropFirst())) {
      try write(
        named: name, in: folder, formats: formats,
        searchPath: ProcessInfo.processInfo.environment["PATH"] ?? "")
    }
  }

  func write(named name: String, in folder: URL, formats: [Format] = [.png, .pdf], searchPath: String) throws
  {
    precondition(
      !name.isEmpty && name == FileName.plain(name),
      "the file name of a chart is made of ASCII letters, digits and hyphens, got \"\(name)\"")
    let gnuplot = try Gnuplot(searchPath: searchPath)
    let (script, words) = script(named: name)
    let csv = table.map { $0.map { $0.csvField(isForGnuplot: true) }.joined(separator: ",") + "\n" }.joined()
    let sources = [("\(name).csv", csv), ("\(name).txt", words), ("\(name).gp", script)]

    // Not in TMPDIR: leftovers of a killed run beside its pictures are removed by the next run.
    let place = try TemporaryFolder(beside: folder.appending(path: name))
    defer { withExtendedLifetime(place) {} }
    let workshop = place.url
    do {
      for (file, text) in sources { try Data(text.utf8).write(to: workshop.appending(path: file)) }
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
    for (file, text) in sources { try AtomicFile.write(text, to: folder.appending(path: file)) }
    for (file, picture) in pictures { try AtomicFile.write(picture, to: folder.appending(path: file)) }
  }

  /// The script, and the file of the words that it draws.
  func script(named name: String) -> (script: String, words: String) {
    // A font point is one pixel in the PNG and 96/72 pixels here.
    let inches: ChartCode = "\(fixed: Double(width) / 96)in,\(fixed: Double(height) / 96)in"
    let enlargement: ChartCode =
      scale == 1 ? "" : " fontscale \(scale) linewidth \(scale) pointscale \(scale)"
    let text: ChartCode = "background rgb 'white' font 'DejaVu Sans,10' noenhanced"
    var words = ChartWords()
    let lines = script.map { words.rendered($0) }
    let head: [ChartCode] = [
      "# Draws \(file: name).png from \(file: name).csv and the words of \(file: name).txt: gnuplot \(file: name).gp",
      "# A PDF or an SVG instead: gnuplot -e \"format = 'pdf'\" … or \"format = 'svg'\" …",
      "if (!exists('format')) format = 'png'",
      "if (format eq 'png') set terminal pngcairo size \(width * scale),\(height * scale)\(enlargement) \(text)",
      "if (format eq 'pdf') set terminal pdfcairo size \(inches) fontscale 0.75 \(text)",
      "if (format eq 'svg') set terminal svg size \(width),\(height) \(text)",
      "set output '\(file: name).' . format",
      "set encoding utf8",
    ]
    let reading: [ChartCode] = [
      "set datafile separator tab",
      "array \(ChartWords.array)[\(words.texts.count)]",
      "stats '\(file: name).txt' using (\(ChartWords.array)[$0 + 1] = strcol(2), 0) nooutput",
    ]
    let data: [ChartCode] = ["set datafile separator comma", "data = '\(file: name).csv'"]
    let all = (head + (words.texts.isEmpty ? [] : reading) + data).map { words.rendered($0) } + lines
    return (all.map { $0 + "\n" }.joined(), words.file(named: name, about: about))
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

  /// Cairo writes the current time into a PDF; here it is replaced by the year 1970, in as many bytes, so that the same
  /// chart gives the same file.
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

  /// - Throws: ``Chart/Problem/gnuplotMissing`` if it is in no folder of the search path.
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
    // The time in a PDF is then written without a time zone.
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

  /// A screen position from 0 to 1, to a hundredth of a pixel.
  static func share(_ part: Int, of whole: Int) -> ChartCode { "\(fixed: Double(part) / Double(whole))" }

  /// A label at a position on an axis.
  static func tic(_ text: String, at place: Int) -> ChartCode { "\(placeName: text) \(place)" }

  static func tic(_ text: String, at place: Double) -> ChartCode { "\(placeName: text) \(place)" }
}
