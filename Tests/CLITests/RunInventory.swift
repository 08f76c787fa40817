import Foundation
import Images
import TestSupport

/// What a run leaves, and what it prints, without its numbers: names of files, columns of tables, keys of records, captions
/// of pictures, words.
enum RunInventory {
  /// - Parameters:
  ///   - folder: Of the run.
  ///   - output: What was printed.
  static func pin(of folder: URL, output: String) throws -> Pin {
    var pin = Pin()
    pin.add("printed", lines(output))
    for path in try names(in: folder) {
      let (file, name) = (folder.appending(path: path), path.replacing(/[0-9a-f]{64}/, with: "@"))
      switch file.pathExtension {
      case "csv":
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        // Of many pictures there is one name; what stands in the tables of charts stands in their words.
        pin.add(name, String(text.prefix { $0 != "\n" }))
      case "json":
        let data = try Data(contentsOf: file)
        pin.add(name, try keys(of: data))
        if name == "run.json" { pin.add("configuration", try configuration(of: data)) }
        if let identity = try identity(of: data) { pin.add("identity of \(name)", identity) }
      case "png":
        let texts = try PNGFile.readText(file).filter { $0.key != "Transcript" }
        pin.add(name, texts.flatMap { lines("\($0.key): \($0.value)") })
      case "txt", "md", "tex":
        pin.add(name, lines(String(decoding: try Data(contentsOf: file), as: UTF8.self)))
      default: pin.add(name, [])
      }
    }
    return pin
  }

  /// The first of those that differ in a number only: images, networks of several seeds, shares.
  private static func names(in folder: URL) throws -> [String] {
    let all = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter {
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: folder.appending(path: $0).path, isDirectory: &isFolder)
      // Features are a cache under names of machines.
      return !isFolder.boolValue && !$0.contains("features/")
    }.sorted()
    var seen: Set<String> = []
    return all.filter { seen.insert($0.replacing(/[0-9a-f]{64}|[0-9]+/, with: "#")).inserted }
  }

  /// With `#` for each number, `@` for each checksum, and one space for several.
  private static func lines(_ text: String) -> [String] {
    text.replacing(/\b[0-9a-f]{8,64}\b/, with: "@")
      .replacing(/(^|[^A-Za-z_0-9])[−+-]?[0-9]+([.,][0-9]+)*(e[−+-]?[0-9]+)?/) { "\($0.1)#" }
      .replacing(/[ ]+/, with: " ")
      .split(separator: "\n").map(String.init)
  }

  /// With its values: they are the defaults of what was not given.
  private static func configuration(of record: Data) throws -> String {
    let object = try JSONSerialization.jsonObject(with: record) as? [String: Any]
    let settings = try JSONSerialization.data(
      withJSONObject: object?["configuration"] ?? [:],
      options: [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes])
    return String(decoding: settings, as: UTF8.self)
  }

  /// What decides a kept part: a setting that is missing here would let a part of another run pass; nil: no part.
  private static func identity(of part: Data) throws -> String? {
    let object = try JSONSerialization.jsonObject(with: part) as? [String: Any]
    guard let identity = object?["identity"] as? [String: Any] else { return nil }
    let program = identity["program"] as? [String: Any]
    let shown: [String: Any] = [
      "name": identity["name"] ?? "",
      "checksums": (identity["checksums"] as? [String: Any] ?? [:]).keys.sorted(),
      "settings": identity["settings"] ?? "", "experiment": program?["experiment"] ?? "",
      "revisions": program?["revisions"] ?? "",
    ]
    let data = try JSONSerialization.data(
      withJSONObject: shown, options: [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes])
    return String(decoding: data, as: UTF8.self).replacing(/[0-9a-f]{64}/, with: "@")
  }

  /// The paths of all keys, once each: `results.networks[].seed`.
  private static func keys(of data: Data) throws -> [String] {
    var paths: Set<String> = []
    func collect(_ value: Any, _ path: String) {
      if let object = value as? [String: Any] {
        for (key, value) in object {
          let name = key.replacing(/^[0-9]+$/, with: "#")
          collect(value, path.isEmpty ? name : "\(path).\(name)")
        }
      } else if let list = value as? [Any] {
        if list.isEmpty { paths.insert("\(path)[]") }
        for item in list { collect(item, "\(path)[]") }
      } else {
        paths.insert(path)
      }
    }
    collect(try JSONSerialization.jsonObject(with: data), "")
    return paths.sorted()
  }
}
