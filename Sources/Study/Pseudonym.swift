import Tensors

/// Names for participants: "amber otter". They are given in an order that the seed shuffles.
enum Pseudonym {
  private static let colours = [
    "amber", "azure", "bronze", "coral", "crimson", "emerald", "golden", "indigo", "ivory", "jade", "lilac",
    "maroon", "olive", "pearl", "ruby", "sable", "scarlet", "silver", "teal", "violet",
  ]
  private static let animals = [
    "badger", "beaver", "bison", "crane", "dolphin", "falcon", "finch", "fox", "gecko", "heron", "ibex",
    "koala",
    "lemur", "lynx", "marten", "newt", "otter", "panda", "puffin", "raven", "seal", "swan", "tapir", "walrus",
    "wombat",
  ]

  /// - Returns: Different ones for different numbers; after the 500 names, with a number behind.
  static func name(_ number: Int, seed: UInt64) -> String {
    var generator = SeededGenerator(seed: seed, purpose: "study pseudonyms")
    let count = colours.count * animals.count
    let place = generator.permutation(count)[number % count]
    let name = "\(colours[place % colours.count]) \(animals[place / colours.count])"
    return number < count ? name : "\(name) \(number / count + 1)"
  }
}
