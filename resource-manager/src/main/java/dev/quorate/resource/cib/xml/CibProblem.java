package dev.quorate.resource.cib.xml;

/// Something in a document that is wrong or that will not be heeded.
///
/// @param line from 1; 0 if it is about no line
/// @param id of the element it is about; empty if that has none
public record CibProblem(int line, String id, String message) {
  @Override
  public String toString() {
    String place = line > 0 ? "line " + line : "document";
    return id.isEmpty() ? place + ": " + message : place + ", id \"" + id + "\": " + message;
  }
}
