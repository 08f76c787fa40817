/// Which layer a browser wants to look at.
struct LayerRequest: Codable, Sendable {
  var run: Int
  var asker: String
  /// Number of the layer on the run's list.
  var layer: Int
}
