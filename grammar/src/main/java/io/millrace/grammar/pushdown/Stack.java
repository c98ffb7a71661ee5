package io.millrace.grammar.pushdown;

import java.util.Arrays;

/**
 * A set of stacks, as a tree from their tops: where to go on, and below it another set. Equal sets
 * are equal objects by {@link #equals}; sets share what is below.
 */
final class Stack {
  /** The set of the empty stack alone. */
  static final Stack BOTTOM = new Stack(new Node[0], new Stack[0], true);

  final Node[] nodes;
  final Stack[] rests;
  final boolean bottom;
  private final int hash;

  /** Bytes of the shortest text that returns from all calls; -1 before it was looked for. */
  int shortest = -1;

  private Stack(Node[] nodes, Stack[] rests, boolean bottom) {
    this.nodes = nodes;
    this.rests = rests;
    this.bottom = bottom;
    int sum = bottom ? 1 : 0;
    for (int i = 0; i < nodes.length; i++) {
      sum += System.identityHashCode(nodes[i]) * 31 + rests[i].hash * 17;
    }
    this.hash = sum;
  }

  /** A node on top of each of these stacks. */
  static Stack push(Node node, Stack rest) {
    return node == Node.END ? rest : new Stack(new Node[] {node}, new Stack[] {rest}, false);
  }

  /** All stacks of both. */
  Stack union(Stack other) {
    if (equals(other)) {
      return this;
    }
    Node[] allNodes = Arrays.copyOf(nodes, nodes.length + other.nodes.length);
    Stack[] allRests = Arrays.copyOf(rests, allNodes.length);
    int count = nodes.length;
    for (int i = 0; i < other.nodes.length; i++) {
      int at = indexOf(other.nodes[i]);
      if (at >= 0) {
        allRests[at] = rests[at].union(other.rests[i]);
      } else {
        allNodes[count] = other.nodes[i];
        allRests[count++] = other.rests[i];
      }
    }
    return new Stack(
        Arrays.copyOf(allNodes, count), Arrays.copyOf(allRests, count), bottom || other.bottom);
  }

  private int indexOf(Node node) {
    for (int i = 0; i < nodes.length; i++) {
      if (nodes[i] == node) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public boolean equals(Object object) {
    if (this == object) {
      return true;
    }
    if (!(object instanceof Stack other)
        || hash != other.hash
        || bottom != other.bottom
        || nodes.length != other.nodes.length) {
      return false;
    }
    for (int i = 0; i < nodes.length; i++) {
      int at = other.indexOf(nodes[i]);
      if (at < 0 || !rests[i].equals(other.rests[at])) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
