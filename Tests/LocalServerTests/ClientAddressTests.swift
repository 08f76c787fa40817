import NIOCore
import Testing

@testable import LocalServer

struct ClientAddressTests {
  @Test(
    "A client is counted by its IPv4 address, or by the 64 bits of IPv6 that it has to itself",
    arguments: [
      ("192.168.1.20", "192.168.1.20"), ("::ffff:192.168.1.20", "192.168.1.20"),
      ("2001:db8::1", "2001:db8:0:0"),
      ("2001:db8:0:0:ffff:1:2:3", "2001:db8:0:0"), ("2001:db8:0:1::1", "2001:db8:0:1"), ("::1", "0:0:0:0"),
    ])
  func counted(address: String, client: String) throws {
    #expect(ClientAddress.counted(try SocketAddress(ipAddress: address, port: 1)) == client)
  }
}
