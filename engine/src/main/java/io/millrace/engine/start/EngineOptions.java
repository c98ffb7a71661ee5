package io.millrace.engine.start;

import io.millrace.cli.DataSizeConverter;
import io.millrace.cli.Flags;
import io.millrace.engine.load.ModelSettings;
import io.millrace.engine.model.Kernel;
import io.millrace.engine.model.Precision;
import io.millrace.engine.model.Quantization;
import io.millrace.engine.schedule.Policy;
import io.millrace.engine.speculation.SpeculationSettings;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The flags of the engine: how the model is held and computed. */
public final class EngineOptions {
  private static final Pattern DEVICE = Pattern.compile("auto|cpu|cuda(:\\d{1,2})?");

  private static final int MOST_THREADS = 256;
  private static final int MOST_VECTOR_ROWS = 1024;
  private static final int MOST_BATCHED_TOKENS = 1 << 20;

  @Option(
      names = "--block-size",
      paramLabel = "TOKENS",
      description =
          "Tokens of one block of the KV cache: a power of two from 8 to 256 (default: 64 with kernel"
              + " brgemm-bf16, which takes no less than 32, and with kernel vector; else 32).")
  private @Nullable Integer blockSize;

  @Option(
      names = {"-i", "--max-input-len"},
      paramLabel = "TOKENS",
      description = "Longest prompt that is accepted (default: what the model allows).")
  private @Nullable Integer maxInputLen;

  @Option(
      names = {"-o", "--max-output-len"},
      paramLabel = "TOKENS",
      description = "Longest answer (default: what the model leaves after the prompt).")
  private @Nullable Integer maxOutputLen;

  @Option(
      names = {"-d", "--dtype"},
      paramLabel = "TYPE",
      converter = PrecisionConverter.class,
      description =
          "Precision: fp32 (or float32), bf16 (bfloat16), fp16 (float16, half), or auto, which"
              + " follows the checkpoint (default: auto).")
  private Precision dtype = Precision.AUTO;

