package io.millrace.grammar.schema;

import io.millrace.grammar.json.JsonLexemes;
import io.millrace.grammar.pushdown.Edge;
import io.millrace.grammar.pushdown.Node;
import java.util.ArrayList;
import java.util.List;

/** The place before a value: the rule of all values that satisfy one formula. */
final class ValueNode extends Node {
  private final Values.Forms forms;
  private final ValueNodes all;

  /** Whether some value was found that satisfies the formula; grows while the grammar is made. */
  private boolean productive;

  ValueNode(Values.Forms forms, ValueNodes all) {
    this.forms = forms;
    this.all = all;
  }

  boolean isProductive() {
    return productive;
  }

  /** Looks again, as others may have become productive; says whether it changed. */
  boolean update() {
    boolean before = productive;
    productive =
        productive
            || !forms.scalars().isNothing()
            || forms.objects().stream().anyMatch(this::isProductive)
            || forms.arrays().stream().anyMatch(this::isProductive);
    return productive != before;
  }

  private boolean isProductive(ObjectShape shape) {
    return new ObjectRule(shape, all).start().isPossible();
  }

  private boolean isProductive(ArrayShape shape) {
    return new ArrayRule(shape, all).start().isPossible();
  }

  @Override
  protected List<Edge> expand() {
    JsonLexemes lexemes = all.lexemes();
    List<Edge> edges = new ArrayList<>();
    if (!forms.scalars().isNothing()) {
      edges.add(Edge.read(lexemes.scalar(forms.scalars()), END));
    }
    for (ObjectShape shape : forms.objects()) {
      ObjectRule.Place start = new ObjectRule(shape, all).start();
      if (start.isPossible()) {
        edges.add(Edge.read(lexemes.bracket("{"), start));
      }
    }
    for (ArrayShape shape : forms.arrays()) {
      ArrayRule.Place start = new ArrayRule(shape, all).start();
      if (start.isPossible()) {
        edges.add(Edge.read(lexemes.bracket("["), start));
      }
    }
    return edges;
  }

  @Override
  public boolean isEnd() {
    return false;
  }
}
