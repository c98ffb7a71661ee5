package io.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.cli.StartFailure;
import io.millrace.engine.model.Kernel;
import io.millrace.engine.model.Precision;
import io.millrace.engine.model.Quantization;
import io.millrace.engine.schedule.Policy;
import io.millrace.engine.speculation.NgramSpeculation;
import io.millrace.engine.start.EngineOptions;
import io.millrace.service.ListenAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

final class WorkerOptionsTest {

  @Test
  void defaults_areThoseOfTheHelp() {
    WorkerOptions options = parse();
    options.validate();

    assertThat(options.maxBatchSize()).isEqualTo(32);
    assertThat(options.reservedSlots()).isEqualTo(8);
    assertThat(options.batchSlots()).isEqualTo(4);
    assertThat(options.maxNumBatchedTokens()).isEqualTo(512);
    assertThat(options.drainTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(options.backlogTimeout()).isEqualTo(Duration.ofMinutes(1));
    assertThat(options.healthAddress()).isNull();
    EngineOptions engine = options.engine();
    assertThat(engine.blockSize()).isNull();
    assertThat(engine.maxInputLen()).isNull();
    assertThat(engine.maxOutputLen()).isNull();
    assertThat(engine.precision()).isEqualTo(Precision.AUTO);
    assertThat(engine.useCudaKernel()).isFalse();
    assertThat(engine.device()).isEqualTo("auto");
    assertThat(engine.threads()).isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(engine.kvCacheMemory()).isNull();
    assertThat(engine.prefixCaching()).isTrue();
    assertThat(engine.policy(32)).isEqualTo(Policy.mixed(32, 512));
    assertThat(engine.templates().chatTemplate()).isNull();
    assertThat(engine.templates().promptTemplate()).isNull();
    assertThat(engine.kernel()).isNull();
    assertThat(engine.speculation()).isNull();
    assertThat(engine.quantization()).isEqualTo(Quantization.NONE);
  }

  @Test
  void parse_takesTheSeedsFlags() {
    WorkerOptions options =
        parse(
            "--block-size=16",
            "--max-batch-size=4",
            "-i=100",
            "-o=50",
            "-d=bf16",
            "--use-cuda-kernel",
            "--device=cuda:1",
            "--threads=3",
            "--max-num-batched-tokens=64",
            "--long-prefill-token-threshold=16",
            "--prefill-ratio=1.2",
            "--no-enable-prefix-caching",
            "--kv-cache-memory=2GiB",
            "--chat-template={{ messages }}",
            "--prompt-template=llama",
            "--kernel=fbgemm-fp16",
            "--speculative-config={\"method\":\"ngram\",\"num_speculative_tokens\":6}",
            "--worker-name=w1",
            "--drain-timeout=500ms",
            "--step-timeout=3m",
            "--backlog-timeout=5m",
            "--health-port=9100");
    options.validate();

    assertThat(options.maxBatchSize()).isEqualTo(4);
    assertThat(options.maxNumBatchedTokens()).isEqualTo(64);
    assertThat(options.workerName()).isEqualTo("w1");
    assertThat(options.drainTimeout()).isEqualTo(Duration.ofMillis(500));
    assertThat(options.stepTimeout()).isEqualTo(Duration.ofMinutes(3));
    assertThat(options.backlogTimeout()).isEqualTo(Duration.ofMinutes(5));
    assertThat(options.healthAddress())
        .isEqualTo(new ListenAddress("--health-host", "127.0.0.1", "--health-port", 9100));
    EngineOptions engine = options.engine();
    assertThat(engine.blockSize()).isEqualTo(16);
    assertThat(engine.maxInputLen()).isEqualTo(100);
    assertThat(engine.maxOutputLen()).isEqualTo(50);
    assertThat(engine.precision()).isEqualTo(Precision.BF16);
    assertThat(engine.useCudaKernel()).isTrue();
    assertThat(engine.device()).isEqualTo("cuda:1");
    assertThat(engine.threads()).isEqualTo(3);
    assertThat(engine.kvCacheMemory()).isEqualTo(2L << 30);
    assertThat(engine.prefixCaching()).isFalse();
    assertThat(engine.policy(4)).isEqualTo(new Policy(4, 64, 16, 1.2));
    assertThat(engine.templates().chatTemplate()).isEqualTo("{{ messages }}");
    assertThat(engine.templates().promptTemplate()).isEqualTo("llama");
    assertThat(engine.kernel()).isEqualTo(Kernel.FBGEMM_FP16);
    assertThat(engine.speculation()).isEqualTo(new NgramSpeculation(6, 5, 5, 8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--block-size=12 | --block-size must be a power of two from 8 to 256, but is 12",
        "--block-size=512 | --block-size must be a power of two from 8 to 256, but is 512",
        "--max-batch-size=0 | --max-batch-size must be 1 to 1024, but is 0",
        "--max-input-len=0 | --max-input-len must be at least 1, but is 0",
        "--max-output-len=-1 | --max-output-len must be at least 1, but is -1",
        "--threads=0 | --threads must be between 1 and 256, but is 0",
        "--max-num-batched-tokens=8 | --max-num-batched-tokens must be at least --max-batch-size,"
            + " which is 32, and at most 1048576, but is 8",
        "--max-num-batched-tokens=2147483647 | --max-num-batched-tokens must be at least"
            + " --max-batch-size, which is 32, and at most 1048576, but is 2147483647",
        "--threads=10000 | --threads must be between 1 and 256, but is 10000",
        "--max-vector-rows=-1 | --max-vector-rows must be between 0 and 1024, but is -1",
        "--long-prefill-token-threshold=0 | --long-prefill-token-threshold must be at least 1, but is"
            + " 0",
        "--prefill-ratio=0 | --prefill-ratio must be a number above 0, but is 0.0",
        "--prefill-ratio=NaN | --prefill-ratio must be a number above 0, but is NaN",
        "--device=gpu | --device must be auto, cpu, cuda or cuda:N, but is gpu",
        "--kv-cache-memory=0 | --kv-cache-memory must be more than nothing, but is 0",
        "--chat-template=nowhere.jinja | --chat-template must be a file that exists or the text of"
            + " a Jinja template, but is nowhere.jinja",
        "--reserved-slots=32 | --reserved-slots must be 0 or more and less than --max-batch-size,"
            + " which is 32, but is 32",
        "--batch-slots=25 | --batch-slots must be 0 or more and at most --max-batch-size less"
            + " --reserved-slots, which is 24, but is 25",
        "--worker-name=a/b | --worker-name must be 1 to 100 of A-Z a-z 0-9 . _ -, but is a/b",
        "--drain-timeout=-1s | --drain-timeout must be 0s or more, but is PT-1S",
        "--step-timeout=-1s | --step-timeout must be 0s or more, but is PT-1S",
        "--backlog-timeout=-1s | --backlog-timeout must be 0s or more, but is PT-1S",
        "--health-port=70000 | --health-port must be 0 to 65535, but is 70000",
        "--health-host=no.such.host.invalid | --health-host must be an address of this machine, but"
            + " is \"no.such.host.invalid\""
      })
  void validate_namesFlagValueAndWhatIsAllowed(String flag, String message) {
    WorkerOptions options = parse(flag);

    assertThatThrownBy(options::validate).isInstanceOf(StartFailure.class).hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--block-size=big",
        "--dtype=fp8",
        "--kernel=magic",
        "--kernel=int8",
        "--quantize=int3",
        "--kv-cache-memory=lots",
        "--speculative-config=eagle",
        "--drain-timeout=soon"
      })
  void parse_namesFlagAndValueOfAnotherType(String flag) {
    String[] parts = flag.split("=");

    assertThatThrownBy(() -> parse(flag))
        .isInstanceOf(ParameterException.class)
        .hasMessageContainingAll(parts[0], parts[1]);
  }

  @ParameterizedTest
  @CsvSource({
    "fp32, FP32",
    "float32, FP32",
    "float, FP32",
    "bfloat16, BF16",
    "BF16, BF16",
    "float16, FP16",
    "half, FP16",
    "auto, AUTO"
  })
  void parse_takesPrecisionsAsOtherServersNameThem(String name, Precision precision) {
    assertThat(parse("--dtype=" + name).engine().precision()).isEqualTo(precision);
  }

  @Test
  void validate_refusesCudaKernelsOnACpu() {
    WorkerOptions options = parse("--use-cuda-kernel", "--device=cpu");

    assertThatThrownBy(options::validate)
        .hasMessage(
            "--device must be auto, cuda or cuda:N when --use-cuda-kernel is given, but is cpu");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "int4;--kernel=plain;--kernel must be auto or vector when --quantize int4 is given, but is"
            + " plain",
        "int8;--kernel=plain;--kernel must be auto or vector when --quantize int8 is given, but is"
            + " plain",
        "int4;--device=cuda:1;--device must be auto or cpu when --quantize int4 is given, but is"
            + " cuda:1"
      })
  void validate_refusesWhatContradictsQuantisation(String bits, String flag, String message) {
    WorkerOptions options = parse("--quantize=" + bits, flag);

    assertThatThrownBy(options::validate).hasMessage(message);
    parse(flag).validate();
    parse("--quantize=int4", "--kernel=auto", "--device=cpu").validate();
    parse("--quantize=int8", "--kernel=vector").validate();
  }

