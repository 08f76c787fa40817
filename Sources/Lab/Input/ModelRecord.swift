import Datasets
import Foundation
import Networks
import Storage

/// What the record of a run says of its network, data and layer, whatever the experiment.
///
/// A run of `train` or `demo` has its network in its folder; one of `gallery`, `rank`, `attack` and other experiments with
/// one network names it.
struct ModelRecord: Decodable {
  struct Configuration: Decodable {
    package struct Training: Decodable { let data: DataSource? }
    package let model: ModelSource?
    package let data: DataSource?
    package let training: Training?
    package let layer: String?
    package let pooling: MapPooling?
    package let activation: ActivationReading?
  }
  struct Results: Decodable { let modelChecksum: String? }

  let experiment: String
  let configuration: Configuration
  let results: Results?

  /// nil: the folder has no record, or one that says none of this.
  init?(in run: RunFolder) {
    guard run.exists(run.recordName),
      let record = try? JSONFile.read(ModelRecord.self, from: run.file(run.recordName))
    else { return nil }
    self = record
  }

  /// nil: the run is not about one network.
  func source(in run: RunFolder) -> ModelSource? {
    switch experiment {
    case "train", "demo": .model(path: run.file(RunFolder.modelName).path)
    default: configuration.model
    }
  }

  var data: DataSource? { configuration.data ?? configuration.training?.data }
}
