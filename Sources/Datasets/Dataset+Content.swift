extension Dataset {
  /// The same data set, with format-independent remarks on its images and labels.
  func remarkedOn() -> Dataset {
    var dataset = self
    dataset.remarks += Self.remarks(onTraining: training, heldOut: heldOut)
    return dataset
  }

  private static func remarks(
    onTraining training: LabelledImages, heldOut: LabelledImages
  ) -> [DatasetRemark] {
    [brightness(of: [training, heldOut])].compactMap(\.self)
      + [("training", training), ("held-out", heldOut)].compactMap { part, images in
        guard images.count > 0 else { return nil }
        let present = Set(images.labels)
        let missing = images.classNames.indices.filter { !present.contains($0) }.map { images.classNames[$0] }
        return .of(missing, "class has no \(part) image", "classes have no \(part) image")
      }
  }

  /// Remarks on a brightest pixel below mid-range: the samples have fewer bits, or another scale.
  private static func brightness(of parts: [LabelledImages]) -> DatasetRemark? {
    let count = parts.reduce(0) { $0 + $1.count }
    let (brightest, limit, whole): (Double, Double, String) =
      switch parts[0].pixels {
      case .bytes: (Double(parts.map(\.largestSample).max() ?? 0), 127, "255")
      case .floats: (parts.map(\.largestSample).max() ?? 0, 0.5, "1")
      }
    guard count > 0, brightest > 0, brightest <= limit else { return nil }
    let shown = brightest == brightest.rounded() ? String(Int(brightest)) : String(Float(brightest))
    return DatasetRemark(
      text: "no pixel of all \(count) images is above \(shown) of \(whole): if that is not so in the "
        + "pictures, their samples are on another scale", count: count, example: nil)
  }
}

extension LabelledImages {
  /// The largest, as stored.
  fileprivate var largestSample: Double {
    func largest<Sample: Comparable>(_ samples: [Sample], from least: Sample) -> Sample {
      // Over the buffer, so that the compiler vectorises the loop.
      samples.withUnsafeBufferPointer { $0.reduce(least) { max($0, $1) } }
    }
    return switch pixels {
    case .bytes(let samples): Double(largest(samples, from: 0))
    case .floats(let samples): Double(largest(samples, from: 0))
    }
  }
}
