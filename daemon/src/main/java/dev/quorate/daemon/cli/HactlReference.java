package dev.quorate.daemon.cli;

import java.util.ArrayList;
import java.util.List;

/// The reference page of the command line, and `hactl help`.
public final class HactlReference {
  private HactlReference() {}

  static List<String> help(List<String> words) {
    List<String> asked = words.isEmpty() ? words : words.subList(1, words.size());
    List<String> lines = new ArrayList<>();
    lines.add("Usage: hactl [--socket FILE] COMMAND [ARGUMENTS] [-o json] [--wait[=SECONDS]]");
    lines.add("");
    for (Command command : CommandTree.commands()) {
      boolean wanted =
          command.parts().size() >= asked.size()
              && command.parts().subList(0, asked.size()).equals(asked);
      if (wanted && !command.words().contains(OldWords.PROMOTABLE_VERB)) {
        lines.add("  " + command.synopsis());
        lines.add("      " + command.summary());
      }
    }
    return lines;
  }

  /// The page, in Markdown.
  public static String page() {
    StringBuilder page =
        new StringBuilder(
            """
            # hactl

            `hactl` speaks to the daemon of its node; what it changes, it changes for the whole
            cluster. Its words are those of `pcs`, old spellings included. This page is generated
            from the code.

            ## Options

            | Option | Meaning |
            |---|---|
            | `--socket FILE` | The daemon's socket; `/run/quorate/quorate.sock` if not given. `QUORATE_SOCKET` sets it too. |
            | `-o json`, `--json` | Answers as JSON; errors too, as `{"code":…,"message":…,"hint":…}`. |
            | `--wait[=SECONDS]` | Waits until the effect is reached; 60 s if no number is given. |
            | `--full` | Shows more. |
            | `--force`, `--yes` | Does what would be refused for its consequences. |
            | `--all` | Every node. |
            | `--dry-run` | Says what would be done, and does nothing (`cib import`). |
            | `--secrets` | Shows secrets (`cib export`). |
            | `--name NAME` | The cluster's name in `cluster setup`. |
            | `--reason TEXT` | Why, for the record (`quorum unblock`, `cluster certificate revoke`). |
            | `--authority` | The authority, not the nodes (`cluster certificate rotate`). |

            ## Exit codes

            | Code | Meaning |
            |---|---|
            """);
    for (ExitCode code : ExitCode.values()) {
      page.append("| %d | %s |\n".formatted(code.code(), code.meaning()));
    }
    String section = "";
    for (Command command : CommandTree.commands()) {
      if (command.words().contains(OldWords.PROMOTABLE_VERB)) {
        continue;
      }
      String first = command.parts().getFirst();
      if (!first.equals(section)) {
        page.append("\n## ").append(first).append("\n\n| Command | What it does |\n|---|---|\n");
        section = first;
      }
      page.append(
          "| `%s` | %s |\n".formatted(command.synopsis().replace("|", "\\|"), command.summary()));
    }
    return page.toString();
  }
}
