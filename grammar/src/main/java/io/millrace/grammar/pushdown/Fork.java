package io.millrace.grammar.pushdown;

import java.util.List;

/** A place inside a rule whose ways on are known. */
public final class Fork extends Node {
  private final List<Edge> edges;

  /** A place with these ways on. */
  public Fork(List<Edge> edges) {
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
