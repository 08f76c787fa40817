import Tensors
import Testing

@testable import Adversarial

@Suite struct BoundaryBisectionTests {
  @Test("It ends on the adversarial side, within the tolerance of the boundary", arguments: [Norm.l2, .linf])
  func ends(norm: Norm) {
    let image = SearchedImage(clean: [0.1, 0.2, 0.9], label: 0, target: nil, bounds: 0...1)
    let start: [Float] = [0.9, 0.4, 0.1]
    let whole = image.distance(to: start, in: norm)
    for place in [0.01, 0.3, 0.77] {
      var bisection = BoundaryBisection(image, from: start, in: norm, tolerance: 1e-3)
      var count = 0
      while let point = bisection.point {
        bisection.absorb(isAdversarial: image.distance(to: point, in: norm) >= place * whole)
        count += 1
      }
      let found = image.distance(to: bisection.end, in: norm) / whole
      #expect(found >= place && found < place + 1.1e-3 && count == 10)
    }
  }

  @Test("Where Float knows no point between, it ends")
  func resolution() {
    let image = SearchedImage(clean: [0.5], label: 0, target: nil, bounds: 0...1)
    var bisection = BoundaryBisection(image, from: [Float(0.5).nextUp], in: .l2, tolerance: 1e-12)
    #expect(bisection.point == nil)
    bisection = BoundaryBisection(image, from: [1], in: .l2, tolerance: 0)
    var count = 0
    while bisection.point != nil, count < 100 {
      bisection.absorb(isAdversarial: false)
      count += 1
    }
    #expect(count < 60 && bisection.end == [1])
  }
}
