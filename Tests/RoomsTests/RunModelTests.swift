import Directions
import Foundation
import Networks
import Storage
import Tensors
import Testing

@testable import GalleryRoom
@testable import Lab

struct RunModelTests {
  @Test("A gallery's network, data and layer are found by its record, and its rankings come out again")
  func gallery() throws {
    try withTemporaryFolder { folder in
      let gallery = try MadeUpGallery(in: folder)
      let configuration = gallery.configuration(neurons: 3, directions: 3)
      let made = try gallery.run(configuration, into: "run")
      let run = try RunModel(of: made, workerCount: 2, cache: nil) { _ in }
      let rankings = try JSONFile.read(GalleryRankings.self, from: made.appending(path: "rankings.json"))
      #expect(run.experiment == "gallery" && run.name == "run")
      #expect(run.space == rankings.features && run.images.count == rankings.imageCount)
      let width = run.features.dimension
      let neurons = Ranking(
        of: run.features, along: .neurons(dimension: width), topCount: rankings.topCount)
      for row in rankings.neurons {
        let place = try #require(neurons.directionIDs.firstIndex(of: row.id))
        #expect(row.images.map(\.imageIndex) == neurons.imageIndices(ofRow: place), "\(row.id)")
        for image in row.images {
          #expect(run.predictions[image.imageIndex] == image.prediction)
          #expect(run.images.labels[image.imageIndex] == image.label)
        }
      }
      let random = Ranking(
        of: run.features,
        along: .randomSphere(count: 3, dimension: width, seed: configuration.seed),
        topCount: rankings.topCount)
      for row in rankings.randomDirections {
        let place = try #require(random.directionIDs.firstIndex(of: row.id))
        #expect(row.images.map(\.imageIndex) == random.imageIndices(ofRow: place), "\(row.id)")
      }
    }
  }

  @Test("A network that was replaced since the run is told")
  func replaced() throws {
    try withTemporaryFolder { folder in
      let gallery = try MadeUpGallery(in: folder)
      let made = try gallery.run(gallery.configuration(neurons: 3, directions: 3), into: "run")
      #expect(try RunModel(of: made, workerCount: 2, cache: nil) { _ in }.remarks.isEmpty)
      let file = folder.appending(path: "model.safetensors")
      var model = try ModelFile.read(file)
      var parameters = model.network.parameters
      parameters[0] = Tensor(shape: parameters[0].shape, elements: parameters[0].elements.map { -$0 })
      model = Model(
        network: try Network(graph: model.network.graph, parameters: parameters), classNames: model.classNames
      )
      try ModelFile.write(model, to: file)
      let log = ProgressLog()
      let run = try RunModel(of: made, workerCount: 2, cache: nil) { log.note($0) }
      #expect(run.remarks.contains { $0.contains("the network is not that of the run") })
      #expect(log.warnings.contains { $0.contains("the network is not that of the run") })
    }
  }

  @Test("A folder without a record, a run of several networks and one that was stopped are refused by name")
  func refusals() throws {
    try withTemporaryFolder { folder in
      func refusal(_ record: String?) -> String {
        let run = folder.appending(path: "some run")
        do {
          try FileManager.default.createDirectory(at: run, withIntermediateDirectories: true)
          if let record { try Data(record.utf8).write(to: run.appending(path: "run.json")) }
          _ = try RunModel(of: run, workerCount: 1, cache: nil) { _ in }
          return ""
        } catch { return "\(error)" }
      }
      #expect(refusal(nil).hasSuffix("some run: is no run folder: it has no run.json"))
      let several = #"{"experiment": "transfer", "configuration": {"networks": {}}, "complete": true}"#
      #expect(
        refusal(several).contains("holds a run of transfer, whose record does not name one network"))
      let stopped =
        #"{"experiment": "train", "configuration": {"data": {"name": "x", "options": {"colour": "automatic", "#
        + #""heldOutFraction": 0.2, "seed": 1}}}, "complete": false}"#
      #expect(refusal(stopped).contains("holds a run of train that was not finished"))
      #expect(refusal("{}").contains("run.json"))
    }
  }
}
