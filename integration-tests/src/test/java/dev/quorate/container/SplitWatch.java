package dev.quorate.container;

import dev.quorate.lab.SplitProbe;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Looks inside each machine for two of what there may be one of: instances that acknowledge
/// writes, and holders of the address. The machines' clocks are one.
final class SplitWatch implements AutoCloseable {
  private static final String WATCH =
      """
      exec {never}<> <(:)
      while :; do
        /usr/lib/postgresql/15/bin/psql -XqAt -F ' ' postgres 2>&1 <<'SQL' |
      insert into ledger (id) values (-nextval('minority')) returning 'wrote',
        substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8), extract(epoch from statement_timestamp()) \\watch 0.2
      SQL
        while read -r line; do
          case "$line" in wrote*) echo "$line ${EPOCHREALTIME%???}" ;; esac
        done
        read -r -t 0.5 -u $never
      done\
      """;

  private final Cluster site;
  private final Recorder recorder;
  private final KernelWatch kernel;
  private Instant fault = Instant.EPOCH;

  SplitWatch(Cluster site) {
    this.site = site;
    this.recorder = new Recorder("split-watch", site.machines(), WATCH);
    this.kernel = new KernelWatch(site.machines(), List.of(site.vip()));
  }

  /// Begins on every machine, and anew with each boot.
  void start() {
    site.ask(
        site.thePrimary(),
        "create table if not exists ledger (id bigint primary key);"
            + " create sequence if not exists minority");
    recorder.start();
    kernel.start();
  }

  /// What happens from now on is looked at.
  void strike(Instant now) {
    fault = now;
    kernel.strike(now);
  }

  /// What the machines' kernels show.
  KernelWatch kernel() {
    return kernel;
  }

  /// What must not have been seen.
  List<String> violations() {
    List<SplitProbe.Acknowledged> writes = new ArrayList<>();
    for (Machine machine : site.machines()) {
      for (String[] words : recorder.said(machine)) {
        if (words[0].equals("wrote") && words.length == 4) {
          writes.add(
              new SplitProbe.Acknowledged(
                  machine.name(),
                  Integer.parseInt(words[1], 16),
                  sinceFault(words[2]),
                  sinceFault(words[3])));
        }
      }
    }
    List<String> wrong = new ArrayList<>(SplitProbe.violations(writes));
    wrong.addAll(kernel.violations());
    if (writes.isEmpty()) {
      wrong.add("no write was seen: the watch does not work");
    }
    return wrong;
  }

  /// @param seconds since 1970, with a fraction
  private long sinceFault(String seconds) {
    return Math.round(Double.parseDouble(seconds) * 1000) - fault.toEpochMilli();
  }

  /// Ends on every machine.
  @Override
  public void close() {
    kernel.close();
    recorder.close();
  }
}
