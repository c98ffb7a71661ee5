package io.millrace.engine.decoder.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibtorchFolderTest {
  @TempDir Path torch;
  private final Map<String, String> variables = new HashMap<>();
  private Path lib;

  @BeforeEach
  void layOut() throws Exception {
    lib = Files.createDirectory(torch.resolve("lib"));
    add("torch");
    variables.put(LibtorchFolder.PATH, "/no/such/folder" + File.pathSeparator + lib);
  }

  private void add(String library) throws Exception {
    Files.createFile(lib.resolve(System.mapLibraryName(library)));
  }

  private Optional<LibtorchFolder> named() {
    return LibtorchFolder.named(variables::get);
  }

  @Test
  void pythonPackageForCuda_isTakenWithItsGlue() throws Exception {
    add("torch_cuda");
    Files.writeString(torch.resolve("version.py"), "debug = False\n__version__ = '2.7.1+cu128'\n");
    assertThat(named()).contains(new LibtorchFolder(lib, "2.7.1+cu128", "cu128"));
  }

  @Test
  void libtorchForCuda_needsADriver() throws Exception {
    add("torch_cuda");
    LibtorchFolder cuda = new LibtorchFolder(lib, "2.7.1+cu128", "cu128");
    cuda.requireDriver(true);
    assertThatThrownBy(() -> cuda.requireDriver(false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "PYTORCH_LIBRARY_PATH: libtorch 2.7.1+cu128 of %s needs an NVIDIA driver, whose libcuda.so.1 is"
                + " not found; without one unset PYTORCH_LIBRARY_PATH",
            lib);
  }

  @Test
  void archiveForCpus_isTakenWithItsGlue() throws Exception {
    Files.writeString(torch.resolve("build-version"), "2.7.1+cpu\n");
    assertThat(named()).contains(new LibtorchFolder(lib, "2.7.1+cpu", "cpu"));
  }

  @Test
  void flavorAndVersionThatAreSet_count() {
    variables.put(LibtorchFolder.VERSION, "2.7.1");
    variables.put(LibtorchFolder.FLAVOR, "cu128");
    assertThat(named()).contains(new LibtorchFolder(lib, "2.7.1", "cu128"));
  }

  @Test
  void otherVersion_isRefused() throws Exception {
    Files.writeString(torch.resolve("version.py"), "__version__ = '2.8.0+cu128'\n");
    assertThatThrownBy(this::named)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "PYTORCH_LIBRARY_PATH: %s holds libtorch 2.8.0+cu128, but this program is made for 2.7.1",
            lib);
  }

  @Test
  void versionThatNobodyTells_isAskedFor() {
    assertThatThrownBy(this::named)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("if it is 2.7.1, set PYTORCH_VERSION");
  }

  @Test
  void folderWithoutLibtorch_isRefused() {
    variables.put(LibtorchFolder.PATH, torch.toString());
    assertThatThrownBy(this::named)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "PYTORCH_LIBRARY_PATH must be a folder with %s, but is %s",
            System.mapLibraryName("torch"), torch);
  }

  @Test
  void folderWithAGlueOfItsOwn_isItsOwnersToFit() throws Exception {
    add("djl_torch");
    add("torch_cuda");
    assertThat(named()).contains(new LibtorchFolder(lib, "of an unknown version", "cu128"));
    Files.writeString(torch.resolve("version.py"), "__version__ = '2.11.0+cu130'\n");
    assertThat(named()).contains(new LibtorchFolder(lib, "2.11.0+cu130", "cu128"));
  }

  @Test
  void nothingIsNamed_byDefault() {
    variables.remove(LibtorchFolder.PATH);
    assertThat(named()).isEmpty();
  }
}
