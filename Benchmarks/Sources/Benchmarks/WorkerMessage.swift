/// The first line that a worker writes: `{"imageCount": …, "versions": {…}, "settings": {…}}`, or
/// `{"unavailable": "why"}`.
enum WorkerGreeting: Codable {
  /// Images in one repetition; versions of what computes; what was chosen, such as threads and batch size.
  case ready(imageCount: Int, versions: [String: String], settings: [String: String])
  case unavailable(reason: String)

  private enum Keys: String, CodingKey { case unavailable, imageCount, versions, settings }

  init(from decoder: Decoder) throws {
    let values = try decoder.container(keyedBy: Keys.self)
    if let reason = try values.decodeIfPresent(String.self, forKey: .unavailable) {
      self = .unavailable(reason: reason)
    } else {
      self = .ready(
        imageCount: try values.decode(Int.self, forKey: .imageCount),
        versions: try values.decode([String: String].self, forKey: .versions),
        settings: try values.decode([String: String].self, forKey: .settings))
    }
  }

  func encode(to encoder: Encoder) throws {
    var values = encoder.container(keyedBy: Keys.self)
    switch self {
    case .ready(let imageCount, let versions, let settings):
      try values.encode(imageCount, forKey: .imageCount)
      try values.encode(versions, forKey: .versions)
      try values.encode(settings, forKey: .settings)
    case .unavailable(let reason):
      try values.encode(reason, forKey: .unavailable)
    }
  }
}

/// A worker's answer to a line on its standard input: it has done its work once.
struct WorkerAnswer: Codable {
  let seconds: Double
  /// What became of the images, where the amount of work depends on it: `attacked`, `succeeded`, `surviving`.
  let counts: [String: Int]?
}
