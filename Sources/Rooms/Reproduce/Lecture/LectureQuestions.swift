/// The questions that the lecture leaves open, each answered by the command that is made for it, small: what black boxes
/// give away, noise at inference, privacy, domain shift, poisoned training.
struct LectureQuestions {
  let bench: ReproductionBench

  func measure() throws -> [Reproduction.Section] {
    var sections: [Reproduction.Section] = []
    sections += try LectureBlackBox(bench: bench).measure()
    sections += try LectureSubstitute(bench: bench).measure()
    sections += try LectureNoise(bench: bench).measure()
    sections += try LecturePrivacy(bench: bench).measure()
    sections += try LectureShift(bench: bench).measure()
    sections += try LecturePoison(bench: bench).measure()
    return sections
  }
}

extension String {
  /// What a command prints as a line, in a list of sentences.
  var asSentence: String {
    // Not ε, whose capital is another sign.
    let text = first?.isASCII == true ? prefix(1).uppercased() + dropFirst() : self
    return text.hasSuffix(".") ? text : text + "."
  }
}

extension ReproductionBench {
  /// How far a pixel may move: what leaves a digit legible, and a quarter of it where images are not black and white.
  var lectureEpsilon: Float { dataset.name == "mnist" ? 0.2 : 0.05 }

  /// Networks of one kind, with seeds one after the other.
  func lectureSubjects(_ kind: (Int) -> PapersNetwork) throws -> [Subject] {
    try subjects((0..<scale.lecture.networkCount).map(kind))
  }
}