  @Test
  void prefixCaching_isTurnedOffByFlagOrValue() {
    assertThat(parse("--enable-prefix-caching").engine().prefixCaching()).isTrue();
    assertThat(parse("--no-enable-prefix-caching").engine().prefixCaching()).isFalse();
    assertThat(parse("--enable-prefix-caching=false").engine().prefixCaching()).isFalse();
  }

  @Test
  void chatTemplate_readsAFile(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("chat.jinja"), "{{ bos_token }}");

    assertThat(parse("--chat-template=" + file).engine().templates().chatTemplate())
        .isEqualTo("{{ bos_token }}");
  }

  @Test
  void workerName_isInventedOnce() {
    WorkerOptions options = parse();

    assertThat(options.workerName()).isEqualTo(options.workerName());
    assertThat(options.workerName()).isNotEqualTo(parse().workerName());
    options.validate();
  }

  @Test
  void maxNumBatchedTokens_holdsAtLeastOneTokenForEachSlot() {
    assertThat(parse("--max-batch-size=1000").maxNumBatchedTokens()).isEqualTo(1000);
  }

  @ParameterizedTest
  @CsvSource({"512MiB,536870912", "1KB,1024", "3gib,3221225472", "77,77", "1T,1099511627776"})
  void dataSize_takesEitherSpelling(String text, long bytes) {
    assertThat(parse("--kv-cache-memory=" + text).engine().kvCacheMemory()).isEqualTo(bytes);
  }

  private static WorkerOptions parse(String... args) {
    WorkerOptions options = new WorkerOptions();
    new CommandLine(options).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(args);
    return options;
  }
}
