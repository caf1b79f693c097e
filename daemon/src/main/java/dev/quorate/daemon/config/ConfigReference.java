package dev.quorate.daemon.config;

/// Writes the reference page of the configuration file.
public final class ConfigReference {
  private ConfigReference() {}

  /// The page, in Markdown.
  public static String page() {
    StringBuilder page =
        new StringBuilder(
            """
            # Configuration file

            `/etc/quorate/quorate.conf` says who a node is and where it keeps its things. Everything
            else is configured with `hactl`, lives in the cluster and is the same on every node.
            `hactl cluster setup` and `hactl cluster join` write the file; most sites never edit it.

            A line is `key = value`; a line that starts with `#` is a comment. Unknown keys are
            refused. If anything is wrong, `quorated` lists every problem with its line and its
            remedy, changes nothing and exits with code 78. This page is generated from the code.

            | Key | Default | Meaning |
            |---|---|---|
            """);
    for (ConfigKey key : ConfigKey.values()) {
      String standard = key.standard().isEmpty() ? "–" : "`" + key.standard() + "`";
      page.append("| `%s` | %s | %s |\n".formatted(key.text(), standard, key.meaning()));
    }
    page.append(
        """
        | `peer.NAME` | – | The address of another node of the cluster's founding, and those of its further links; one line each. |

        Durations are written as `300ms`, `15s`, `2min` or `1h`; a bare number is seconds.

        The environment variable `QUORATE_BOOT_ID` overrides `boot-id`.
        """);
    return page.toString();
  }
}
