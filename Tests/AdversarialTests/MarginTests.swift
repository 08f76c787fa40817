import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct MarginTests {
  @Test("The lead is over the largest of the others, also where all logits are negative")
  func lead() {
    for shift: Float in [-100, 0, 100] {
      let logits: [Float] = [1, 4, 2, 3].map { $0 + shift }
      #expect(Margin.lead(of: 1, in: logits.span) == (value: 1, rival: 3))
      #expect(Margin.lead(of: 0, in: logits.span) == (value: -3, rival: 1))
    }
    // Of equal rivals the first.
    #expect(Margin.lead(of: 1, in: ([2, 0, 2] as [Float]).span) == (value: -2, rival: 0))
  }

  @Test("Up for the class, down for its rival; aimed or not, the loss falls towards the goal")
  func gradient() {
    let logits: [Float] = [1, 4, 2, 3]
    func slopes(_ target: Int?) -> (margin: Double, slopes: [Float]) {
      let image = SearchedImage(clean: [0], label: 1, target: target, bounds: 0...1)
      var gradient: [Float] = [9, 9, 9, 9]
      var span = gradient.mutableSpan
      image.writeMarginGradient(of: logits.span, to: &span)
      return (image.margin(of: logits.span), gradient)
    }
    #expect(slopes(nil) == (1, [0, 1, 0, -1]))
    #expect(slopes(2) == (2, [0, 1, -1, 0]))
    #expect(slopes(1) == (-1, [0, -1, 0, 1]))
  }
}
