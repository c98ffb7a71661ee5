package io.millrace.grammar.schema;

import io.millrace.grammar.pushdown.Edge;
import io.millrace.grammar.pushdown.Node;
import java.util.List;

/** A place inside a rule whose ways on are known. */
final class Fork extends Node {
  private final List<Edge> edges;

  Fork(List<Edge> edges) {
    this.edges = edges;
  }

  @Override
  protected List<Edge> expand() {
    return edges;
  }

  @Override
  public boolean isEnd() {
    return false;
  }
}
