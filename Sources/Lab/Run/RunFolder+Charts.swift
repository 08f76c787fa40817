import Figures

extension RunFolder {
  /// Removes a chart that an earlier run left and this one does not draw: it would be taken for this one's.
  package func removeChart(_ name: String) throws {
    for ending in Chart.fileEndings { try remove("\(name).\(ending)") }
  }
}
