package io.millrace.engine.cuda;

import com.sun.jna.NativeLibrary;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The folders in which libraries of CUDA may lie: those that {@code MILLRACE_CUDA_LIBRARIES} names,
 * those of a PyTorch for CUDA that {@code PYTORCH_LIBRARY_PATH} names, whose Python packages lie
 * beside it, and the toolkit's. What is in none of them is asked of the system.
 */
final class CudaLibraries {
  /** Folders, separated as those of a path are. */
  static final String FOLDERS = "MILLRACE_CUDA_LIBRARIES";

  private static final String TORCH = "PYTORCH_LIBRARY_PATH";
  private static final Path TOOLKIT = Path.of("/usr/local/cuda/lib64");

  /** Major versions whose interface is the one that is used here, newest first. */
  private static final int[] VERSIONS = {13, 12};

  private final List<Path> folders;

  private CudaLibraries(List<Path> folders) {
    this.folders = List.copyOf(folders);
  }

  /**
   * The folders that an environment names.
   *
   * @param variables the environment
   */
  static CudaLibraries of(UnaryOperator<@Nullable String> variables) {
    List<Path> folders = new ArrayList<>(paths(variables.apply(FOLDERS)));
    for (Path torch : paths(variables.apply(TORCH))) {
      folders.add(torch);
      // site-packages/torch/lib, and site-packages/nvidia/<library>/lib
      Path packages = torch.resolve("../../nvidia").normalize();
      if (Files.isDirectory(packages)) {
        folders.addAll(libraries(packages));
      }
    }
    folders.add(TOOLKIT);
    return new CudaLibraries(folders);
  }

  /** The file of a library such as {@code nvrtc}, where one of the folders has it. */
  Optional<Path> file(String library) {
    for (Path folder : folders) {
      for (int version : VERSIONS) {
        Path file = folder.resolve(name(library, version));
        if (Files.exists(file)) {
          return Optional.of(file);
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Opens a library.
   *
   * @throws CudaException if there is none
   */
  NativeLibrary open(String library) {
    Optional<Path> file = file(library);
    List<String> names = new ArrayList<>();
    if (file.isPresent()) {
      names.add(file.get().toAbsolutePath().toString());
    } else {
      for (int version : VERSIONS) {
        names.add(name(library, version));
      }
    }
    for (String name : names) {
      try {
        return NativeLibrary.getInstance(name);
      } catch (UnsatisfiedLinkError e) {
        if (file.isPresent()) {
          throw new CudaException("%s cannot be loaded: %s".formatted(name, e.getMessage()));
        }
      }
    }
    throw new CudaException(
        "there is no %s; %s may name the folders of libnvrtc and libcublasLt"
            .formatted(String.join(" or ", names), FOLDERS));
  }

  private static String name(String library, int version) {
    return "lib%s.so.%d".formatted(library, version);
  }

  private static List<Path> paths(@Nullable String named) {
    return named == null || named.isBlank()
        ? List.of()
        : List.of(named.split(File.pathSeparator)).stream().map(Path::of).toList();
  }

  private static List<Path> libraries(Path packages) {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(packages)) {
      folders.forEach(folder -> found.add(folder.resolve("lib")));
    } catch (IOException e) {
      // A folder that cannot be read has nothing that could be loaded.
      return List.of();
    }
    return found;
  }
}
