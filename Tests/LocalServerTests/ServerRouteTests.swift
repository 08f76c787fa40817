import Testing

@testable import LocalServer

struct ServerRouteTests {
  @Test("A star takes one part of plain letters, digits and marks")
  func star() {
    let route = ServerRoute.get("/picture/*") { _ in .text("") }
    #expect(route.name(in: "/picture/n042-top_9.png") == "n042-top_9.png")
    for path in ["/picture/", "/picture", "/picture/.hidden", "/picture/a/b", "/picture/a%20b", "/picture/é"]
    {
      #expect(route.name(in: path) == nil, "\(path)")
    }
  }

  @Test("A path without a star is that path alone")
  func plain() {
    let route = ServerRoute.get("/text") { _ in .text("") }
    #expect(route.name(in: "/text") == "")
    for path in ["/text/", "/Text", "/%74ext", "text"] { #expect(route.name(in: path) == nil, "\(path)") }
  }
}
