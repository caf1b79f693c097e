package dev.quorate.container;

import dev.quorate.lab.SplitProbe;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Looks inside each machine for two of what there may be one of: instances that acknowledge
/// writes, and holders of the address. What it saw is on the machines' disks, so that it is there
/// after a machine was cut off; their clocks are one.
final class SplitWatch implements AutoCloseable {
  private static final String LOG = "/var/lib/postgresql/split-watch";

  /// Little work: it runs on every machine, beside what is watched.
  private static final String WATCH =
      """
      cat > /usr/local/bin/split-watch <<'END'
      #!/bin/bash
      exec {never}<> <(:)
      while :; do
        /usr/lib/postgresql/15/bin/psql -XqAt -F ' ' postgres 2>&1 <<'SQL' |
      insert into ledger (id) values (-nextval('minority')) returning 'wrote',
        substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8), extract(epoch from statement_timestamp()) \\watch 0.2
      SQL
        while read -r line; do
          case "$line" in wrote*) echo "$line ${EPOCHREALTIME%%???}" ;; esac
        done
        read -r -t 0.5 -u $never
      done
      END
      chmod 755 /usr/local/bin/split-watch
      cat > /etc/systemd/system/split-watch.service <<'END'
      [Service]
      User=postgres
      ExecStart=/usr/local/bin/split-watch
      StandardOutput=append:%1$s
      [Install]
      WantedBy=multi-user.target
      END
      systemctl daemon-reload
      systemctl --quiet enable split-watch
      systemctl stop split-watch
      rm -f %1$s
      systemctl start split-watch
      """
          .formatted(LOG);

  private final Cluster site;
  private final KernelWatch kernel;
  private Instant fault = Instant.EPOCH;

  SplitWatch(Cluster site) {
    this.site = site;
    this.kernel = new KernelWatch(site.machines(), List.of(site.vip()));
  }

  /// Begins on every machine, and anew with each boot.
  void start() {
    site.ask(
        site.thePrimary(),
        "create table if not exists ledger (id bigint primary key);"
            + " create sequence if not exists minority");
    site.machines().parallelStream().forEach(machine -> machine.shell(WATCH));
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
      for (String line : machine.shell("cat %s || true".formatted(LOG)).lines().toList()) {
        String[] words = line.split(" ", -1);
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
    site.machines().parallelStream()
        .filter(Machine::awake)
        .forEach(machine -> machine.run("systemctl", "disable", "--quiet", "--now", "split-watch"));
  }
}
