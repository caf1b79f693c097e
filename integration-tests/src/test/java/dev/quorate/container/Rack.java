package dev.quorate.container;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Network.Ipam;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Network;

/// Machines on a network of their own, and the device that switches their power.
final class Rack implements AutoCloseable {
  /// How the addresses begin, as those of documents begin with `192.168.1.`; a network of that
  /// address may exist where the tests run, and the lab has one of its own.
  static final String NET = "10.213.79.";

  private static final int FIRST = 101;

  private final Network network;
  private final List<Machine> machines;
  private final PowerSwitch power;

  private Rack(Network network, List<Machine> machines, PowerSwitch power) {
    this.network = network;
    this.machines = machines;
    this.power = power;
  }

  /// Boots machines of those names, whose addresses end in 101 and so on.
  @SuppressWarnings("resource") // closed with the rack
  static Rack of(String image, String... names) throws IOException {
    clean();
    Network network =
        Network.builder()
            .createNetworkCmdModifier(create ->
                create
                    .withLabels(java.util.Map.of(Machine.LABEL, "rack"))
                    .withIpam(
                        new Ipam()
                            .withConfig(
                                new Ipam.Config().withSubnet(subnet()).withGateway(gateway()))))
            .build();
    network.getId();
    return on(network, image, FIRST, names);
  }

  /// Boots machines on the same network, whose addresses end in that number and so on. They are
  /// closed before this rack.
  Rack beside(String image, int first, String... names) throws IOException {
    return on(network, image, first, names);
  }

  private static Rack on(Network network, String image, int first, String... names)
      throws IOException {
    List<Machine> machines = new ArrayList<>();
    for (String name : names) {
      machines.add(new Machine(image, network, name, address(first + machines.size())));
    }
    try {
      machines.parallelStream().forEach(Machine::install);
      return new Rack(network, List.copyOf(machines), new PowerSwitch(gateway(), machines));
    } catch (IOException | RuntimeException e) {
      machines.forEach(Machine::close);
      throw e;
    }
  }

  /// Removes what a killed run left behind.
  private static void clean() {
    DockerClient engine = DockerClientFactory.lazyClient();
    engine
        .listContainersCmd()
        .withShowAll(true)
        .withLabelFilter(List.of(Machine.LABEL))
        .exec()
        .forEach(c -> engine.removeContainerCmd(c.getId()).withForce(true).exec());
    engine
        .listNetworksCmd()
        .withFilter("label", List.of(Machine.LABEL))
        .exec()
        .forEach(n -> engine.removeNetworkCmd(n.getId()).exec());
  }

  List<Machine> machines() {
    return machines;
  }

  Machine machine(int number) {
    return machines.get(number - 1);
  }

  PowerSwitch power() {
    return power;
  }

  /// Where this host, and with it the power switch, is on the network.
  static String gateway() {
    return NET + "1";
  }

  static String subnet() {
    return NET + "0/24";
  }

  /// An address of the network that no machine has.
  static String address(int last) {
    return NET + last;
  }

  /// Takes the machines away, and leaves the network to others.
  void remove() {
    power.close();
    machines.forEach(Machine::close);
  }

  /// Takes everything away.
  @Override
  public void close() {
    remove();
    network.close();
  }
}
