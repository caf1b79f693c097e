package dev.quorate.daemon.cli;

import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// The manual page and the completion of the command line, as the package installs them.
public final class HactlManual {
  private HactlManual() {}

  /// The page `hactl(8)`, for `man`.
  public static String page() {
    StringBuilder page =
        new StringBuilder(
            """
            .\\" Generated from the code.
            .TH HACTL 8 "" "Quorate" "Quorate"
            .SH NAME
            hactl \\- speaks to the cluster by way of the daemon of this node
            .SH SYNOPSIS
            .B hactl
            [\\-\\-socket FILE] COMMAND [ARGUMENTS] [\\-o json] [\\-\\-wait[=SECONDS]]
            .SH DESCRIPTION
            What hactl changes, it changes for the whole cluster. Its words are those of pcs, old
            spellings included.
            .SH COMMANDS
            """);
    for (Command command : CommandTree.commands()) {
      if (!command.words().contains(OldWords.PROMOTABLE_VERB)) {
        page.append(".TP\n.B ").append(roff(command.synopsis())).append('\n');
        page.append(roff(command.summary())).append('\n');
      }
    }
    page.append(".SH EXIT STATUS\n");
    for (ExitCode code : ExitCode.values()) {
      page.append(".TP\n.B %d\n%s\n".formatted(code.code(), roff(code.meaning())));
    }
    page.append(
        """
        .SH FILES
        .TP
        .I /etc/quorate/quorate.conf
        Who this node is. Written by hactl cluster setup and hactl cluster join.
        .TP
        .I /etc/default/quorate
        Options for the daemon's Java.
        .TP
        .I /var/lib/quorate
        The log, snapshots and secrets.
        .TP
        .I /run/quorate/quorate.sock
        The daemon's socket. Members of the group quorate may use it.
        .SH SEE ALSO
        .BR systemctl (1),
        .BR journalctl (1)
        """);
    return page.toString();
  }

  private static String roff(String text) {
    String escaped = text.replace("\\", "\\e").replace("-", "\\-");
    return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
  }

  /// What bash completes.
  public static String completion() {
    Map<String, TreeSet<String>> next = new TreeMap<>();
    for (Command command : CommandTree.commands()) {
      if (command.words().contains(OldWords.PROMOTABLE_VERB)) {
        continue;
      }
      String before = "";
      for (String word : command.parts()) {
        next.computeIfAbsent(before, _ -> new TreeSet<>()).add(word);
        before = (before + " " + word).strip();
      }
    }
    StringBuilder script =
        new StringBuilder(
            """
            # Completion of hactl for bash. Generated from the code.
            _hactl() {
              local before="${COMP_WORDS[*]:1:COMP_CWORD-1}" words=
              case "$before" in
            """);
    next.forEach((before, words) ->
        script.append("    '%s') words='%s' ;;\n".formatted(before, String.join(" ", words))));
    script.append(
        """
          esac
          mapfile -t COMPREPLY < <(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}")
        }
        complete -F _hactl hactl
        """);
    return script.toString();
  }
}
