import Foundation
import TestSupport
import Tensors
import Testing

@testable import Poisoning

/// Tests/Reference/Poisoning/logistic.json: what SciPy fitted. The script that made it stands beside it.
struct LogisticReference: Decodable {
  struct Case: Decodable {
    let dimension: Int
    let decay: Double
    let values, signs, validationValues, validationSigns, weights, pointGradient: [Double]
    let bias, validationLoss: Double

    var training: RegularizedLogisticRegression.Examples {
      .init(values: values, signs: signs, dimension: dimension)
    }
    var poisoning: LinearPoisoning {
      LinearPoisoning(
        training: training,
        validation: .init(values: validationValues, signs: validationSigns, dimension: dimension),
        decay: decay)
    }
  }

  let cases: [Case]

  static func load() throws -> LogisticReference {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Reference/Poisoning/logistic.json").standardizedFileURL
    return try JSONDecoder().decode(Self.self, from: Data(contentsOf: file))
  }
}

@Suite struct RegularizedLogisticRegressionTests {
  @Test("The minimum is SciPy's, and the gradient there is zero", arguments: 0..<3)
  func reference(number: Int) throws {
    let reference = try LogisticReference.load().cases[number]
    let model = RegularizedLogisticRegression.fitted(to: reference.training, decay: reference.decay)
    for (found, expected) in zip(model.weights + [model.bias], reference.weights + [reference.bias]) {
      expectClose(found, expected, absolute: 1e-8)
    }
    #expect(model.gradient(on: reference.training, decay: reference.decay).allSatisfy { abs($0) < 1e-8 })
  }

  @Test("From another start the same minimum")
  func start() throws {
    let reference = try LogisticReference.load().cases[1]
    let far = RegularizedLogisticRegression(weights: [30, -20, 10, 40, -5], bias: 60)
    let model = RegularizedLogisticRegression.fitted(to: reference.training, decay: 0.1, from: far)
    for (found, expected) in zip(model.weights + [model.bias], reference.weights + [reference.bias]) {
      expectClose(found, expected, absolute: 1e-8)
    }
  }

  @Test("Gradient and curvature are the differences of objective and gradient; solving undoes the product")
  func differences() throws {
    let reference = try LogisticReference.load().cases[0]
    let examples = reference.training
    func model(_ values: [Double]) -> RegularizedLogisticRegression {
      RegularizedLogisticRegression(weights: Array(values.dropLast()), bias: values.last!)
    }
    let point = [0.3, -0.7, 1.1, 0.2]
    let expected = centralDifferences(of: { model($0).objective(on: examples, decay: 0.6) }, at: point)
    for (found, expected) in zip(model(point).gradient(on: examples, decay: 0.6), expected) {
      expectClose(found, expected, absolute: 1e-8)
    }
    let vector = [1.0, -2, 0.5, 3]
    let bent = centralDifferences(
      of: { dot(model($0).gradient(on: examples, decay: 0.6), vector) }, at: point)
    let product = model(point).curvatureProduct(vector, on: examples, decay: 0.6)
    for (found, expected) in zip(product, bent) { expectClose(found, expected, absolute: 1e-7) }
    let solved = model(point).solvingCurvature(product, on: examples, decay: 0.6)
    for (found, expected) in zip(solved, vector) { expectClose(found, expected, absolute: 1e-9) }
  }

  @Test("Errors are counted on the wrong side and on the border")
  func errors() {
    let examples = RegularizedLogisticRegression.Examples(
      values: [1, -1, 2, 0], signs: [1, 1, -1, 1], dimension: 1)
    #expect(RegularizedLogisticRegression(weights: [1], bias: 0).errorCount(on: examples) == 3)
  }
}
