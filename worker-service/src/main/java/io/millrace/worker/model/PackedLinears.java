package io.millrace.worker.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
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
  private final List<PtNDArray> columns = new ArrayList<>();
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
   * @param factors [in], what the weight's columns are multiplied by; empty for nothing
   */
  void add(PtNDArray weight, PtNDArray factors) {
    add(kernel, weight, factors);
  }

  /** Packs the output head, like any other but for the kernel. */
  void addHead(PtNDArray weight, PtNDArray factors) {
    add(kernel.head(), weight, factors);
  }

  /**
   * Adds the program's parameters {@code layout}, {@code weights}, {@code packed}, {@code columns}.
   */
  void addTo(List<IValue> constants) {
    boolean anyColumns = columns.stream().anyMatch(each -> each.size() > 0);
    constants.add(IValue.listFrom(layout.stream().mapToLong(Long::longValue).toArray()));
    constants.add(list(tensors));
    constants.add(packed);
    constants.add(list(anyColumns ? columns : List.of()));
  }

  /** The first one, for trying the kernel out; it lives as long as the manager. */
  UnaryOperator<PtNDArray> first() {
    List<IValue> constants = new ArrayList<>();
    addTo(constants);
    constants.add(list(List.of()));
    return x -> {
      try (IValue input = IValue.from(x);
          IValue first = IValue.from(0L)) {
        List<IValue> arguments = new ArrayList<>(List.of(input, first));
        arguments.addAll(constants);
        return program.tensor(manager, "linear", arguments.toArray(IValue[]::new));
      }
    };
  }

  private void add(Kernel wanted, PtNDArray weight, PtNDArray factors) {
    long out = weight.getShape().get(0);
    long in = weight.getShape().get(1);
    Kernel by = wanted.takes(out, in) ? wanted : Kernel.PLAIN;
    if (by != wanted) {
      log.warn("kernel {} takes no weight of {} x {}; kept in fp32", wanted.label(), out, in);
    }
    if (factors.size() == 0 || !by.folds()) {
      factors.attach(manager);
      columns.add(factors);
      pack(by, weight);
      return;
    }
    columns.add(manager.create(new Shape(0), DataType.FLOAT32));
    try (NDArray folded = weight.mul(factors)) {
      pack(by, (PtNDArray) folded);
    }
  }

  private void pack(Kernel by, PtNDArray weight) {
    if (by.quantized()) {
      addQuantized(by, weight);
    } else {
      addFloating(by, weight);
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

  private void addQuantized(Kernel by, PtNDArray weight) {
    place(by, tensors.size());
    try (IValue value = IValue.from(weight)) {
      PtNDArray scales = program.tensor(manager, by.label() + "_scales", value);
      try (IValue scaled = IValue.from(scales)) {
        tensors.add(program.tensor(manager, "pack_" + by.label(), value, scaled));
      }
      tensors.add(scales);
    }
  }

  private void place(Kernel by, long first) {
    layout.add((long) by.code());
    layout.add(first);
  }

  private static IValue list(List<PtNDArray> arrays) {
    return IValue.listFrom(arrays.toArray(PtNDArray[]::new));
  }
}
