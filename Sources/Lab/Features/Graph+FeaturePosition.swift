import Networks

extension Graph {
  /// Position of the layer called `name`, or of the feature layer when there is no name; nil for the pixels.
  ///
  /// - Parameter activation: The layer on this side of its activation; nil: as it is named.
  /// - Throws: ``NetworkError/unknownLayer(_:known:)``, or ``NetworkError/noActivation(layer:known:)`` where a side
  ///   is asked for and the layer has none.
  public func featurePosition(_ name: String?, activation: ActivationReading? = nil) throws -> Int? {
    let named = try featurePosition(named: name)
    guard let activation else { return named }
    guard let position = named.flatMap({ position(activation, of: $0) }) else {
      throw NetworkError.noActivation(
        layer: named.map { nodes[$0].name } ?? Architecture.inputName,
        known: readableLayers.filter { $0.activation == activation }.map(\.name))
    }
    return position
  }

  private func featurePosition(named name: String?) throws -> Int? {
    guard let name else { return featureLayer }
    if name == Architecture.inputName { return nil }
    guard let position = position(of: name) else {
      throw NetworkError.unknownLayer(name, known: [Architecture.inputName] + nodes.map(\.name))
    }
    return position
  }
}
