package io.millrace.worker.model;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Weights of linears as their kernel wants them. One whose shape the kernel cannot take is kept in
 * float32 for {@link Kernel#PLAIN}.
 */
final class PackedLinears {
  private static final Logger log = LoggerFactory.getLogger(PackedLinears.class);

  private final Kernel kernel;
  private final Program program;
  private final PtNDManager manager;
  private final List<Long> layout = new ArrayList<>();
  private final List<PtNDArray> tensors = new ArrayList<>();
  private final IValue packed;
  private long numPacked;

  /**
   * @param manager keeps the packed tensors
   */
  PackedLinears(Kernel kernel, Program program, PtNDManager manager) {
    this.kernel = kernel;
    this.program = program;
    this.manager = manager;
    this.packed = program.call("no_packed");
  }

  /**
   * Packs the next one.
   *
   * @param weight [out, in], float32
   * @param columns [in], what the weight's columns are multiplied by; empty for nothing
   */
  void add(PtNDArray weight, PtNDArray columns) {
    add(kernel, weight, columns);
  }

  /** Packs the output head, like any other but for the kernel. */
  void addHead(PtNDArray weight, PtNDArray columns) {
    add(kernel.head(), weight, columns);
  }

  /** Adds the program's parameters {@code layout}, {@code weights} and {@code packed}. */
  void addTo(List<IValue> constants) {
    constants.add(IValue.listFrom(layout.stream().mapToLong(Long::longValue).toArray()));
    constants.add(IValue.listFrom(tensors.toArray(PtNDArray[]::new)));
    constants.add(packed);
  }

  /** The first one, for trying the kernel out; it lives as long as the manager. */
  UnaryOperator<PtNDArray> first() {
    List<IValue> constants = new ArrayList<>();
    addTo(constants);
    IValue noBias = IValue.listFrom(new PtNDArray[0]);
    return x -> {
      try (IValue input = IValue.from(x);
          IValue first = IValue.from(0L)) {
        return program.tensor(
            manager,
            "linear",
            input,
            first,
            constants.get(0),
            constants.get(1),
            constants.get(2),
            noBias);
      }
    };
  }

  private void add(Kernel by, PtNDArray weight, PtNDArray columns) {
    long out = weight.getShape().get(0);
    long in = weight.getShape().get(1);
    if (!by.takes(out, in)) {
      log.warn("kernel {} cannot take a weight of {} x {}; kept in fp32", by.label(), out, in);
      addFolded(Kernel.PLAIN, weight, columns);
    } else if (by.quantized()) {
      addQuantized(by, weight, columns);
    } else {
      addFolded(by, weight, columns);
    }
  }

  private void addFolded(Kernel by, PtNDArray weight, PtNDArray columns) {
    if (columns.size() == 0) {
      addFloating(by, weight);
      return;
    }
    try (NDArray folded = weight.mul(columns)) {
      addFloating(by, (PtNDArray) folded);
    }
  }

  private void addFloating(Kernel by, PtNDArray weight) {
    if (by == Kernel.FBGEMM_FP16) {
      place(by, numPacked++);
      try (IValue value = IValue.from(weight)) {
        program.call("pack_fp16", packed, value).close();
      }
      return;
    }
    place(by, tensors.size());
    boolean onednn = by == Kernel.ONEDNN_FP32 || by == Kernel.ONEDNN_BF16;
    try (IValue value = IValue.from(weight);
        IValue type = IValue.from((long) by.scalarType())) {
      tensors.add(program.tensor(manager, onednn ? "pack_onednn" : "cast", value, type));
    }
  }

  /** Columns of different size would share a scale if their factors were folded in. */
  private void addQuantized(Kernel by, PtNDArray weight, PtNDArray columns) {
    place(by, tensors.size());
    try (IValue value = IValue.from(weight)) {
      PtNDArray scales = program.tensor(manager, by.label() + "_scales", value);
      try (IValue scaled = IValue.from(scales)) {
        tensors.add(program.tensor(manager, "pack_" + by.label(), value, scaled));
      }
      tensors.add(scales);
    }
    columns.attach(manager);
    tensors.add(columns);
  }

  private void place(Kernel by, long first) {
    layout.add((long) by.code());
    layout.add(first);
  }
}
