import Foundation
import Lab
import Networks

/// What there is to know about a model before using it.
public struct ModelDescription: Codable, Sendable {
  public struct Layer: Codable, Sendable {
    public var name: String
    public var kind: String
    public var inputs: [String]
    /// Of one image: `[channels, height, width]` or `[length]`.
    public var shape: [Int]
    /// Units as features, each map pooled to one.
    public var unitCount: Int
    /// Whether it is what enters an activation or what leaves it; absent where it is neither.
    public var activation: ActivationReading?
    public var parameterCount: Int
    public var isFeatureLayer: Bool
  }

  public var architecture: String
  public var checksum: String
  public var classNames: [String]
  /// Channels, height, width.
  public var input: [Int]
  public var preprocessing: String
  public var layers: [Layer]
  public var parameterCount: Int
  /// Nil: the pixels themselves are the features.
  public var featureLayer: String?
  public var featureCount: Int
  public var provenance: Model.Provenance

  /// - Throws: ``NetworkError/unknownLayer(_:known:)``.
  public init(of model: Model, featureLayer name: String? = nil) throws {
    let graph = model.network.graph
    let feature = try graph.featurePosition(name)
    let shape = graph.architecture.input
    architecture = graph.architecture.name
    checksum = try model.checksum
    classNames = model.classNames
    input = [shape.channels, shape.height, shape.width]
    preprocessing =
      graph.normalisation.map {
        "pixels in [0, 1], then (x − \($0.mean)) / \($0.standardDeviation) per channel"
      }
      ?? "pixels in [0, 1]"
    let readings = Dictionary(
      uniqueKeysWithValues: graph.readableLayers.map { ($0.name, $0.activation) })
    layers = graph.nodes.enumerated().map { position, node in
      Layer(
        name: node.name, kind: node.layer.kind,
        inputs: node.inputs.map { $0.map { graph.nodes[$0].name } ?? Architecture.inputName },
        shape: node.shape, unitCount: graph.unitCount(at: position, pooling: .mean),
        activation: readings[node.name] ?? nil,
        parameterCount: graph.parameters[node.parameters].filter(\.isTrained).map(\.count).reduce(0, +),
        isFeatureLayer: position == feature)
    }
    parameterCount = model.network.trainedParameterCount
    featureLayer = feature.map { graph.nodes[$0].name }
    featureCount = graph.unitCount(at: feature, pooling: .mean)
    provenance = model.provenance
  }

  /// A table for people.
  public var lines: [String] {
    func shape(_ extents: [Int]) -> String { extents.map(String.init).joined(separator: "×") }
    let rows =
      [["layer", "kind", "reads", "result", "units", "activation", "parameters", ""]]
      + layers.map {
        [
          $0.name, $0.kind, $0.inputs.joined(separator: ", "), shape($0.shape), String($0.unitCount),
          $0.activation?.rawValue ?? "",
          $0.parameterCount == 0 ? "" : String($0.parameterCount), $0.isFeatureLayer ? "feature layer" : "",
        ]
      }
    let table = TextTable.lines(rows, textColumns: Set(rows[0].indices))
    var lines = ["\(architecture), \(parameterCount) parameters, model \(checksum.prefix(12))"]
    lines.append("input \(shape(input)) (channels×height×width), \(preprocessing)")
    let named = classNames.count <= 40 ? classNames : Array(classNames.prefix(10))
    lines.append(
      "classes: \(named.joined(separator: ", "))"
        + (named.count == classNames.count
          ? "" : " and \(classNames.count - named.count) more; --json lists all"))
    if let data = provenance.dataName {
      let accuracy =
        provenance.heldOutAccuracy.map { String(format: ", held-out accuracy %.2f %%", 100 * $0) } ?? ""
      lines.append(
        "trained on \(data)\(provenance.epochsTrained.map { " for \($0) epochs" } ?? "")"
          + "\(provenance.training.map { ", seed \($0.seed)" } ?? "")\(accuracy)")
    }
    lines.append(
      "features: \(featureLayer.map { "result of layer \($0)" } ?? "the pixels"), \(featureCount) per image")
    return lines + [""] + table
  }
}
