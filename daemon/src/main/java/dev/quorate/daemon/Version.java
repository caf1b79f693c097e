package dev.quorate.daemon;

/// Which version this is.
final class Version {
  /// For people.
  static final String TEXT = text();

  private Version() {}

  private static String text() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "0.1.0" : version;
  }
}
