import Escapes
import Foundation
import Lab
import Networks
import Testing

@testable import Commands

@Suite struct ProgressDisplayTests {
  private static let start = ContinuousClock.now

  private static func record(validation: Bool = true) throws -> EpochRecord {
    let values = validation ? #","validationLoss":0.4512,"validationAccuracy":0.84"# : ""
    return try JSONDecoder().decode(
      EpochRecord.self,
      from: Data(
        #"{"epoch":1,"trainingLoss":0.5,"trainingAccuracy":0.8212,"learningRate":0.1,"seconds":3.2,"imagesPerSecond":12000\#(values)}"#
          .utf8))
  }

  @Test("An epoch's record has labelled fields, and is broken between them only")
  func epoch() throws {
    var display = ProgressDisplay(at: Self.start)
    let lines = display.take(.epoch(try Self.record(), of: 5), at: Self.start)
    #expect(
      lines.map(\.text) == [
        "  epoch 1/5  train loss 0.5000  train acc 82.12 %  val loss 0.4512  val acc 84.00 %  12000 images/s  3.2 s"
      ])
    #expect(
      lines[0].folded(to: 39) == [
        "  epoch 1/5  train loss 0.5000", "    train acc 82.12 %  val loss 0.4512",
        "    val acc 84.00 %  12000 images/s", "    3.2 s",
      ])
    #expect(!display.take(.epoch(try Self.record(validation: false), of: 5))[0].text.contains("val"))
  }

  @Test(
    "A sketch fits whatever the columns, and says first what matters most",
    arguments: [1, 7, 20, 39, 59, 79, 120])
  func sketch(columns: Int) {
    var display = ProgressDisplay(at: Self.start)
    #expect(display.take(.part(name: "猫と犬, network 1 of 3", number: 1, count: 3), at: Self.start) == [])
    #expect(display.take(.step(done: 0, total: 100, unit: "images of 猫と犬"), at: Self.start) == [])
    #expect(
      display.take(.step(done: 25, total: 100, unit: "images of 猫と犬"), at: Self.start + .seconds(5)) == [])
    let lines = display.sketch(columns: columns, at: Self.start + .seconds(5))
    #expect(lines.count == 2)
    for line in lines { #expect(TerminalText.columns(of: line) <= columns, "\(line)") }
    switch columns {
    case 120:
      #expect(
        lines == ["猫と犬, network 1 of 3", "  [======                  ] 25/100 images of 猫と犬, 15 s left"])
    case 39: #expect(lines[1] == "  25/100 images of 猫と犬, 15 s left")
    default: break
    }
  }

  @Test("The time left for all parts comes from those that ended, without what was kept from an earlier run")
  func parts() throws {
    var display = ProgressDisplay(at: Self.start)
    func begin(_ number: Int, at seconds: Int) -> String? {
      _ = display.take(
        .part(name: "network \(number) of 4", number: number, count: 4), at: Self.start + .seconds(seconds))
      _ = display.take(.stage("network \(number) of 4: training"), at: Self.start + .seconds(seconds))
      return display.sketch(columns: 80, at: Self.start + .seconds(seconds)).first
    }
    #expect(begin(1, at: 0) == "network 1 of 4")
    // The first was found finished.
    #expect(begin(2, at: 1) == "network 2 of 4")
    _ = display.take(.epoch(try Self.record(), of: 1), at: Self.start + .seconds(60))
    #expect(begin(3, at: 101) == "network 3 of 4, 3 min left")
    #expect(
      display.sketch(columns: 80, at: Self.start + .seconds(161)) == ["network 3 of 4, 2 min 20 s left"])
    _ = display.take(.stage("drawing"), at: Self.start + .seconds(162))
    #expect(display.sketch(columns: 80) == [])
  }

  @Test("Of parts inside parts the outermost are told, and stay while the inner ones come and go")
  func nested() throws {
    let told = Told()
    for table in 1...2 {
      let outer = try stages(of: "table \(table)", number: table, count: 2) { told.take($0) }
      for network in 1...3 {
        let inner = try stages(of: "network \(network)", number: network, count: 3, outer)
        try inner(.stage("training"))
        #expect(told.display.sketch(columns: 80).first?.hasPrefix("table \(table) (\(table) of 2)") == true)
        try inner(.epoch(try Self.record(), of: 1))
      }
    }
    #expect(told.lines.filter { $0.hasSuffix("training") }.last == "table 2: network 3: training")
  }

  private final class Told: @unchecked Sendable {  // used by one thread
    var display = ProgressDisplay()
    var lines: [String] = []
    func take(_ event: ExperimentProgress) { lines += display.take(event).map(\.text) }
  }

  @Test("Steps found done are no measure of speed, and a step without a measure promises nothing")
  func steps() {
    var display = ProgressDisplay(at: Self.start)
    _ = display.take(.stage("ranking"), at: Self.start)
    _ = display.take(.step(done: 90, total: 100, unit: "blocks"), at: Self.start + .seconds(1))
    #expect(display.sketch(columns: 60, at: Self.start)[0].hasSuffix("] 90/100 blocks"))
    _ = display.take(.step(done: 95, total: 100, unit: "blocks"), at: Self.start + .seconds(11))
    #expect(
      display.sketch(columns: 60, at: Self.start + .seconds(11))[0].hasSuffix("] 95/100 blocks, 11 s left"))
  }

  @Test(
    "Durations",
    arguments: [
      (0.2, "1 s"), (59, "59 s"), (60, "1 min 00 s"), (125, "2 min 05 s"), (245, "4 min"),
      (3599, "1 h 00 min"),
      (7800, "2 h 10 min"), (.infinity, "?"), (.nan, "?"),
    ])
  func durations(seconds: Double, text: String) { #expect(ProgressDisplay.duration(seconds) == text) }

  @Test("Names in a line about progress move no cursor")
  func names() {
    var display = ProgressDisplay()
    #expect(display.take(.stage("reading \u{1B}[2J\n"))[0].text == "reading \\u{1B}[2J\\u{A}")
  }
}
