package io.millrace.engine.schedule;

import java.util.Arrays;

/** A growing list of ints without boxing. */
public final class IntList {
  private int[] values;
  private int size;

  public IntList(int... initial) {
    values = Arrays.copyOf(initial, Math.max(initial.length, 8));
    size = initial.length;
  }

  public int size() {
    return size;
  }

  public int get(int index) {
    if (index >= size) {
      throw new IndexOutOfBoundsException(index + " of " + size);
    }
    return values[index];
  }

  public void add(int value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size * 2);
    }
    values[size++] = value;
  }

  void set(int index, int value) {
    if (index >= size) {
      throw new IndexOutOfBoundsException(index + " of " + size);
    }
    values[index] = value;
  }

  /** The values of a range, its end excluded. */
  int[] range(int from, int to) {
    return Arrays.copyOfRange(values, from, to);
  }

  /** Removes and returns the last value. */
  public int removeLast() {
    return values[--size];
  }

  public int[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
