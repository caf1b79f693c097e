package dev.quorate.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Makes what an administrator brings along: one PostgreSQL primary and clones of it, all stopped.
final class PostgresSetup {
  private final Lab lab;
  private final Path bin;

  PostgresSetup(Lab lab) {
    this.lab = lab;
    this.bin = binaries();
  }

  /// The newest server binaries on this machine.
  static Path binaries() {
    try (Stream<Path> versions = Files.list(Path.of("/usr/lib/postgresql"))) {
      return versions
          .map(v -> v.resolve("bin"))
          .filter(b -> Files.isExecutable(b.resolve("initdb")))
          .max(Comparator.comparing(Path::toString))
          .orElseThrow(() -> new LabException("no PostgreSQL server: apt-get install postgresql"));
    } catch (IOException e) {
      throw new LabException("no PostgreSQL server: apt-get install postgresql", e);
    }
  }

  void create() throws IOException {
    LabNode first = lab.hosts().getFirst();
    for (LabNode node : lab.hosts()) {
      Command.must("chown", "postgres:", node.store().toString());
      Command.must("chown", "postgres:", node.pgSocketDirectory().toString());
    }
    asPostgres(
        first,
        bin.resolve("initdb").toString(),
        "--pgdata=" + first.pgData(),
        "--auth=trust",
        "--data-checksums",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--username=postgres");
    Files.writeString(
        first.pgData().resolve("pg_hba.conf"),
        "local all all trust\nhost all all %s0/24 trust\nhost replication all %s0/24 trust\n"
            .formatted(Lab.NETWORK, Lab.NETWORK));
    Files.writeString(
        first.pgData().resolve("postgresql.conf"),
        "listen_addresses = '*'\nshared_buffers = 64MB\nmax_wal_size = 512MB\n"
            + "wal_keep_size = 256MB\n"
            + "unix_socket_directories = '"
            + Lab.DISK.resolve("run")
            + "'\n",
        StandardOpenOption.APPEND);
    control(first, "start");
    for (LabNode node : lab.hosts().subList(1, lab.hosts().size())) {
      asPostgres(
          node,
          bin.resolve("pg_basebackup").toString(),
          "--host=" + first.address(),
          "--username=postgres",
          "--pgdata=" + node.pgData(),
          "--checkpoint=fast");
    }
    control(first, "stop");
  }

  private void control(LabNode node, String verb) {
    asPostgres(
        node,
        bin.resolve("pg_ctl").toString(),
        verb,
        "--wait",
        "--mode=fast",
        "--silent",
        "--options=-c unix_socket_directories=" + node.pgSocketDirectory(),
        "--pgdata=" + node.pgData(),
        "--log=" + node.store().resolve("setup.log"));
  }

  private void asPostgres(LabNode node, String... words) {
    List<String> all = new ArrayList<>(List.of("setpriv", "--reuid=postgres"));
    all.addAll(List.of("--regid=postgres", "--init-groups", "env", "-C", "/", "LC_ALL=C.UTF-8"));
    all.addAll(List.of(words));
    Command done = lab.in(node, all.toArray(String[]::new));
    if (!done.ok()) {
      throw new LabException("'" + words[0] + "' failed on " + node.name() + ": " + done.output());
    }
  }
}
