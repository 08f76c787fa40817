import Foundation
import Images
import Storage

/// A chart by gnuplot, kept with its script and its data so that `gnuplot NAME.gp` draws it again.
///
/// Three files stand side by side: `NAME.png`, `NAME.gp` and `NAME.csv`. The script names the other two without
/// a folder, so the three can be moved together and restyled.
public struct Chart: Sendable {
  /// Lines of a gnuplot script, in which the variable `data` holds the name of the data file.
  let script: [String]
  /// First line is the heading.
  let table: [[String]]
  /// Extent of the picture in pixels.
  let width: Int
  let height: Int

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

  /// Draws the chart and writes `name.png`, `name.gp` and `name.csv` into `folder`.
  ///
  /// - Throws: ``Problem`` when gnuplot is missing or fails, ``FileError`` when a file cannot be written. All
  ///   three files are drawn elsewhere first: a failure leaves earlier ones untouched.
  public func write(named name: String, in folder: URL) throws {
    try write(named: name, in: folder, searchPath: ProcessInfo.processInfo.environment["PATH"] ?? "")
  }

  func write(named name: String, in folder: URL, searchPath: String) throws {
    precondition(
      !name.isEmpty && !name.contains("/"), "a chart has a file name without a folder, got \"\(name)\"")
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
    try gnuplot.run(script: "\(name).gp", in: workshop)
    let picture = workshop.appending(path: "\(name).png")
    guard let png = try? Data(contentsOf: picture), (try? PNGFile.decode(png, file: picture)) != nil else {
      throw Problem.gnuplotFailed(message: "it left no valid picture")
    }
    try AtomicFile.write(csv, to: folder.appending(path: "\(name).csv"))
    try AtomicFile.write(script, to: folder.appending(path: "\(name).gp"))
    try AtomicFile.write(png, to: folder.appending(path: "\(name).png"))
  }

  func script(named name: String) -> String {
    let head = [
      "# Draws \(name).png from \(name).csv: gnuplot \(name).gp",
      "set terminal pngcairo size \(width),\(height) background rgb 'white' font 'DejaVu Sans,10' noenhanced",
      "set output \(Gnuplot.quoted("\(name).png"))",
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

  func run(script: String, in folder: URL) throws {
    let process = Process()
    process.executableURL = program
    // Without the user's own start-up files, so that the same chart gives the same picture everywhere.
    process.arguments = ["-d", script]
    process.currentDirectoryURL = folder
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    let errors = Pipe()
    process.standardError = errors
    do {
      try process.run()
    } catch {
      throw Chart.Problem.gnuplotFailed(message: error.localizedDescription)
    }
    // Read before waiting, so that a full pipe cannot stop gnuplot.
    let message = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let text = String(decoding: message, as: UTF8.self).split(whereSeparator: \.isNewline).joined(
        separator: " ")
      throw Chart.Problem.gnuplotFailed(message: text.trimmingCharacters(in: .whitespaces))
    }
  }

  /// A position on the screen, from 0 to 1, to a hundredth of a pixel.
  static func share(_ part: Int, of whole: Int) -> String {
    String(format: "%.6f", Double(part) / Double(whole))
  }

  /// Single quotes: gnuplot then expands neither backslashes nor commands in backquotes.
  static func quoted(_ text: String) -> String {
    "'" + String(text.map { $0.isNewline ? " " : $0 }).replacing("'", with: "''") + "'"
  }
}