  @Option(
      names = "--use-cuda-kernel",
      arity = "0..1",
      paramLabel = "true|false",
      fallbackValue = "true",
      description =
          "On a GPU, compute by kernels of our own instead of libtorch's, in fp32, bf16 or fp16. They"
              + " need NVRTC and cuBLASLt; where they cannot be used, the start says why, and libtorch"
              + " computes. They have never run on a GPU: begin with check-golden.")
  private boolean useCudaKernel;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "auto",
      description = "auto, cpu, cuda or cuda:N (default: ${DEFAULT-VALUE}, a GPU if there is one).")
  private String device = "auto";

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of the computation on a CPU (default: one a core).")
  private @Nullable Integer threads;

  @Option(
      names = "--max-num-batched-tokens",
      paramLabel = "TOKENS",
      description =
          "Most tokens of one step, prompts and answers together (default: 512, or --max-batch-size"
              + " if that is more).")
  private @Nullable Integer maxNumBatchedTokens;

  @Option(
      names = "--long-prefill-token-threshold",
      paramLabel = "TOKENS",
      description =
          "Most tokens of one prompt in a step, so that a long one leaves room for others (default:"
              + " what --max-num-batched-tokens allows).")
  private @Nullable Integer longPrefillTokenThreshold;

  @Option(
      names = "--prefill-ratio",
      paramLabel = "R",
      description =
          "Compute prompts and answers in separate steps: prompts as soon as R times as many"
              + " requests wait with a prompt as are being answered, such as 1.2 (default: they"
              + " share every step).")
  private @Nullable Double prefillRatio;

  @Option(
      names = "--enable-prefix-caching",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description =
          "Keep what was computed for a prompt's beginning, for others that begin alike (default:"
              + " ${DEFAULT-VALUE}).")
  private boolean prefixCaching = true;

  @Option(
      names = "--speculative-config",
      paramLabel = "JSON",
      converter = SpeculationConverter.class,
      description =
          "Compute in advance what may follow, and keep it where it is sampled indeed: what stood"
              + " behind the last tokens before, such as"
              + " {\"method\":\"ngram\",\"num_speculative_tokens\":12,\"prompt_lookup_max\":4,"
              + "\"prompt_lookup_min\":2}, or what a smaller model with the same tokens guesses:"
              + " {\"method\":\"draft_model\",\"model\":\"MODEL\",\"num_speculative_tokens\":5}"
              + " (default: none). Also disable_by_batch_size: only while no more sequences than so"
              + " many share a step (8 unless set).")
  private @Nullable SpeculationSettings speculation;

  @Option(
      names = "--kv-cache-memory",
      paramLabel = "SIZE",
      converter = DataSizeConverter.class,
      description = "Memory of the KV cache, such as 2GiB (default: chosen from what is free).")
  private @Nullable Long kvCacheMemory;

  @Mixin private TemplateOptions templates = new TemplateOptions();

  @Option(
      names = "--kernel",
      paramLabel = "KERNEL",
      converter = KernelConverter.class,
      description =
          "How weights are multiplied on a CPU: plain, onednn-fp32, onednn-bf16, fbgemm-fp16,"
              + " brgemm-bf16, vector, or auto, which takes the fastest one here (default: auto).")
  private @Nullable Kernel kernel;

  @Option(
      names = "--max-vector-rows",
      paramLabel = "N",
      description =
          "Decode up to N sequences at once with vectors in Java, on a CPU with AVX2 or more; 0 for"
              + " never, and leave other steps to another kernel (default: 1 for int4; on a CPU with"
              + " AVX512-BF16 1 for bf16, else all for bf16 and 8 for int8; for all others 0).")
  private @Nullable Integer maxVectorRows;

  @Option(
      names = "--batch-invariant",
      description =
          "Compute every token by one kernel, so that equal prompts and seeds give equal answers to"
              + " the bit, alone and in any company, and after another worker took over. Slower,"
              + " prompts above all. On a CPU with AVX2 or more, in fp32, bf16 or int8.")
  private boolean batchInvariant;

  @Option(
      names = "--quantize",
      paramLabel = "TYPE",
      description =
          "Keep weights in 8 or 4 bits, whatever --dtype says: int8, int4 or none (default: none)."
              + " On a CPU only.")
  private Quantization quantization = Quantization.NONE;

  /** The default flags, but with float32. */
  public static EngineOptions inFloat32() {
    EngineOptions options = new EngineOptions();
    options.dtype = Precision.FP32;
    return options;
  }

  /** The flags of a float32 reference on the same machine, to compare with. */
  public EngineOptions reference() {
    EngineOptions options = inFloat32();
    options.blockSize = blockSize;
    options.device = device;
    options.threads = threads;
    options.kvCacheMemory = kvCacheMemory;
    return options;
  }

  /** Refuses values that no engine can be built from. */
  public void validate(int maxBatchSize) {
    Flags.require(
        blockSize == null
            || (blockSize >= 8 && blockSize <= 256 && Integer.bitCount(blockSize) == 1),
        "--block-size",
        "a power of two from 8 to 256",
        blockSize);
    Flags.requireAtLeast("--max-input-len", 1, maxInputLen);
    Flags.requireAtLeast("--max-output-len", 1, maxOutputLen);
    Flags.requireBetween("--threads", 1, mostThreads(), threads);
    Flags.requireBetween("--max-vector-rows", 0, MOST_VECTOR_ROWS, maxVectorRows);
    Flags.require(
        maxNumBatchedTokens == null
            || (maxNumBatchedTokens >= maxBatchSize && maxNumBatchedTokens <= MOST_BATCHED_TOKENS),
        "--max-num-batched-tokens",
        "at least --max-batch-size, which is %d, and at most %d"
            .formatted(maxBatchSize, MOST_BATCHED_TOKENS),
        maxNumBatchedTokens);
    Flags.requireAtLeast("--long-prefill-token-threshold", 1, longPrefillTokenThreshold);
    Flags.require(
        prefillRatio == null || (prefillRatio > 0 && Double.isFinite(prefillRatio)),
        "--prefill-ratio",
        "a number above 0",
        prefillRatio);
    Flags.require(
        DEVICE.matcher(device).matches(), "--device", "auto, cpu, cuda or cuda:N", device);
    Flags.require(
        !useCudaKernel || !device.equals("cpu"),
        "--device",
        "auto, cuda or cuda:N when --use-cuda-kernel is given",
        device);
    Flags.require(
        kvCacheMemory == null || kvCacheMemory > 0,
        "--kv-cache-memory",
        "more than nothing",
        kvCacheMemory);
    validateQuantization();
    validateBatchInvariant();
    templates.validate();
  }

  /** Threads beyond the cores gain nothing; but a container may be told of fewer than it has. */
  private static int mostThreads() {
    return Math.max(MOST_THREADS, Runtime.getRuntime().availableProcessors());
  }

  private void validateQuantization() {
    boolean quantized = quantization != Quantization.NONE;
    Flags.require(
        !quantized || kernel == null || kernel == Kernel.VECTOR,
        "--kernel",
        "auto or vector when --quantize %s is given".formatted(quantization.label()),
        kernel == null ? null : kernel.label());
    Flags.require(
        !quantized || !device.startsWith("cuda"),
        "--device",
        "auto or cpu when --quantize %s is given".formatted(quantization.label()),
        device);
  }

  private void validateBatchInvariant() {
    Flags.require(
        !batchInvariant || kernel == null,
        "--kernel",
        "auto when --batch-invariant is given, which has a kernel of its own",
        kernel == null ? null : kernel.label());
    Flags.require(
        !batchInvariant || maxVectorRows == null,
        "--max-vector-rows",
        "left out when --batch-invariant is given, which takes vectors for all",
        maxVectorRows);
  }

  /** The model's part of the flags, when at most {@code maxBatchSize} sequences share a step. */
  ModelSettings modelSettings(int maxBatchSize) {
    return new ModelSettings(
        dtype,
        quantization,
        device,
        useCudaKernel,
        kernel,
        maxVectorRows,
        batchInvariant,
        threads(),
        blockSize,
        maxBatchSize,
        maxModelLen(),
        kvCacheMemory,
        null);
  }

  /** Tokens a block of the KV cache holds; null for what is fastest. */
  public @Nullable Integer blockSize() {
    return blockSize;
  }

  /** Tokens a prompt may have; null for what the model allows. */
  public @Nullable Integer maxInputLen() {
    return maxInputLen;
  }

  /** Tokens of prompt and answer together; null for what the model allows. */
  @Nullable Integer maxModelLen() {
    return maxInputLen == null || maxOutputLen == null
        ? null
        : (int) Math.min((long) maxInputLen + maxOutputLen, Integer.MAX_VALUE);
  }

  /** Tokens an answer may have; null for what the model allows. */
  public @Nullable Integer maxOutputLen() {
    return maxOutputLen;
  }

  /** The quantisation of the weights. */
  public Quantization quantization() {
    return quantization;
  }

  /** The precision that is computed in. */
  public Precision precision() {
    return dtype;
  }

  /** Whether kernels of our own are preferred on a GPU. */
  public boolean useCudaKernel() {
    return useCudaKernel;
  }

  /** The device: {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}. */
  public String device() {
    return device;
  }

  /** Threads of the computation on a CPU. */
  public int threads() {
    return threads == null ? Runtime.getRuntime().availableProcessors() : threads;
  }

  /** Tokens a step may compute when at most {@code maxBatchSize} sequences share it. */
  public int maxNumBatchedTokens(int maxBatchSize) {
    return maxNumBatchedTokens == null ? Math.max(512, maxBatchSize) : maxNumBatchedTokens;
  }

  /** The scheduling policy when at most {@code maxBatchSize} sequences share a step. */
  public Policy policy(int maxBatchSize) {
    Policy policy = Policy.mixed(maxBatchSize, maxNumBatchedTokens(maxBatchSize));
    if (longPrefillTokenThreshold != null) {
      policy = policy.withMaxChunk(longPrefillTokenThreshold);
    }
    return policy.withPrefillRatio(prefillRatio);
  }

  /** Whether prompts may begin with what was computed for others. */
  public boolean prefixCaching() {
    return prefixCaching;
  }

  /** How tokens are computed in advance; null for none. */
  public @Nullable SpeculationSettings speculation() {
    return speculation;
  }

  /** Memory of the KV cache; null leaves the choice to the engine. */
  public @Nullable Long kvCacheMemory() {
    return kvCacheMemory;
  }

  /** How conversations become prompts. */
  public TemplateOptions templates() {
    return templates;
  }

  /** Sequences that are decoded with vectors at most; null for the model's own choice. */
  public @Nullable Integer maxVectorRows() {
    return maxVectorRows;
  }

  /** How weights are multiplied; null for the fastest way on this machine. */
  public @Nullable Kernel kernel() {
    return kernel;
  }
}
