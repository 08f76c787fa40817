import Foundation
import Lab

/// What an earlier gallery left in the folder.
extension GalleryExperiment {
  /// Removes sheets and tables of an earlier gallery that this one has not written: pages, rows and directions of other
  /// settings would be taken for its own. A file that no gallery names so stays.
  ///
  /// - Parameter names: Those that it has written.
  static func removeEarlier(in folder: RunFolder, except names: [String]) throws {
    let kept = Set(names)
    for place in ["", "strata", "per-class", "sprites"] {
      let found = (try? FileManager.default.contentsOfDirectory(atPath: folder.file(place).path)) ?? []
      for name in found.map({ place.isEmpty ? $0 : "\(place)/\($0)" })
      where !kept.contains(name) && isOwn(name) {
        try folder.remove(name)
      }
      // Fails where anything else is in it.
      if !place.isEmpty { rmdir(folder.file(place).path) }
    }
  }

  /// Whether a gallery gives a file this name.
  static func isOwn(_ name: String) -> Bool {
    let tables = [
      "rankings.csv", "rankings.json", "strata.csv", "per-class.csv", "directions.csv", "directions.json",
    ]
    if tables.contains(name) { return true }
    if name.wholeMatch(of: #/(?:strata|per-class)/[a-z]+[0-9]+(?:-[0-9]+)?\.(?:png|pdf)/#) != nil {
      return true
    }
    if name.wholeMatch(of: #/sprites/directions-[0-9]+\.png/#) != nil { return true }
    guard let sheet = name.wholeMatch(of: #/([a-z-]+?)(?:-[0-9]+)?\.(?:png|pdf)/#)?.1 else { return false }
    return (["gallery", "blind", randomName] + DirectionFamily.allCases.map(\.rawValue)).contains(
      String(sheet))
  }
}
