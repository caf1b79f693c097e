package dev.quorate.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Capability;
import dev.quorate.lab.Wait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.ShellStrategy;
import org.testcontainers.utility.DockerImageName;

/// A container that boots as a machine does, and whose power can be cut.
final class Machine implements AutoCloseable {
  /// On every container and network of these tests, so that what a killed run left can be found.
  static final String LABEL = "dev.quorate.test";

  private static final Capability[] CAPABILITIES = {
    Capability.SYS_ADMIN,
    Capability.NET_ADMIN,
    Capability.NET_RAW,
    Capability.SYS_NICE,
    Capability.SYS_PTRACE,
    Capability.IPC_LOCK
  };

  /// The kernel is this host's and does not boot with the machine; what is under `/run` goes with
  /// each of its boots.
  private static final String OWN_BOOT =
      """
      mkdir -p /etc/systemd/system/quorate.service.d
      cat > /etc/systemd/system/quorate.service.d/boot.conf <<'END'
      [Service]
      ExecStartPre=/bin/sh -c 'test -e /run/boot || echo "QUORATE_BOOT_ID=$$(cat /proc/sys/kernel/random/uuid)" > /run/boot'
      EnvironmentFile=-/run/boot
      END
      systemctl daemon-reload
      """;

  private static final Path ENGINES_GROUP = Path.of("/sys/fs/cgroup/cpu/docker");

  private final String name;
  private final String address;
  private final Booting container;
  private volatile boolean realTime = true;

  /// A machine that is off.
  @SuppressWarnings("resource") // closed with this machine
  Machine(String image, Network network, String name, String address) {
    this.name = name;
    this.address = address;
    this.container =
        new Booting(DockerImageName.parse(image))
            .withImagePullPolicy(any -> false)
            .withNetwork(network)
            .withWorkingDirectory("/opt")
            .withCommand("/lib/systemd/systemd")
            .withEnv("container", "docker")
            .withLabel(LABEL, name)
            .withTmpFs(Map.of("/run", "rw,exec,mode=755", "/run/lock", "rw"))
            .withFileSystemBind("/sys/fs/cgroup", "/sys/fs/cgroup", BindMode.READ_WRITE)
            .withCreateContainerCmdModifier(create -> {
              create
                  .withName("quorate-test-" + name)
                  .withHostName(name)
                  .withStopSignal("SIGRTMIN+3")
                  .withIpv4Address(address);
              Objects.requireNonNull(create.getHostConfig())
                  .withCapAdd(CAPABILITIES)
                  .withSecurityOpts(List.of("seccomp=unconfined", "apparmor=unconfined"))
                  .withCgroupnsMode("host");
            })
            .waitingFor(
                new ShellStrategy()
                    .withCommand(
                        "systemctl is-system-running --wait | grep -qE 'running|degraded'"));
  }

  String name() {
    return name;
  }

  String address() {
    return address;
  }

  /// Boots for the first time; returns when systemd has started everything.
  void install() {
    container.start();
    shell(OWN_BOOT);
  }

  /// Cuts the power; returns when every process is gone.
  void powerOff() {
    if (running()) {
      engine().killContainerCmd(container.getContainerId()).exec();
      Wait.until(name + " to be off", Duration.ofSeconds(30), () -> !running());
    }
  }

  /// Boots again, with the disk as it was.
  void powerOn() {
    if (!running()) {
      engine().startContainerCmd(container.getContainerId()).exec();
      if (realTime) {
        permitRealTime(container.getContainerId());
      }
    }
  }

  /// From its next boot on, whether threads may be real-time.
  void realTime(boolean permitted) {
    realTime = permitted;
  }

  /// Waits until systemd has started everything.
  void awaitBooted() {
    run("systemctl", "is-system-running", "--wait");
  }

  /// Lets the daemon's threads be real-time, as they are on a whole machine, where this host's
  /// kernel divides such time among control groups and this may say how.
  private static void permitRealTime(String container) {
    try {
      share(ENGINES_GROUP, "900000");
      share(ENGINES_GROUP.resolve(container), "250000");
    } catch (IOException e) {
      System.out.println("no real-time threads in containers: " + e.getMessage());
    }
  }

  private static void share(Path group, String micros) throws IOException {
    Path share = group.resolve("cpu.rt_runtime_us");
    if (Files.isWritable(share)) {
      Files.writeString(share, micros);
    }
  }

  private static final class Booting extends GenericContainer<Booting> {
    Booting(DockerImageName image) {
      super(image);
    }

    @Override
    protected void containerIsStarting(InspectContainerResponse inspected) {
      permitRealTime(inspected.getId());
    }
  }

  /// Whether it has power.
  boolean running() {
    return Boolean.TRUE.equals(
        engine().inspectContainerCmd(container.getContainerId()).exec().getState().getRunning());
  }

  /// When it was given power last.
  String boot() {
    return Objects.requireNonNull(
        engine().inspectContainerCmd(container.getContainerId()).exec().getState().getStartedAt());
  }

  /// Whether programs can be run on it: it has power, and is not frozen.
  boolean awake() {
    var state = engine().inspectContainerCmd(container.getContainerId()).exec().getState();
    return Boolean.TRUE.equals(state.getRunning()) && !Boolean.TRUE.equals(state.getPaused());
  }

  /// Stops every process where it is; the machine looks dead and is not.
  void freeze() {
    engine().pauseContainerCmd(container.getContainerId()).exec();
  }

  /// Lets a frozen machine go on.
  void thaw() {
    engine().unpauseContainerCmd(container.getContainerId()).exec();
  }

  /// Pulls its cable: no packet leaves or reaches it until it boots.
  void cutOff() {
    try {
      shell("iptables -I INPUT ! -i lo -j DROP; iptables -I OUTPUT ! -o lo -j DROP");
    } catch (DockerException e) {
      assertFalse(running(), "it may be switched off before this is over");
    }
  }

  /// Lets nothing that it sends to a port arrive there, until [#allow()].
  void refuse(String to, int port) {
    shell("iptables -I OUTPUT -p tcp -d %s --dport %d -j DROP".formatted(to, port));
  }

  /// Lets nothing in that a port of another machine sends, until [#allow()].
  void drop(String from, int port) {
    shell("iptables -I INPUT -p tcp -s %s --sport %d -j DROP".formatted(from, port));
  }

  /// Lets everything pass again.
  void allow() {
    if (awake()) {
      shell("iptables -F");
    }
  }

  /// Brings a file onto its disk.
  void receive(Path file, String path) {
    container.copyFileToContainer(org.testcontainers.utility.MountableFile.forHostPath(file), path);
  }

  /// Runs a program on it and returns what came of it.
  ExecResult run(String... words) {
    try {
      return container.execInContainer(words);
    } catch (IOException e) {
      throw new AssertionError(name + ": " + String.join(" ", words), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /// Runs a program that must succeed, and returns what it printed.
  String must(String... words) {
    ExecResult done = run(words);
    assertEquals(
        0,
        done.getExitCode(),
        () ->
            "%s# %s%n%s%s"
                .formatted(name, String.join(" ", words), done.getStdout(), done.getStderr()));
    return done.getStdout();
  }

  /// Runs a line of shell that must succeed, as root.
  String shell(String line) {
    return must("sh", "-c", line);
  }

  /// Types a line that begins with `hactl`, and shows it.
  String type(String line) {
    System.out.println("  " + name + "# " + line);
    return shell(line);
  }

  private DockerClient engine() {
    return container.getDockerClient();
  }

  /// Takes the machine away with its disk.
  @Override
  public void close() {
    container.stop();
  }
}
