package dev.quorate.daemon.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How the arbitration of two voters is shown.
final class PairText {
  private PairText() {}

  static List<String> lines(PairFacts pair) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "Two nodes:    "
            + pair.unprotected()
                .map(why -> "NOT PROTECTED: this node cannot go on alone: " + why)
                .orElse("protected: the fence device for the other node answers"));
    pair.unprotected()
        .ifPresent(_ ->
            lines.add(
                "              see 'hactl stonith config' and the device itself; it is asked again"
                    + " every few seconds"));
    lines.add("Arbitration:  " + pair.standing() + "; on disk: " + pair.record());
    return lines;
  }

  static Map<String, Object> json(PairFacts pair) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("protected", pair.unprotected().isEmpty());
    json.put("problem", pair.unprotected().orElse(""));
    json.put("standing", pair.standing());
    json.put("waiting", pair.waiting());
    json.put("record", pair.record());
    return json;
  }
}
