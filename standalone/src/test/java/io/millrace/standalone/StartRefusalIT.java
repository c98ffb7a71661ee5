package io.millrace.standalone;

import static io.millrace.standalone.CommandRun.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.ApiCommand;
import io.millrace.worker.WorkerCommand;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Starts that cannot succeed: told in one line, before anything that takes long. */
class StartRefusalIT {
  /** A model that is nowhere: whoever gets as far as loading it says so. */
  private static final String NO_MODEL = "--model=/no/such/model";

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--host=203.0.113.1 | --host: cannot listen on 203.0.113.1 port 0: ",
        "--host=no.such.host.invalid | --host must be an address of this machine, but is \"no.",
        "--host=  | --host must be an address of this machine, but is \"\"",
        "--model= | --model must be a folder, a GGUF file or a model card, but is \"\"",
        "--model-name= | --model-name must be a name of at most 256 characters, but is \"\"",
        "--model=/ | --model-name must be a name of at most 256 characters, but is \"\"",
        "--threads=10000 | --threads must be between 1 and 256, but is 10000",
        "--max-vector-rows=-1 | --max-vector-rows must be between 0 and 1024, but is -1",
        "--max-batch-size=100000 | --max-batch-size must be 1 to 1024, but is 100000",
        "--max-num-batched-tokens=2000000000 | --max-num-batched-tokens must be at least",
        "--prompt-template=nobody | --prompt-template must be ",
        "--drain-timeout=99999999d | is longer than 36500 days",
        "--idle-timeout=PT9999999H | is longer than 36500 days",
        "--kv-cache-memory=99999999999T | is more than can be counted in bytes",
        "--request-timeout=soon | is not a duration such as 30s",
        "--port=99999999999 | --port",
        "--broker-port=-1 | --broker-port must be 0 to 65535, but is -1"
      })
  void wrongFlag_isRefusedInOneLine(String flag, String message) {
    assertRefused(execute(new ServeCommand(), NO_MODEL, "--port=0", flag), message);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void portThatIsInUse_isToldBeforeTheModelIsLoaded() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      int port = other.getLocalPort();
      String told = "--port " + port + " is in use";
      assertRefused(execute(new ServeCommand(), NO_MODEL, "--port=" + port), told);
      assertThat(folder).isEmptyDirectory();
      assertRefused(
          execute(new WorkerCommand(), NO_MODEL, "--health-port=" + port),
          "--health-port " + port + " is in use");
    }
  }

  @Test
  void onePortForTwo_isRefused() {
    assertRefused(
        execute(new ServeCommand(), NO_MODEL, "--port=7001", "--broker-port=7001"),
        "--broker-port must be another one than --port, but is 7001");
  }

  @Test
  void replyPartitionThatIsNot_isToldBeforeTheModelIsLoaded() {
    List<String> said =
        execute(
            new ServeCommand(), NO_MODEL, "--port=0", "--broker-port=0", "--reply-partition=32");
    assertRefused(said, "--reply-partition must be between 0 and 31, but is 32");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--bootstrap-servers= | --bootstrap-servers must be HOST:PORT, but is",
        "--bootstrap-servers=nonsense | cannot use Kafka at nonsense: ",
        "--bootstrap-servers=127.0.0.1:99999 | cannot use Kafka at 127.0.0.1:99999: ",
        "--topic-prefix=a/b | --topic-prefix must be at most 56 of A-Z a-z 0-9 . _ -, but is \"a/b\"",
        "--topic-prefix=ppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp | at most 56",
        "--kafka-properties=/no/such/file | --kafka-properties: cannot read /no/such/file"
      })
  void wrongCluster_isRefusedInOneLine(String flag, String message) {
    assertRefused(execute(new ApiCommand(), "--port=0", flag), message);
    assertRefused(execute(new WorkerCommand(), NO_MODEL, flag), message);
  }

  private List<String> execute(Object command, String... args) {
    List<String> all = new ArrayList<>(Stream.of(args).toList());
    if (command instanceof ServeCommand) {
      all.add("--data-dir=" + folder.resolve("kafka"));
    }
    return CommandRun.refusal(command, all.toArray(String[]::new));
  }
}
