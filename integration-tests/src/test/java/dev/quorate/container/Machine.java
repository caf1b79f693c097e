package dev.quorate.container;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Capability;
import java.io.IOException;
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

  private final String name;
  private final String address;
  private final GenericContainer<?> container;

  /// A machine that is off.
  @SuppressWarnings("resource") // closed with this machine
  Machine(String image, Network network, String name, String address) {
    this.name = name;
    this.address = address;
    this.container =
        new GenericContainer<>(DockerImageName.parse(image))
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

  /// Cuts the power: every process is gone at once.
  void powerOff() {
    if (running()) {
      engine().killContainerCmd(container.getContainerId()).exec();
    }
  }

  /// Boots again, with the disk as it was.
  void powerOn() {
    if (!running()) {
      engine().startContainerCmd(container.getContainerId()).exec();
    }
  }

  /// Whether it has power.
  boolean running() {
    return Boolean.TRUE.equals(
        engine().inspectContainerCmd(container.getContainerId()).exec().getState().getRunning());
  }

  /// Stops every process where it is; the machine looks dead and is not.
  void freeze() {
    engine().pauseContainerCmd(container.getContainerId()).exec();
  }

  /// Lets a frozen machine go on.
  void thaw() {
    engine().unpauseContainerCmd(container.getContainerId()).exec();
  }

  /// Brings a file onto its disk.
  void receive(java.nio.file.Path file, String path) {
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
