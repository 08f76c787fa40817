import TestSupport
import Testing

@testable import Poisoning

@Suite struct LinearPoisoningTests {
  @Test("The gradient is that of models which SciPy fitted anew for each moved point", arguments: 0..<3)
  func reference(number: Int) throws {
    let reference = try LogisticReference.load().cases[number]
    let poisoning = reference.poisoning
    let (model, loss) = poisoning.fitted()
    expectClose(loss, reference.validationLoss, absolute: 1e-10)
    let gradient = poisoning.gradient(ofPoint: poisoning.training.count - 1, model: model)
    let largest = reference.pointGradient.map(abs).max()!
    for (found, expected) in zip(gradient, reference.pointGradient) {
      expectClose(found, expected, absolute: 1e-5 * largest)
    }
  }

  @Test(
    "A climb never lowers the loss, raises it, stays in the box and ends where its model says",
    arguments: 0..<3)
  func climb(number: Int) throws {
    let poisoning = try LogisticReference.load().cases[number].poisoning
    let climb = try poisoning.climbed(stepCount: 40, stepSize: 0.2)
    #expect(zip(climb.losses, climb.losses.dropFirst()).allSatisfy { $0 < $1 } && climb.losses.count > 2)
    #expect(climb.row.allSatisfy { (0...1).contains($0) })
    let last = poisoning.training.count - 1
    let again = LinearPoisoning(
      training: poisoning.training.selecting(Array(0..<last)), validation: poisoning.validation,
      decay: poisoning.decay
    ).adding(climb.row, sign: poisoning.training.signs[last]).fitted()
    expectClose(again.loss, climb.losses.last!, absolute: 1e-9)
  }

  @Test("At the end of a long climb no move inside the box helps")
  func stationary() throws {
    let reference = try LogisticReference.load().cases[0]
    let climb = try reference.poisoning.climbed(stepCount: 500, stepSize: 0.2)
    let last = reference.signs.count - 1
    let ended = LinearPoisoning(
      training: reference.training.selecting(Array(0..<last)), validation: reference.poisoning.validation,
      decay: reference.decay
    ).adding(climb.row, sign: reference.signs[last])
    let gradient = ended.gradient(ofPoint: last, model: ended.fitted().model)
    let largest = reference.pointGradient.map(abs).max()!
    for (value, slope) in zip(climb.row, gradient) {
      let canMove = slope > 0 ? value < 1 : value > 0
      #expect(!canMove || abs(slope) < 0.05 * largest)
    }
  }
}
