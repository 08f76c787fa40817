import Figures
import Networks

/// The provenance of a figure: the last lines of its footer, and the keys of its file's text chunks.
///
///     mlp (1a2b3c4d) on mnist (data 034aeb2b) · seed 1 · intrigue poison labels 0.1.0
///     As read: 12 images are grey.
///
/// The second line stands only where something was remarked about the data.
package struct Provenance: Sendable {
  /// The command, as in `run.json`: `poison labels`.
  let command: String
  let data: DataRecord
  /// The network in words: the name of its architecture, or what stands in its place.
  let network: String
  /// The checksum of its weights; nil: the run trained it, or several.
  let checksum: String?
  let seed: UInt64
  /// Parts of the line between data and seed, such as `substitute lenet`.
  let details: [String]

  package init(
    command: String, data: DataRecord, network: String, checksum: String? = nil, seed: UInt64,
    details: [String] = []
  ) {
    (self.command, self.data, self.network) = (command, data, network)
    (self.checksum, self.seed, self.details) = (checksum, seed, details)
  }

  /// - Parameter footer: Lines above the provenance.
  package func caption(_ title: String, _ subtitle: String, _ footer: [String] = []) -> FigureCaption {
    FigureCaption(title: title, subtitle: subtitle, footer: footer + lines, text: pairs)
  }

  package var lines: [String] {
    let network = self.network + (checksum.map { " (\($0.prefix(8)))" } ?? "")
    let parts =
      ["\(network) on \(data.name) (data \(data.checksum.prefix(8)))"] + details
      + ["seed \(seed)", "intrigue \(command) \(RunEnvironment.toolVersion)"]
    return [parts.joined(separator: " · ")] + data.remarkLines
  }

  package var pairs: [FigureCaption.Pair] {
    let model = checksum.map { [("Model checksum", $0)] } ?? []
    return
      ([("Data", data.name), ("Data checksum", data.checksum), ("Network", network)] + model + [
        ("Seed", "\(seed)"), ("Software", "Intrigue \(RunEnvironment.toolVersion)"),
      ]).map { FigureCaption.Pair(key: $0.0, value: $0.1) }
  }
}
