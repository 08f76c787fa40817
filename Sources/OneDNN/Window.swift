import COneDNN

/// Geometry of a convolution or a pooling; each pair is (height, width).
public struct Window: Equatable, Sendable {
  public var kernel: (height: Int, width: Int)
  public var stride: (height: Int, width: Int)
  /// Distance between neighbouring kernel elements: 1 is dense.
  public var dilation: (height: Int, width: Int)
  public var paddingBefore: (height: Int, width: Int)
  public var paddingAfter: (height: Int, width: Int)

  public init(
    kernel: (height: Int, width: Int), stride: (height: Int, width: Int),
    dilation: (height: Int, width: Int) = (1, 1), paddingBefore: (height: Int, width: Int),
    paddingAfter: (height: Int, width: Int)
  ) {
    self.kernel = kernel
    self.stride = stride
    self.dilation = dilation
    self.paddingBefore = paddingBefore
    self.paddingAfter = paddingAfter
  }

  public static func == (first: Window, second: Window) -> Bool {
    first.kernel == second.kernel && first.stride == second.stride && first.dilation == second.dilation
      && first.paddingBefore == second.paddingBefore && first.paddingAfter == second.paddingAfter
  }

  /// oneDNN counts the holes between kernel elements, so a dense kernel has dilation 0 there.
  var raw: onednn_window {
    func pair(_ value: (height: Int, width: Int)) -> (Int64, Int64) {
      (Int64(value.height), Int64(value.width))
    }
    return onednn_window(
      kernel: pair(kernel), stride: pair(stride),
      dilation: (Int64(dilation.height - 1), Int64(dilation.width - 1)),
      padding_before: pair(paddingBefore), padding_after: pair(paddingAfter))
  }
}
