import Directions
import Lab
import Foundation
import LocalServer
import Storage
import Tensors
import Testing

@testable import Explorer

struct ExploredLayersTests {
  private let laboratory: TrainedRun
  private let explored: ExploredRun

  init() throws {
    laboratory = try TrainedRun.shared.get()
    explored = try ExploredRun(laboratory.run)
  }

  /// A layer that the run did not read, with the position of its node.
  private func other() throws -> (index: Int, position: Int) {
    let graph = laboratory.run.model.network.graph
    let index = try #require(
      explored.layers.spaces.firstIndex { $0.layer != laboratory.run.space.layer && $0.unitCount > 3 })
    let name = explored.layers.spaces[index].layer
    return (index, try #require(graph.nodes.firstIndex { $0.name == name }))
  }

  @Test("The layers are those of the network, without its pixels, and the run's own is among them")
  func list() throws {
    let graph = laboratory.run.model.network.graph
    let names = explored.layers.spaces.map(\.layer)
    #expect(names == graph.readableLayers.filter { $0.position != nil }.map(\.name))
    #expect(explored.layers.spaces[explored.layers.ownIndex] == laboratory.run.space)
    let description = explored.description
    #expect(description.layers.count == names.count)
    #expect("layer " + description.layers[description.ownLayer] == laboratory.run.space.words)
    #expect(description.layer.unitCount == laboratory.run.features.dimension)
  }

  @Test("Directions of another layer are ranked by that layer's values")
  func otherLayer() throws {
    let (index, position) = try other()
    let values = try laboratory.run.engine.features(of: laboratory.run.images, layer: position)
    let features = try FeatureMatrix(values: values, labels: laboratory.run.labels, layer: "other")
    var wish = DirectionRequest(run: 0, asker: "test", layer: index, kind: .random, top: 9)
    (wish.seed, wish.number) = (3, 5)
    let answer = try explored.answer(to: wish)
    let directions = DirectionSet.randomSphere(numbers: 5..<6, dimension: features.dimension, seed: 3)
    let ranking = Ranking(of: features, along: directions, topCount: 9)
    #expect(answer.images.map(\.index) == ranking.topImages[0].map(\.imageIndex))
    #expect(answer.images.map(\.score) == ranking.topImages[0].map(\.score))
    let described = try explored.answer(to: LayerRequest(run: 0, asker: "test", layer: index)).layer
    #expect(described.unitCount == features.dimension && described.remarks.isEmpty)
    #expect(described.words == explored.layers.spaces[index].words)
    // What no neuron of the layer is, is refused.
    var outside = DirectionRequest(run: 0, asker: "test", layer: index, kind: .neuron, top: 9)
    outside.neuron = features.dimension
    #expect(throws: ServerRefusal.self) { try explored.answer(to: outside) }
  }

  @Test("A picture's most active neurons are those of the layer that is asked about")
  func picture() throws {
    let (index, position) = try other()
    let image = laboratory.run.images.tensor(of: [4])
    let values = try explored.quickEngine.features(of: image, layer: position).elements
    let file = try explored.png(of: image.elements)
    let answer = try explored.answer(
      to: PictureRequest(run: 0, asker: "test", layer: index, picture: .init(file: file)))
    let strongest = try #require(values.indices.max { (values[$0], -$0) < (values[$1], -$1) })
    #expect(answer.neurons.first?.neuron == strongest)
  }

  @Test("A saved basis is offered in the layers that are as wide")
  func bases() throws {
    let (index, _) = try other()
    let width = explored.layers.spaces[index].unitCount
    let file = laboratory.folder.appending(path: "other \(UUID().uuidString).npy")
    try NPYFile(DirectionSet.randomSphere(count: 2, dimension: width, seed: 3).matrix).write(to: file)
    let layers = try ExploredRun(laboratory.run, basisFiles: [file]).layers
    for place in layers.spaces.indices {
      let isOffered = try layers.layer(place).bases.contains { $0.name == file.lastPathComponent }
      #expect(isOffered == (layers.spaces[place].unitCount == width), "\(layers.spaces[place].layer)")
    }
  }

  @Test("Values are taken from the cache, and a layer that is none is refused")
  func cache() throws {
    let (index, _) = try other()
    let folder = laboratory.folder.appending(path: "cache \(UUID().uuidString)")
    let cache = FeatureCache(folder: folder)
    let first = try ExploredRun(laboratory.run, cache: cache).layers.layer(index)
    #expect(try !FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    let second = try ExploredRun(laboratory.run, cache: cache).layers.layer(index)
    #expect(first.features.values.elements == second.features.values.elements)
    let count = explored.layers.spaces.count
    #expect(throws: ServerRefusal(400, "layer must be from 0 to \(count - 1), got \(count)")) {
      try explored.layers.layer(count)
    }
  }
}
