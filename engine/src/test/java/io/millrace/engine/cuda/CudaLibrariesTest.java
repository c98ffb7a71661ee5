package io.millrace.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CudaLibrariesTest {
  @TempDir private Path folder;

  @Test
  void library_isTakenFromTheFolderThatIsNamed() throws IOException {
    Path file = create("a/libnvrtc.so.12");
    Path named = folder.resolve("empty");
    Map<String, String> variables = Map.of(CudaLibraries.FOLDERS, named + ":" + file.getParent());
    assertThat(CudaLibraries.of(variables::get).file("nvrtc")).contains(file);
  }

  @Test
  void newestVersion_isTaken() throws IOException {
    create("a/libcublasLt.so.12");
    Path newer = create("a/libcublasLt.so.13");
    Map<String, String> variables = Map.of(CudaLibraries.FOLDERS, folder.resolve("a").toString());
    assertThat(CudaLibraries.of(variables::get).file("cublasLt")).contains(newer);
  }

  /** As pip lays them out. */
  @Test
  void library_isFoundBesidePyTorch() throws IOException {
    Path file = create("site-packages/nvidia/cuda_nvrtc/lib/libnvrtc.so.12");
    Path torch = Files.createDirectories(folder.resolve("site-packages/torch/lib"));
    Map<String, String> variables = Map.of("PYTORCH_LIBRARY_PATH", torch.toString());
    assertThat(CudaLibraries.of(variables::get).file("nvrtc")).contains(file);
  }

  @Test
  void missingLibrary_isToldInALine() {
    CudaLibraries none = CudaLibraries.of(name -> null);
    assertThatThrownBy(() -> none.open("nosuchlibrary"))
        .isInstanceOf(CudaException.class)
        .hasMessage(
            "there is no libnosuchlibrary.so.13 or libnosuchlibrary.so.12; MILLRACE_CUDA_LIBRARIES"
                + " may name the folders of libnvrtc and libcublasLt");
  }

  @Test
  void brokenLibrary_isToldInALine() throws IOException {
    Path file = create("a/libnvrtc.so.12");
    Map<String, String> variables = Map.of(CudaLibraries.FOLDERS, file.getParent().toString());
    assertThatThrownBy(() -> CudaLibraries.of(variables::get).open("nvrtc"))
        .isInstanceOf(CudaException.class)
        .hasMessageStartingWith(file + " cannot be loaded: ");
  }

  private Path create(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.createFile(file);
  }
}
