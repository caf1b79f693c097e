package dev.quorate.agents.core.postgresql;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An administrator's template of `recovery.conf`, which servers before PostgreSQL 12 read.
///
/// What the cluster says itself (whom to follow, by which slot, how long to wait) counts more than
/// what stands in a template; the rest is taken over.
///
/// @param settings by name, without their quotes
public record RecoveryTemplate(SortedMap<String, String> settings) {
  private static final Pattern LINE =
      Pattern.compile("\\s*([A-Za-z_]+)\\s*=?\\s*('((?:[^']|'')*)'|[^#'\\s]+)\\s*(?:#.*)?");
  private static final String STANDBY = "standby_mode";
  private static final String TIMELINE = "recovery_target_timeline";
  private static final String TARGET = "recovery_target";

  /// What the cluster says itself.
  private static final List<String> KEPT =
      List.of("primary_conninfo", "primary_slot_name", "recovery_min_apply_delay", "trigger_file");

  /// Copies the map.
  public RecoveryTemplate {
    settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
  }

  /// Reads a template; lines that are no settings are passed over, as comments are.
  public static RecoveryTemplate parse(String text) {
    SortedMap<String, String> settings = new TreeMap<>();
    for (String line : text.lines().toList()) {
      Matcher form = LINE.matcher(line);
      if (form.matches()) {
        String quoted = form.group(3);
        settings.put(
            form.group(1).toLowerCase(Locale.ROOT),
            quoted == null ? form.group(2) : quoted.replace("''", "'"));
      }
    }
    return new RecoveryTemplate(settings);
  }

  /// Why a server before 12 cannot be run with it, as sentences that say what to do.
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (!settings.getOrDefault(STANDBY, "off").toLowerCase(Locale.ROOT).matches("on|true|yes|1")) {
      problems.add(
          "it does not say standby_mode = on, so that the server would come up as a primary: add"
              + " the line");
    }
    if (!settings.getOrDefault(TIMELINE, "").equals("latest")) {
      problems.add(
          "it does not say recovery_target_timeline = 'latest', so that a standby could not follow"
              + " the next primary: add the line");
    }
    targets()
        .forEach(
            name -> problems.add("it says " + name + ", where a standby would stop: remove it"));
    return problems;
  }

  private List<String> targets() {
    return settings.keySet().stream()
        .filter(n -> n.startsWith(TARGET) && !n.equals(TIMELINE))
        .toList();
  }

  /// What of it a server from 12 on would never hear, as it reads no such file.
  public List<String> unheard() {
    return settings.keySet().stream()
        .filter(n -> !KEPT.contains(n) && !n.equals(STANDBY))
        .filter(n -> !n.equals(TIMELINE) || !settings.getOrDefault(n, "").equals("latest"))
        .toList();
  }

  /// What of it is taken over, besides what the cluster says itself.
  public SortedMap<String, String> rest() {
    SortedMap<String, String> rest = new TreeMap<>();
    settings.forEach((name, value) -> {
      if (!KEPT.contains(name) && !name.equals(STANDBY) && !name.startsWith(TARGET)) {
        rest.put(name, value);
      }
    });
    return rest;
  }
}
