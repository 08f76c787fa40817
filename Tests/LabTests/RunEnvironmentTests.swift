import Foundation
import Networks
import Testing

@testable import Lab

@Suite struct RunEnvironmentTests {
  @Test("Records of earlier versions, which name no engine, stay readable")
  func earlier() throws {
    let earlier = """
      {"toolVersion": "0.1.0", "oneDNNVersion": "2.6.3", "system": "Debian", "architecture": "x86_64", "workerCount": 2}
      """
    let read = try JSONDecoder().decode(RunEnvironment.self, from: Data(earlier.utf8))
    #expect(read.engine == nil && read.workerCount == 2)
    #expect(RunEnvironment(workerCount: 1).engine == EngineFingerprint.current)
  }
}
