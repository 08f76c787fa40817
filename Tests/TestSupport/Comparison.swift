import Tensors
import Testing

/// Expects two tensors to agree: shapes first, then every element within `absolute + relative · |expected|`.
///
/// A NaN agrees with nothing. The first disagreement and the number of all of them are reported at the caller's
/// line.
public func expectClose(
  _ found: Tensor, _ expected: Tensor, absolute: Double = 0, relative: Double = 0,
  _ comment: @autoclosure () -> Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation
) {
  guard found.shape == expected.shape else {
    Issue.record(
      "shape \(found.shape), expected \(expected.shape). \(comment()?.rawValue ?? "")",
      sourceLocation: sourceLocation)
    return
  }
  let wrong = found.elements.indices.filter { index in
    let difference = abs(Double(found.elements[index]) - Double(expected.elements[index]))
    return !(difference <= absolute + relative * abs(Double(expected.elements[index])))
  }
  guard let first = wrong.first else { return }
  Issue.record(
    """
    \(wrong.count) of \(found.elements.count) elements differ; element \(first) is \(found.elements[first]), \
    expected \(expected.elements[first]) ± \(absolute) + \(relative)·|expected|. \(comment()?.rawValue ?? "")
    """, sourceLocation: sourceLocation)
}

/// Expects two numbers to agree within `absolute + relative · |expected|`; a NaN agrees with nothing.
public func expectClose(
  _ found: Double, _ expected: Double, absolute: Double = 0, relative: Double = 0,
  _ comment: @autoclosure () -> Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation
) {
  let allowed = absolute + relative * abs(expected)
  guard !(abs(found - expected) <= allowed) else { return }
  Issue.record(
    "\(found), expected \(expected) ± \(allowed). \(comment()?.rawValue ?? "")",
    sourceLocation: sourceLocation)
}
