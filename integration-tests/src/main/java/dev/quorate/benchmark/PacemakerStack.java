package dev.quorate.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// Three nodes as their administrators have them: corosync, Pacemaker and `pcsd`, a PostgreSQL with
/// two standbys under the agent of PAF, and an address that follows the primary, monitored as often
/// as the documentation of the agents says.
final class PacemakerStack implements AutoCloseable {
  /// The programs that it takes, each with its Debian package.
  private static final List<List<String>> NEEDED =
      List.of(
          List.of("/usr/sbin/corosync", "corosync"),
          List.of("/usr/sbin/pacemakerd", "pacemaker"),
          List.of("/usr/sbin/pcsd", "pcs"),
          List.of("/usr/sbin/crm_mon", "pacemaker-cli-utils"),
          List.of("/usr/lib/ocf/resource.d/heartbeat/pgsqlms", "resource-agents-paf"),
          List.of("/usr/lib/ocf/resource.d/heartbeat/IPaddr2", "resource-agents"),
          List.of("/usr/lib/postgresql/15/bin/initdb", "postgresql-15"));

  private static final String BIN = "/usr/lib/postgresql/15/bin";
  private static final String DATA = "/mnt/pgdata";
  private static final String VIP = BenchNetwork.address(100);
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int KEY = 256;

  private static final List<String> OWN =
      List.of(
          "/etc/corosync",
          "/var/lib/corosync",
          "/var/lib/pacemaker",
          "/var/lib/pcsd",
          "/var/log",
          "/mnt");

  private static final String DIRECTORIES =
      """
      mkdir -p /run/lock /run/crm /run/postgresql /run/resource-agents
      mkdir -p /var/log/pacemaker /var/log/pcsd
      for d in blackbox cib cores pengine; do
        install -d -o hacluster -g haclient -m 750 /var/lib/pacemaker/$d
      done
      chown hacluster:haclient /run/crm /var/log/pacemaker
      chown postgres:postgres /run/postgresql
      install -d -o postgres -g postgres -m 700 %s
      """
          .formatted(DATA);

  private static final String FIRST_DATABASE =
      """
      cd /
      su postgres -c "%1$s/initdb -D %2$s -A trust -N"
      echo "listen_addresses = '*'
      unix_socket_directories = '/run/postgresql'
      shared_buffers = 16MB
      hot_standby_feedback = on
      wal_keep_size = 64MB
      include_if_exists = '../node.conf'" >> %2$s/postgresql.conf
      echo "host all,replication all %3$s/24 trust" >> %2$s/pg_hba.conf
      su postgres -c "%1$s/pg_ctl -D %2$s -w -l %2$s/log start"
      """
          .formatted(BIN, DATA, BenchNetwork.address(0));

  private static final String STANDBY =
      """
      cd /
      su postgres -c "%s/pg_basebackup -h %s -D %s -X stream -c fast"
      su postgres -c "touch %3$s/standby.signal"
      """
          .formatted(BIN, BenchNetwork.address(1), DATA);

  private static final String RESOURCES =
      """
      set -e
      pcs property set stonith-enabled=false
      pcs resource defaults update migration-threshold=5 resource-stickiness=10
      pcs cluster cib /run/cib.xml
      p="pcs -f /run/cib.xml"
      $p resource create pgsqld ocf:heartbeat:pgsqlms bindir=%s pgdata=%s pghost=/run/postgresql \
        op start timeout=60s op stop timeout=60s op promote timeout=30s op demote timeout=120s \
        op monitor interval=15s timeout=10s role=Promoted \
        op monitor interval=16s timeout=10s role=Unpromoted \
        op notify timeout=60s promotable notify=true
      $p resource create vip ocf:heartbeat:IPaddr2 ip=%s cidr_netmask=24 op monitor interval=10s
      $p constraint colocation add vip with Promoted pgsqld-clone INFINITY
      $p constraint order promote pgsqld-clone then start vip symmetrical=false kind=Mandatory
      $p constraint order demote pgsqld-clone then stop vip symmetrical=false kind=Mandatory
      pcs cluster cib-push /run/cib.xml
      """
          .formatted(BIN, DATA, VIP);

  private final List<BenchMachine> machines = new ArrayList<>();

  /// Starts it and waits until everything runs.
  PacemakerStack() throws IOException {
    var key = new byte[KEY];
    new SecureRandom().nextBytes(key);
    try {
      for (int i = 1; i <= BenchNetwork.SIZE; i++) {
        machines.add(new BenchMachine(i, OWN, List.of("/run", "/dev/shm")));
        prepare(machines.getLast(), i, key);
      }
      databases();
      for (var machine : machines) {
        machine.start("corosync", "corosync -f");
      }
      await("corosync", "corosync-quorumtool -s", "Total votes:      " + BenchNetwork.SIZE);
      for (var machine : machines) {
        machine.start("pacemakerd", "pacemakerd");
        machine.start("pcsd-ruby", "env $(grep = /etc/default/pcsd) /usr/share/pcsd/pcsd");
        machine.start("pcsd", "env $(grep = /etc/default/pcsd) /usr/sbin/pcsd");
      }
      await("Pacemaker", "crm_mon -1", "Online: [ n1 n2 n3 ]");
      machines.getFirst().tell("(" + RESOURCES + ")");
      await("the primary", "crm_mon -1", "Promoted: [ n1 ]", "Unpromoted: [ n2 n3 ]", "Started n1");
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /// What is missing here, by package.
  static List<String> missing() {
    return NEEDED.stream()
        .filter(program -> !Files.exists(Path.of(program.getFirst())))
        .map(List::getLast)
        .toList();
  }

  private static void prepare(BenchMachine machine, int number, byte[] key) throws IOException {
    var corosync = machine.place("/etc/corosync");
    Files.write(corosync.resolve("authkey"), key);
    Files.writeString(
        corosync.resolve("corosync.conf"),
        Corosync.configuration(Path.of("/etc/corosync/authkey"), Path.of("/var/log/corosync.log")));
    Files.writeString(
        machine.place("/mnt").resolve("node.conf"),
        """
        primary_conninfo = 'host=%s application_name=n%d'
        recovery_target_timeline = 'latest'
        """
            .formatted(VIP, number));
    machine.tell(DIRECTORIES);
  }

  private void databases() throws IOException {
    var first = machines.getFirst();
    first.tell(FIRST_DATABASE);
    for (var machine : machines.subList(1, machines.size())) {
      machine.tell(STANDBY);
    }
    // The agent takes the one for the primary that was shut down as one.
    first.tell("cd /; su postgres -c '" + BIN + "/pg_ctl -D " + DATA + " -w -m fast stop'");
  }

  private void await(String what, String command, String... expected) throws IOException {
    var start = System.nanoTime();
    while (true) {
      var answer = machines.getFirst().tell(command + " 2>&1 || true");
      if (List.of(expected).stream().allMatch(answer::contains)) {
        return;
      }
      if (System.nanoTime() - start > PATIENCE.toNanos()) {
        throw new IOException(what + " does not come up: " + answer);
      }
      LockSupport.parkNanos(500_000_000);
    }
  }

  /// What its nodes have used, in their order.
  List<ProcessorTime> used() throws IOException {
    var all = new ArrayList<ProcessorTime>();
    for (var machine : machines) {
      all.add(ProcessorTime.within(machine.processes()));
    }
    return all;
  }

  @Override
  public void close() throws IOException {
    for (var machine : machines) {
      machine.close();
    }
  }
}
