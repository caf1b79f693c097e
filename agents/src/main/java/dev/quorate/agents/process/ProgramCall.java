package dev.quorate.agents.process;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// A program to run.
///
/// @param arguments the program's path and its arguments, passed as they are
/// @param user the operating-system user to become, or empty text to stay
/// @param environment added to a minimal environment in the C locale; nothing else is inherited
/// @param deadline after which it and all that it started are killed
/// @param outputLimit how many bytes of each stream are kept; the rest is read and dropped
public record ProgramCall(
    List<String> arguments,
    String user,
    SortedMap<String, String> environment,
    Duration deadline,
    int outputLimit) {
  private static final int OUTPUT_LIMIT = 64 * 1024;

  /// Copies the collections.
  public ProgramCall {
    arguments = List.copyOf(arguments);
    environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
  }

  /// A call with the usual limit.
  ///
  /// @param user the user to become, or empty text
  /// @param deadline after which it is killed
  /// @param arguments the program and its arguments
  public static ProgramCall of(String user, Duration deadline, List<String> arguments) {
    return new ProgramCall(arguments, user, new TreeMap<>(), deadline, OUTPUT_LIMIT);
  }

  /// The same call with more in its environment.
  public ProgramCall with(SortedMap<String, String> more) {
    SortedMap<String, String> all = new TreeMap<>(environment);
    all.putAll(more);
    return new ProgramCall(arguments, user, all, deadline, outputLimit);
  }
}
