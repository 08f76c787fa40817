extension LabelledImages {
  /// The images of the given classes, in their present order, with labels that index `classes`.
  ///
  /// - Parameter classes: Distinct class numbers.
  public func selecting(classes: [Int]) -> LabelledImages {
    precondition(
      Set(classes).count == classes.count && classes.allSatisfy(classNames.indices.contains),
      "\(classes) must be different numbers in 0..<\(classNames.count)")
    let order = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
    let kept = selecting(labels.indices.filter { order[labels[$0]] != nil })
    return LabelledImages(
      shape: shape, pixels: kept.pixels, labels: kept.labels.map { order[$0]! },
      classNames: classes.map { classNames[$0] })
  }
}

extension Dataset {
  /// The images of some classes only, such as 3 and 7, with the checksum of the remaining images.
  ///
  /// - Parameter names: Names of classes, at least two; the first becomes label 0.
  /// - Throws: ``ClassSelectionError``
  public func selecting(classesNamed names: [String]) throws -> Dataset {
    guard names.count > 1, Set(names).count == names.count else {
      throw ClassSelectionError.tooFew(names)
    }
    let classes = try names.map { name in
      guard let position = training.classNames.firstIndex(of: name) else {
        throw ClassSelectionError.unknown(name, known: training.classNames)
      }
      return position
    }
    return Dataset(
      name: name, training: training.selecting(classes: classes), heldOut: heldOut.selecting(classes: classes)
    )
  }
}

/// Classes that cannot be selected.
public enum ClassSelectionError: Error, Equatable, CustomStringConvertible {
  case tooFew([String])
  case unknown(String, known: [String])

  public var description: String {
    switch self {
    case .tooFew(let names):
      "classes must be two at least, each named once, got \(names.joined(separator: ", "))"
    case .unknown(let name, let known):
      "no class is called \"\(name)\"; there are \(known.joined(separator: ", "))"
    }
  }
}
