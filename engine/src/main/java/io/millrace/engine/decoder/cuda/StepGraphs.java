package io.millrace.engine.decoder.cuda;

import io.millrace.engine.cuda.CudaDevice;
import io.millrace.engine.cuda.CudaGraph;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The graphs of steps, one for each layout in which every sequence has one token. The first step of
 * a layout runs launch by launch, which loads all that it needs; the second is recorded; from then
 * on a step is one launch.
 */
final class StepGraphs implements AutoCloseable {
  private final CudaDevice device;
  private final Set<StepLayout> seen = new HashSet<>();
  private final Map<StepLayout, CudaGraph> graphs = new HashMap<>();

  StepGraphs(CudaDevice device) {
    this.device = device;
  }

  /**
   * Runs a step.
   *
   * @param work its launches, which are the same for all steps of its layout
   */
  void run(StepLayout layout, Runnable work) {
    CudaGraph graph = graphs.get(layout);
    if (graph == null && layout.isDecode() && !seen.add(layout)) {
      graph = device.capture(work);
      graphs.put(layout, graph);
    }
    if (graph == null) {
      work.run();
    } else {
      graph.launch();
    }
  }

  /** How many were recorded. */
  int count() {
    return graphs.size();
  }

  @Override
  public void close() {
    graphs.values().forEach(CudaGraph::close);
    graphs.clear();
  }
}
