package io.millrace.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;

/** The classes of all modules, tests apart, read once for all rules about them. */
public final class ProductionClasses {
  /** Those of every module. */
  public static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages("io.millrace");

  private ProductionClasses() {}

  /**
   * Those of some packages.
   *
   * @param packages as ArchUnit writes them, such as {@code io.millrace.engine..}
   */
  static JavaClasses of(String... packages) {
    return ALL.that(resideInAnyPackage(packages));
  }
}
