/// How much of a workload, and on how many cores; nil: all.
struct WorkSize: Hashable {
  var workers: Int?
  var images: Int?
  var directions: Int?
}
