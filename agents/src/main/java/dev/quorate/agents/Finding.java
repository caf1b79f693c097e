package dev.quorate.agents;

/// Something about a resource on this node that an administrator should know of, and what to do.
///
/// @param severity how bad it is
/// @param subject what it is about, as the name of a setting or a file
/// @param what what was found, as a sentence without its full stop
/// @param remedy what to do, as a sentence without its full stop
/// @param value with which the setting that it is about is right; empty text if it is about
///   something else, or what is right is for a human to say
public record Finding(Severity severity, String subject, String what, String remedy, String value) {
  /// How bad it is.
  public enum Severity {
    /// Data can be lost, or the resource cannot do what the cluster needs of it.
    ERROR,
    /// Something that will hurt when something else fails.
    WARNING,
    /// Could be better.
    HINT
  }

  /// Data can be lost, or the cluster cannot work with it.
  public static Finding error(String subject, String what, String remedy) {
    return new Finding(Severity.ERROR, subject, what, remedy, "");
  }

  /// Hurts when something else fails.
  public static Finding warning(String subject, String what, String remedy) {
    return new Finding(Severity.WARNING, subject, what, remedy, "");
  }

  /// Could be better.
  public static Finding hint(String subject, String what, String remedy) {
    return new Finding(Severity.HINT, subject, what, remedy, "");
  }

  /// The same of a setting that is right with a value.
  public Finding with(Object right) {
    return new Finding(severity, subject, what, remedy, String.valueOf(right));
  }
}
