package io.millrace.bench.gpu;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The verdict of one check.
 *
 * @param check what was checked
 * @param result how it ended
 * @param detail figures, or why it did not end well
 */
record Verdict(
    @JsonProperty("check") String check,
    @JsonProperty("result") Result result,
    @JsonProperty("detail") String detail) {

  /** An end of a check. */
  enum Result {
    @JsonProperty("ok")
    OK,
    @JsonProperty("failed")
    FAILED,
    @JsonProperty("left out")
    LEFT_OUT
  }

  static Verdict of(String check, boolean ok, String detail) {
    return new Verdict(check, ok ? Result.OK : Result.FAILED, detail);
  }

  static Verdict leftOut(String check, String why) {
    return new Verdict(check, Result.LEFT_OUT, why);
  }

  @Override
  public String toString() {
    String word =
        switch (result) {
          case OK -> "ok";
          case FAILED -> "FAILED";
          case LEFT_OUT -> "left out";
        };
    return "%-8s  %s: %s".formatted(word, check, detail);
  }
}
