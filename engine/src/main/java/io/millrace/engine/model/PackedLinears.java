package io.millrace.engine.model;

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
 * Weights of linears as their kernels want them. One whose shape a kernel cannot take is kept in
 * float32 for {@link Kernel#PLAIN}.
 */
final class PackedLinears {
  private static final Logger log = LoggerFactory.getLogger(PackedLinears.class);

  private final Kernels kernels;
  private final Program program;
  private final PtNDManager manager;
  private final List<Long> fewLayout = new ArrayList<>();
  private final List<Long> manyLayout = new ArrayList<>();
  private final List<PtNDArray> tensors = new ArrayList<>();
  private final List<PtNDArray> columns = new ArrayList<>();
  private final IValue packed;
  private long numPacked;

  /** What the program does with a weight beyond multiplying. */
  private enum Use {
    PRODUCT,
    /** The rows of the gate, then as many of what it gates. */
    GATED
  }

  /**
   * @param manager keeps the packed tensors, and the values that are made of them
   */
  PackedLinears(Kernels kernels, Program program, PtNDManager manager) {
    this.kernels = kernels;
    this.program = program;
    this.manager = manager;
    this.packed = Torch.keep(manager, program.call("no_packed"));
  }

  /**
   * Packs the next one.
   *
   * @param weight [out, in], float32
   * @param factors [in], what the weight's columns are multiplied by; empty for nothing
   */
  void add(PtNDArray weight, PtNDArray factors) {
    add(Use.PRODUCT, kernels.few(), kernels.many(), weight, factors);
  }

  /** Packs a gate and what it gates, one above the other; neither has a bias. */
  void addGated(PtNDArray weight, PtNDArray factors) {
    add(Use.GATED, kernels.few(), kernels.many(), weight, factors);
  }

  /** Packs the output head, like any other but for the kernel. */
  void addHead(PtNDArray weight, PtNDArray factors) {
    add(Use.PRODUCT, kernels.few().head(), kernels.many().head(), weight, factors);
  }

  /** Adds the program's parameters {@code weights}, {@code packed}, {@code columns}. */
  void addTo(List<IValue> constants) {
    constants.add(list(tensors));
    constants.add(packed);
    constants.add(list(columns));
  }

  /** The program's parameter {@code layout}, for steps of few rows or of many. */
  IValue layout(boolean many) {
    List<Long> layout = many ? manyLayout : fewLayout;
    return Torch.keep(
        manager, IValue.listFrom(layout.stream().mapToLong(Long::longValue).toArray()));
  }

  /** The first one, for trying the kernel out; it lives as long as the manager. */
  UnaryOperator<PtNDArray> first() {
    List<IValue> constants = new ArrayList<>();
    constants.add(layout(false));
    addTo(constants);
    constants.add(list(List.of()));
    return x -> {
      try (IValue input = IValue.from(x);
          IValue first = IValue.from(0L)) {
        List<IValue> arguments = new ArrayList<>(List.of(input, first));
        arguments.addAll(constants);
        return program.tensor(manager, "product", arguments.toArray(IValue[]::new));
      }
    };
  }

  private void add(Use use, Kernel few, Kernel many, PtNDArray weight, PtNDArray factors) {
    factors.attach(manager);
    columns.add(factors);
    Kernel first = fitting(few, weight);
    pack(use, first, weight, factors, fewLayout);
    if (few == many) {
      manyLayout.addAll(fewLayout.subList(fewLayout.size() - 2, fewLayout.size()));
    } else if (first.quantized()) {
      // The same numbers for any number of rows.
      try (PtNDArray values = quantizedValues(first, weight)) {
        pack(use, fitting(many, weight), values, factors, manyLayout);
      }
    } else {
      pack(use, fitting(many, weight), weight, factors, manyLayout);
    }
  }

  private static Kernel fitting(Kernel wanted, PtNDArray weight) {
    long out = weight.getShape().get(0);
    long in = weight.getShape().get(1);
    if (wanted.takes(out, in)) {
      return wanted;
    }
    log.warn("kernel {} takes no weight of {} x {}; kept in fp32", wanted.label(), out, in);
    return Kernel.PLAIN;
  }

  private void pack(Use use, Kernel by, PtNDArray weight, PtNDArray factors, List<Long> layout) {
    if (factors.size() == 0 || !by.folds()) {
      pack(use, by, weight, layout);
      return;
    }
    try (NDArray folded = weight.mul(factors)) {
      pack(use, by, (PtNDArray) folded, layout);
    }
  }

  private void pack(Use use, Kernel by, PtNDArray weight, List<Long> layout) {
    if (by.quantized()) {
      addQuantized(by, weight, layout);
    } else if (use == Use.GATED && by.isOnednn()) {
      addGatedHalves(by, weight, layout);
    } else if (by == Kernel.FBGEMM_FP16) {
      place(layout, by.code(), numPacked++);
      try (IValue value = IValue.from(weight)) {
        program.call("pack_fp16", packed, value).close();
      }
    } else {
      place(layout, by.code(), tensors.size());
      addTensor(by, weight);
    }
  }

  private void addGatedHalves(Kernel by, PtNDArray weight, List<Long> layout) {
    place(layout, by.gatedCode(), tensors.size());
    long half = weight.getShape().get(0) / 2;
    try (PtNDArray gate = (PtNDArray) weight.get(":{}", half);
        PtNDArray up = (PtNDArray) weight.get("{}:", half)) {
      addTensor(by, gate);
      addTensor(by, up);
    }
  }

  private void addTensor(Kernel by, PtNDArray weight) {
    try (IValue value = IValue.from(weight);
        IValue type = IValue.from((long) by.scalarType())) {
      tensors.add(program.tensor(manager, by.isOnednn() ? "pack_onednn" : "cast", value, type));
    }
  }

  private void addQuantized(Kernel by, PtNDArray weight, List<Long> layout) {
    place(layout, by.code(), tensors.size());
    try (IValue value = IValue.from(weight)) {
      PtNDArray scales = program.tensor(manager, by.label() + "_scales", value);
      try (IValue scaled = IValue.from(scales)) {
        tensors.add(program.tensor(manager, "pack_" + by.label(), value, scaled));
      }
      tensors.add(scales);
    }
  }

  /** What the weight that was packed last stands for. */
  private PtNDArray quantizedValues(Kernel by, PtNDArray weight) {
    try (IValue value = IValue.from(weight);
        IValue scales = IValue.from(tensors.get(tensors.size() - 1))) {
      return program.tensor(manager, by.label() + "_values", value, scales);
    }
  }

  private static void place(List<Long> layout, int code, long first) {
    layout.add((long) code);
    layout.add(first);
  }

  private IValue list(List<PtNDArray> arrays) {
    return Torch.keep(manager, IValue.listFrom(arrays.toArray(PtNDArray[]::new)));
  }
}
