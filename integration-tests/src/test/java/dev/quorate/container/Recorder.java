package dev.quorate.container;

import java.util.List;

/// A program of bash that runs on machines as PostgreSQL's user, anew with each boot, until it is
/// closed. What it says is on the machines' disks, so that it is there after one was cut off.
final class Recorder implements AutoCloseable {
  private final String name;
  private final List<Machine> machines;
  private final String program;

  /// @param name of its service and its files
  /// @param program what bash runs: little work, since it runs beside what is watched
  Recorder(String name, List<Machine> machines, String program) {
    this.name = name;
    this.machines = List.copyOf(machines);
    this.program = program;
  }

  /// Begins on every machine, with nothing said yet.
  void start() {
    String install =
        """
        cat > /usr/local/bin/%1$s <<'END'
        #!/bin/bash
        %2$s
        END
        chmod 755 /usr/local/bin/%1$s
        cat > /etc/systemd/system/%1$s.service <<'END'
        [Service]
        User=postgres
        ExecStart=/usr/local/bin/%1$s
        StandardOutput=append:%3$s
        [Install]
        WantedBy=multi-user.target
        END
        systemctl daemon-reload
        systemctl --quiet enable %1$s
        systemctl stop %1$s
        rm -f %3$s
        systemctl start %1$s
        """
            .formatted(name, program, log());
    machines.parallelStream().forEach(machine -> machine.shell(install));
  }

  private String log() {
    return "/var/lib/postgresql/" + name;
  }

  /// The words of every line that it has said on a machine.
  List<String[]> said(Machine machine) {
    return machine
        .shell("cat %s || true".formatted(log()))
        .lines()
        .map(line -> line.split(" ", -1))
        .toList();
  }

  /// Ends on every machine that can be asked to.
  @Override
  public void close() {
    machines.parallelStream()
        .filter(Machine::awake)
        .forEach(machine -> machine.run("systemctl", "disable", "--quiet", "--now", name));
  }
}
