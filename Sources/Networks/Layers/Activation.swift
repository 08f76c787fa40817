import OneDNN

/// A layer that applies one function to each value.
///
///     y_i = f(x_i),   ∂L/∂x_i = f′(x_i) ∂L/∂y_i
///
/// A conforming type says its word, its title, its function and its bounds. Where the function is computed (as the result
/// before it is stored, in its place, or beside it) follows from ``Elementwise/derivative``.
protocol Activation: LayerKind {
  /// Its name in captions: "ReLU" of "after ReLU".
  static var title: String { get }
  var function: Elementwise { get }
}

extension Activation {
  func shape(of inputs: [[Int]]) -> [Int] { inputs[0] }

  var activation: Elementwise? { function }
  var isElementwise: Bool { true }
  var stage: FeatureStage { .words("after \(Self.title)") }
  /// By another activation behind it.
  var mayBeOverwritten: Bool { function.derivative == .fromSource }

  func lower(_ position: Int, _ sources: [PlanBuilder.Value], in plan: PlanBuilder) throws
    -> PlanBuilder.Value
  {
    try plan.lowerActivation(position, function, sources[0])
  }
}

extension PlanBuilder {
  /// The activation that is a node's only reader, if it can be applied while the node's result is stored.
  func fusedActivation(after position: Int) -> Elementwise? {
    if purpose == .output(node: position) || purpose == .watched { return nil }
    let readers = graph.readers(of: position)
    guard readers.count == 1, position != graph.nodes.count - 1,
      let activation = graph.nodes[readers[0]].layer.definition.activation, canLoseSource(of: activation),
      graph.nodes[position].layer.definition.fuses(activation, in: graph, at: position)
    else { return nil }
    return activation
  }

  /// Whether a node's result may be overwritten by its activation: one reader, and no gradient needs the result.
  func mayOverwrite(_ position: Int, by activation: Elementwise) -> Bool {
    purpose != .output(node: position) && graph.readers(of: position).count == 1
      && canLoseSource(of: activation) && graph.nodes[position].layer.definition.mayBeOverwritten
  }

  /// Whether what an activation reads is not needed for its gradient.
  private func canLoseSource(of activation: Elementwise) -> Bool {
    activation.derivative == .fromResult || !purpose.needsGradients
  }

  fileprivate func lowerActivation(
    _ position: Int, _ activation: Elementwise, _ source: Value
  ) throws -> Value {
    let input = graph.nodes[position].inputs[0]
    // Already applied where the source was stored; or applied in place, if nothing else reads the source.
    let isFused = input.map { fusedActivation(after: $0) != nil } ?? false
    let inPlace = isFused || (input.map { mayOverwrite($0, by: activation) } ?? false)
    let result =
      inPlace
      ? source
      : Value(try allocate(source.memory.description), needsGradient: source.needsGradient)
    let description = try PrimitiveDescription.activation(
      device, activation, keepsForGradient: purpose.needsGradients, data: result.memory.description)
    if !isFused { emit(description, [(.source, source.memory), (.destination, result.memory)]) }

    if result.needsGradient {
      onGradient { [self] in
        guard let gradient = result.gradient else { return }
        let layout = result.memory.description
        let gradientDescription = try PrimitiveDescription.activationGradient(
          device, activation, data: layout, gradient: layout, forward: description)
        let kept: (Primitive.Argument, Memory) =
          switch activation.derivative {
          case .fromResult: (.destination, result.memory)
          case .fromSource: (.source, source.memory)
          }
        let operands = [kept, (.destinationGradient, gradient)]
        if inPlace {
          emit(gradientDescription, operands + [(.sourceGradient, gradient)])
        } else {
          try contribute(to: source, in: layout) {
            emit(gradientDescription, operands + [(.sourceGradient, $0)])
          }
        }
      }
    }
    return result
  }
}
