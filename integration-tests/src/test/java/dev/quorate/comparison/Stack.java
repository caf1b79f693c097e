package dev.quorate.comparison;

/// Who is compared.
public enum Stack {
  QUORATE("Quorate"),
  PEER("Corosync, Pacemaker, PAF");

  private final String title;

  Stack(String title) {
    this.title = title;
  }

  /// Its name in tables.
  public String title() {
    return title;
  }
}
