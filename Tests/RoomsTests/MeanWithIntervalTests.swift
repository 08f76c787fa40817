import Datasets
import Figures
import Tensors
import Testing

@testable import Lab

@Suite struct MeanWithIntervalTests {
  @Test("Three shares have the mean and Student's interval that a table gives; one has no interval")
  func shares() throws {
    let mean = try #require(
      MeanWithInterval(shares: [Proportion(1, of: 10), Proportion(2, of: 10), Proportion(3, of: 10)]))
    #expect(abs(mean.mean - 0.2) < 1e-12 && mean.count == 3)
    // t = 4.3027 with 2 degrees of freedom, s = 0.1.
    let interval = try #require(mean.interval95)
    #expect(abs(interval[1] - (0.2 + 4.302653 * 0.1 / 3.0.squareRoot())) < 1e-6)
    #expect(interval[0] == 0 && mean.percent == "20.0 % [0.0, 44.8]")
    let high = try #require(MeanWithInterval(shares: [Proportion(9, of: 10), Proportion(10, of: 10)]))
    #expect(high.interval95?[1] == 1 && (high.interval95?[0] ?? 1) < 0.95)
    let one = try #require(MeanWithInterval(shares: [Proportion(1, of: 10)]))
    #expect(one.interval95 == nil && one.percent == "10.0 %")
    let equal = try #require(
      MeanWithInterval(shares: [Proportion(1, of: 10), Proportion(2, of: 20), Proportion(3, of: 30)]))
    #expect(equal.interval95 == nil && equal.percent == "10.0 % (all equal)")
    #expect(equal.percentPoint(at: 1).interval == nil)
    #expect(MeanWithInterval(shares: [Proportion(0, of: 0)]) == nil && MeanWithInterval(shares: []) == nil)
  }

  @Test("A mark of shares is in percent and ends where shares do, whether or not the mean was cut")
  func point() throws {
    let mean = try #require(MeanWithInterval([0.1, 0.2, 0.3]))
    #expect((mean.interval95?[0] ?? 0) < 0)
    let point = mean.percentPoint(at: 5)
    #expect(point.x == 5 && abs(point.value - 20) < 1e-9 && point.interval?.lowerBound == 0)
    #expect(mean.percent == "20.0 % [0.0, 44.8]")
  }

  @Test("Numbers and shares are printed as they were written")
  func plain() {
    #expect(
      [0, 0.001, 0.1, 1, 0.125, 0.000009, 0.07].map(Numbers.plainPercent) == [
        "0 %", "0.1 %", "10 %", "100 %", "12.5 %", "0.0009 %", "7 %",
      ])
    #expect(
      [0.000009, 1, 0.95, 0, -0.25, 15, 1e-12, 1.0 / 3].map(Numbers.plain) == [
        "0.000009", "1", "0.95", "0", "-0.25", "15", "1e-12", "0.3333333333333333",
      ])
  }

  @Test("A sample is named with its count, and one alone has no interval")
  func sample() {
    #expect(MeanSample(5, "network").words == "mean of 5 networks, Student's 95 % interval")
    #expect(MeanSample(1, "network").words == "one network")
    #expect(MeanSample(2, "pair of classes", "pairs of classes").counted == "2 pairs of classes")
    #expect(MeanSample(1, "draw").caption == "One draw per point, so there is no interval.")
  }
}

@Suite struct ProvenanceTests {
  @Test("A caption ends with network, data, seed and command, and its text has the whole checksums")
  func caption() {
    let data = DataRecord(
      name: "images", checksum: "0123456789abcdef", trainingCount: 3, heldOutCount: 2,
      remarks: [.init(text: "one image is grey", count: 1)])
    let provenance = Provenance(
      command: "substitute", data: data, network: "mlp", checksum: "fedcba9876543210", seed: 7,
      details: ["substitute lenet"])
    let caption = provenance.caption("A title", "About it.", ["A note."])
    #expect(caption.title == "A title" && caption.subtitle == "About it.")
    #expect(
      caption.footer == [
        "A note.",
        "mlp (fedcba98) on images (data 01234567) · substitute lenet · seed 7 · intrigue substitute "
          + RunEnvironment.toolVersion,
        "As read: \(data.remarks?[0].sentence ?? "").",
      ])
    #expect(
      caption.text.map { "\($0.key): \($0.value)" } == [
        "Data: images", "Data checksum: 0123456789abcdef", "Network: mlp", "Model checksum: fedcba9876543210",
        "Seed: 7", "Software: Intrigue \(RunEnvironment.toolVersion)",
      ])
    let trained = Provenance(command: "shift", data: data, network: "mlp", seed: 1)
    #expect(trained.lines[0].hasPrefix("mlp on images (data 01234567) · seed 1 · intrigue shift "))
    #expect(!trained.pairs.contains { $0.key == "Model checksum" })
  }
}
