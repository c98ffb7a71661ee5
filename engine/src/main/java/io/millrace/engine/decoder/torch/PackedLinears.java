package io.millrace.engine.decoder.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The packed weights of all linears, each in the form that its kernel takes. One whose shape a
 * kernel cannot take is kept in float32 for {@link TorchKernel#PLAIN}.
 */
final class PackedLinears {
  private static final Logger log = LoggerFactory.getLogger(PackedLinears.class);

  /** Numbers of a weight that are quantised at once. */
  private static final long PIECE_ELEMENTS = 16 << 20;

  /** Rows that lie together in a packed weight, at most. */
  private static final int ROWS_TOGETHER = 64;

  /** The suffix of a kernel's name, if it is given a gate and what it gates as two matrices. */
  private static final String GATED = "-gated";

  private final KernelPair kernels;
  private final TorchProgram program;
  private final PtNDManager manager;
  private final Layout few = new Layout();
  private final Layout many = new Layout();
  private final List<PtNDArray> tensors = new ArrayList<>();
  private final List<PtNDArray> columns = new ArrayList<>();
  private final IValue packed;
  private long numPacked;
  private boolean headFirst;

  /** The kernel's name of each linear, and the index of its first tensor. */
  private record Layout(List<String> kernels, List<Long> places) {
    Layout() {
      this(new ArrayList<>(), new ArrayList<>());
    }

    void add(String kernel, long place) {
      kernels.add(kernel);
      places.add(place);
    }

    /** The layout as the program's parameters {@code kernels} and {@code places}. */
    List<IValue> values() {
      IValue[] names = kernels.stream().map(IValue::from).toArray(IValue[]::new);
      IValue named = IValue.listFrom(names);
      Arrays.stream(names).forEach(IValue::close);
      return List.of(named, IValue.listFrom(places.stream().mapToLong(Long::longValue).toArray()));
    }
  }

  /** The use that the program makes of a product. */
  private enum Use {
    PRODUCT,
    /** The rows of the gate, then as many of what it gates. */
    GATED
  }

  /**
   * @param manager keeps the packed tensors, and the values that are made of them
   */
  PackedLinears(KernelPair kernels, TorchProgram program, PtNDManager manager) {
    this.kernels = kernels;
    this.program = program;
    this.manager = manager;
    this.packed = TorchEngine.keep(manager, program.call("no_packed"));
  }

  /**
   * Packs the next linear.
   *
   * @param weight [out, in], float32
   * @param factors [in], factors of the weight's columns; empty for none
   */
  void add(PtNDArray weight, PtNDArray factors) {
    add(Use.PRODUCT, kernels.few(), kernels.many(), weight, factors);
  }

  /** Packs the gate and up linears, one above the other; neither has a bias. */
  void addGated(PtNDArray weight, PtNDArray factors) {
    add(Use.GATED, kernels.few(), kernels.many(), weight, factors);
  }

  /** Packs the output head, before all others; the program has it as the last. */
  void addHead(PtNDArray weight, PtNDArray factors) {
    headFirst = true;
    add(Use.PRODUCT, kernels.few().head(), kernels.many().head(), weight, factors);
  }

  /** [out, in] tensors of the packed weights: the program's list {@code weights}. */
  PtNDArray[] weights() {
    return tensors.toArray(PtNDArray[]::new);
  }

  /** Factors of each linear's columns: the program's list {@code columns}. */
  PtNDArray[] columns() {
    return inOrder(columns).toArray(PtNDArray[]::new);
  }

  /** What was added for each linear, in the program's order. */
  <T> List<T> inOrder(List<T> added) {
    List<T> ordered = new ArrayList<>(added);
    if (headFirst) {
      Collections.rotate(ordered, -1);
    }
    return ordered;
  }

  /**
   * The program's parameters {@code kernels}, {@code places} and {@code packed}, which are kept.
   */
  List<IValue> layout(boolean manyRows) {
    List<IValue> values = new ArrayList<>();
    Layout added = manyRows ? many : few;
    Layout ordered = new Layout(inOrder(added.kernels), inOrder(added.places));
    ordered.values().forEach(value -> values.add(TorchEngine.keep(manager, value)));
    values.add(packed);
    return values;
  }

  /** The first linear as a function, for trying the kernel out; it lives as long as the manager. */
  UnaryOperator<PtNDArray> first() {
    PtNDArray[] none = {};
    IValue linears =
        TorchEngine.keep(
            manager,
            TorchEngine.listsByName(
                Map.of("weights", weights(), "columns", columns(), "biases", none)));
    List<IValue> layout = layout(false);
    return x -> {
      try (IValue input = IValue.from(x);
          IValue first = IValue.from(0L)) {
        List<IValue> arguments = new ArrayList<>(List.of(input, first, linears));
        arguments.addAll(layout);
        return program.tensor(manager, "product", arguments.toArray(IValue[]::new));
      }
    };
  }

  private void add(
      Use use, TorchKernel fewRows, TorchKernel manyRows, PtNDArray weight, PtNDArray factors) {
    factors.attach(manager);
    columns.add(factors);
    TorchKernel first = fitting(fewRows, weight);
    pack(use, first, weight, factors, few);
    if (fewRows == manyRows) {
      int last = few.kernels.size() - 1;
      many.add(few.kernels.get(last), few.places.get(last));
    } else if (first.quantized()) {
      // The same numbers for any number of rows.
      try (PtNDArray values = quantizedValues(first, weight)) {
        pack(use, fitting(manyRows, weight), values, factors, many);
      }
    } else {
      pack(use, fitting(manyRows, weight), weight, factors, many);
    }
  }

  private static TorchKernel fitting(TorchKernel wanted, PtNDArray weight) {
    long out = weight.getShape().get(0);
    long in = weight.getShape().get(1);
    if (wanted.takes(out, in)) {
      return wanted;
    }
    log.warn("kernel {} takes no weight of {} x {}; kept in fp32", wanted.label(), out, in);
    return TorchKernel.PLAIN;
  }

  private void pack(Use use, TorchKernel by, PtNDArray weight, PtNDArray factors, Layout layout) {
    if (factors.size() == 0 || !by.folds()) {
      pack(use, by, weight, layout);
      return;
    }
    try (NDArray folded = weight.mul(factors)) {
      pack(use, by, (PtNDArray) folded, layout);
    }
  }

  private void pack(Use use, TorchKernel by, PtNDArray weight, Layout layout) {
    if (by.quantized()) {
      addQuantized(by, weight, layout);
    } else if (use == Use.GATED && by.isOnednn()) {
      addGatedHalves(by, weight, layout);
    } else if (by == TorchKernel.FBGEMM_FP16) {
      layout.add(by.label(), numPacked++);
      try (IValue value = IValue.from(weight)) {
        program.call("pack_fp16", packed, value).close();
      }
    } else {
      layout.add(by.label(), tensors.size());
      addTensor(by, weight);
    }
  }

  private void addGatedHalves(TorchKernel by, PtNDArray weight, Layout layout) {
    layout.add(by.label() + GATED, tensors.size());
    long half = weight.getShape().get(0) / 2;
    try (PtNDArray gate = (PtNDArray) weight.get(":{}", half);
        PtNDArray up = (PtNDArray) weight.get("{}:", half)) {
      addTensor(by, gate);
      addTensor(by, up);
    }
  }

  private void addTensor(TorchKernel by, PtNDArray weight) {
    try (IValue value = IValue.from(weight);
        IValue type = IValue.from(by.scalarType().code())) {
      tensors.add(program.tensor(manager, by.isOnednn() ? "pack_onednn" : "cast", value, type));
    }
  }

  /** Packs some rows after the other, because what it takes to pack them is many times as large. */
  private void addQuantized(TorchKernel by, PtNDArray weight, Layout layout) {
    layout.add(by.label(), tensors.size());
    List<PtNDArray> packed = new ArrayList<>();
    List<PtNDArray> scales = new ArrayList<>();
    long out = weight.getShape().get(0);
    long most = Math.max(1, PIECE_ELEMENTS / weight.getShape().get(1) / ROWS_TOGETHER);
    long step = most * ROWS_TOGETHER;
    for (long first = 0; first < out; first += step) {
      try (PtNDArray rows =
              (PtNDArray) weight.get(new NDIndex("{}:{}", first, Math.min(out, first + step)));
          IValue value = IValue.from(rows)) {
        PtNDArray scale = program.tensor(manager, by.label() + "_scales", value);
        scales.add(scale);
        try (IValue scaled = IValue.from(scale)) {
          packed.add(program.tensor(manager, "pack_" + by.label(), value, scaled));
        }
      }
    }
    tensors.add(joined(packed, 0));
    tensors.add(joined(scales, by == TorchKernel.INT4 ? 1 : 0));
  }

  private PtNDArray joined(List<PtNDArray> parts, int axis) {
    if (parts.size() == 1) {
      return parts.get(0);
    }
    PtNDArray whole = (PtNDArray) NDArrays.concat(new NDList(List.copyOf(parts)), axis);
    parts.forEach(PtNDArray::close);
    whole.attach(manager);
    return whole;
  }

  /** The numbers that the weight packed last stands for. */
  private PtNDArray quantizedValues(TorchKernel by, PtNDArray weight) {
    try (IValue value = IValue.from(weight);
        IValue scales = IValue.from(tensors.get(tensors.size() - 1))) {
      return program.tensor(manager, by.label() + "_values", value, scales);
    }
  }
}
