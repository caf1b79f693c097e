package dev.quorate.daemon.config;

/// Something that is wrong with the configuration.
///
/// @param place the file, and the line where there is one, as `/etc/quorate/quorate.conf:3`
/// @param what is wrong
/// @param remedy what to do
public record ConfigProblem(String place, String what, String remedy) {
  @Override
  public String toString() {
    return place + ": " + what + ": " + remedy;
  }
}
