import Images

/// Clean image, perturbation and perturbed image side by side, with the network's predictions.
///
/// Perturbations are shown at the same amplification throughout the figure, which is printed:
///
///     shown = 1/2 + N · (x′ − x), clipped to [0, 1]
///
/// so mid-grey means unchanged. The figure computes no verdict; it prints the given ones.
public struct AdversarialGrid: Sendable, Figure {
  /// The network's prediction for one image.
  public struct Prediction: Hashable, Sendable {
    public var classIndex: Int
    /// Probability of that class, in [0, 1].
    public var confidence: Double

    public init(classIndex: Int, confidence: Double) {
      (self.classIndex, self.confidence) = (classIndex, confidence)
    }
  }

  public enum Outcome: String, Hashable, Sendable {
    case success, failed
    /// The clean image was already misclassified, so it was not attacked.
    case skipped
  }

  public struct Entry: Sendable {
    /// The image's address: `#1234`.
    /// Whether an adversarial image stays one as an 8-bit file.
    public enum Rounding: Sendable {
      case survived
      /// Rounding undid it; after repair by single levels it fools the network again.
      case repaired
      case lost
    }

    public var id: String
    public var trueClass: Int
    /// The target class; nil for an untargeted attack.
    public var targetClass: Int?
    public var clean: Bitmap
    public var adversarial: Bitmap
    /// x′ − x as `[channels, height, width]`, in pixel units of [0, 1] and not amplified.
    public var perturbation: [Float]
    public var cleanPrediction: Prediction
    public var adversarialPrediction: Prediction
    /// ‖x′ − x‖₂.
    public var l2: Double
    /// ‖x′ − x‖∞.
    public var linf: Double
    public var outcome: Outcome
    /// Effect of rounding to 8 bits; nil if not evaluated.
    public var rounding: Rounding?

    public init(
      id: String, trueClass: Int, targetClass: Int? = nil, clean: Bitmap, adversarial: Bitmap,
      perturbation: [Float], cleanPrediction: Prediction, adversarialPrediction: Prediction, l2: Double,
      linf: Double, outcome: Outcome, rounding: Rounding? = nil
    ) {
      precondition(
        perturbation.count == clean.samples.count,
        "image \(id) has \(clean.samples.count) pixels, its perturbation \(perturbation.count)")
      self.id = id
      self.trueClass = trueClass
      self.targetClass = targetClass
      self.clean = clean
      self.adversarial = adversarial
      self.perturbation = perturbation
      self.cleanPrediction = cleanPrediction
      self.adversarialPrediction = adversarialPrediction
      self.l2 = l2
      self.linf = linf
      self.outcome = outcome
      self.rounding = rounding
    }
  }

  public var caption: FigureCaption
  public var classNames: [String]
  public var entries: [Entry]
  /// N, the factor by which every perturbation of the figure is multiplied for display.
  public var amplification: Double
  /// Entries per row.
  public var columns: Int
  /// Whole factor by which images are enlarged; nil chooses one that brings them near 96 pixels.
  public var scale: Int?

  public init(
    caption: FigureCaption, classNames: [String], entries: [Entry], amplification: Double, columns: Int = 3,
    scale: Int? = nil
  ) {
    precondition(amplification > 0, "the amplification must be positive, got \(amplification)")
    precondition(columns >= 1, "a grid has at least one column, got \(columns)")
    precondition(scale.map { $0 >= 1 } ?? true, "the scale must be at least 1")
    for entry in entries {
      let classes = [
        entry.trueClass, entry.targetClass ?? 0, entry.cleanPrediction.classIndex,
        entry.adversarialPrediction.classIndex,
      ]
      precondition(
        classes.allSatisfy(classNames.indices.contains),
        "image \(entry.id) names a class beyond the \(classNames.count) of the grid")
    }
    self.caption = caption
    self.classNames = classNames
    self.entries = entries
    self.amplification = amplification
    self.columns = columns
    self.scale = scale
  }

  /// The figure of one entry alone, larger, with the same caption and amplification.
  public func single(_ index: Int) -> AdversarialGrid {
    let entry = entries[index]
    let side = Style.scale(width: entry.clean.width, height: entry.clean.height, target: 140)
    return AdversarialGrid(
      caption: caption, classNames: classNames, entries: [entry], amplification: amplification, columns: 1,
      scale: scale ?? side)
  }

  /// The perturbation as a picture: mid-grey where nothing changed.
  public static func picture(ofPerturbation values: [Float], like image: Bitmap, amplification: Double)
    -> Bitmap
  {
    let shown = values.map { 0.5 + Float(amplification) * $0 }
    return Bitmap(planar: shown, channels: image.channels, height: image.height, width: image.width)
  }

  public var size: (width: Int, height: Int) { AdversarialGridLayout(self).size }

  public func drawn() -> Bitmap { AdversarialGridLayout(self).drawn() }

  public var transcript: [String] {
    ["perturbation ×\(Numbers.factor(amplification)), mid-grey = 0"]
      + entries.map { entry in
        let clean =
          "\(classNames[entry.cleanPrediction.classIndex]) \(Numbers.percent(entry.cleanPrediction.confidence))"
        let after =
          "\(classNames[entry.adversarialPrediction.classIndex]) \(Numbers.percent(entry.adversarialPrediction.confidence))"
        return
          ([
            "\(entry.id): true class \(classNames[entry.trueClass])", "clean \(clean)",
            "perturbed \(after)",
            "L₂ \(Numbers.threeDigits(entry.l2))", "L∞ \(Numbers.threeDigits(entry.linf))",
          ] + entry.marks.map(\.words)).joined(separator: "; ")
      }
  }
}

extension AdversarialGrid.Entry {
  /// Outcome of the attack, in the wording of the figure.
  var marks: [(words: String, colour: Colour)] {
    let outcome: (words: String, colour: Colour) =
      switch outcome {
      case .success: (targetClass == nil ? "fooled" : "target hit", Colour(0x1B5E20))
      case .failed: ("attack failed", Colour(0xBDBDBD))
      case .skipped: ("skipped: already wrong", Colour(0xE4E4E4))
      }
    guard self.outcome == .success, let rounding else { return [outcome] }
    let saved =
      switch rounding {
      case .survived: ("survives PNG", Colour(0xC8E6C9))
      case .repaired: ("repaired for PNG", Colour(0xFFE9B8))
      case .lost: ("lost in PNG", Colour(0xF8D0D0))
      }
    return [outcome, saved]
  }
}
