import Testing

@testable import LocalServer

struct RequestGuardTests {
  @Test("Names are compared without regard to case, with the port, and without it where it is 80")
  func authorities() {
    #expect(
      ServerAddress(host: "127.0.0.1", port: 8080, names: ["LocalHost"]).authorities
        == ["127.0.0.1:8080", "localhost:8080"])
    #expect(ServerAddress(host: "::1", port: 80).authorities == ["[::1]:80", "[::1]"])
    #expect(ServerAddress(host: "::1", port: 81).url.absoluteString == "http://[::1]:81/")
  }

  @Test("A name of another address of the machine is let through only if it was given")
  func names() {
    let address = ServerAddress(host: "192.0.2.1", port: 8000, names: ["lab.example"])
    let gate = RequestGuard(authorities: address.authorities)
    for (host, isIn) in [("lab.example:8000", true), ("192.0.2.1:8000", true), ("localhost:8000", false)] {
      let refusal = gate.refusal(isEntrance: false) { $0 == "host" ? host : nil }
      #expect((refusal == nil) == isIn)
    }
  }
}
