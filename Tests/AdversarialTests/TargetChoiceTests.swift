import Testing

@testable import Adversarial

@Suite struct TargetChoiceTests {
  @Test("Next wraps around, fixed is the same for all")
  func simple() {
    #expect(TargetChoice.next.targets(labels: [0, 9, 4], imageIDs: [0, 1, 2], classCount: 10) == [1, 0, 5])
    #expect(TargetChoice.fixed(3).targets(labels: [0, 3], imageIDs: [0, 1], classCount: 10) == [3, 3])
  }

  @Test(
    "A random target is never the label, depends on seed and image only, and takes every other class evenly")
  func random() {
    let labels = (0..<9000).map { $0 % 10 }
    let targets = TargetChoice.random(seed: 1).targets(
      labels: labels, imageIDs: Array(0..<9000), classCount: 10)
    #expect(zip(targets, labels).allSatisfy { $0 != $1 && (0..<10).contains($0) })
    let alone = TargetChoice.random(seed: 1).targets(labels: [labels[4321]], imageIDs: [4321], classCount: 10)
    #expect(alone == [targets[4321]])
    let other = TargetChoice.random(seed: 2).targets(
      labels: labels, imageIDs: Array(0..<9000), classCount: 10)
    #expect(other != targets)
    // Offsets 1…9 expected 1000 times each, standard deviation 30: five of them.
    for offset in 1...9 {
      let count = zip(targets, labels).count { ($0 - $1 + 10) % 10 == offset }
      #expect(abs(count - 1000) < 150)
    }
  }
}
