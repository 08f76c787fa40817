import Images

/// A colour and a short code for every class; the code serves in grey print.
public struct ClassKey: Hashable, Sendable {
  public let names: [String]
  /// One or two characters each, all different.
  public let codes: [String]

  /// Eight colours of Okabe and Ito (2008), which most colour-blind readers can distinguish, plus grey and wine.
  /// Classes beyond the tenth reuse them; codes stay distinct.
  static let palette: [Colour] = [
    0x0072B2, 0xE69F00, 0x009E73, 0xCC79A7, 0x56B4E9, 0xD55E00, 0xF0E442, 0x882255, 0x000000, 0x999999,
  ].map { Colour($0) }

  public init(names: [String]) {
    self.names = names
    codes = Self.codes(for: names)
  }

  public func colour(_ index: Int) -> Colour { Self.palette[index % Self.palette.count] }

  /// The initial if no other class shares it, otherwise the initial and the first later letter that distinguishes the
  /// class; numbers if that fails for any class.
  private static func codes(for names: [String]) -> [String] {
    let letters = names.map { $0.filter { $0.isLetter || $0.isNumber }.map { String($0).lowercased() } }
    let initials = letters.map { $0.first?.uppercased() ?? "" }
    var taken: Set<String> = []
    var codes: [String] = []
    for (index, name) in letters.enumerated() {
      let isUnique = initials.count { $0 == initials[index] } == 1
      let candidates = isUnique ? [initials[index]] : name.dropFirst().map { initials[index] + $0 }
      guard !initials[index].isEmpty, let code = candidates.first(where: { !taken.contains($0) }) else {
        return names.indices.map(String.init)
      }
      taken.insert(code)
      codes.append(code)
    }
    return codes
  }
}
