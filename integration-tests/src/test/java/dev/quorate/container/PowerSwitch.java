package dev.quorate.container;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// The device that fences: it speaks as much of the engine's interface as the agent `fence_docker`
/// asks for, and no more, so that a machine can switch its peers and nothing else of this host.
final class PowerSwitch implements AutoCloseable {
  private static final Pattern REQUEST =
      Pattern.compile("/v[0-9.]+/containers/([a-z0-9]+)/(json|kill|start)");

  private static final String SECRET = "of no worth";

  private final HttpsServer server;
  private final List<Machine> machines;
  private final List<String> cut = new CopyOnWriteArrayList<>();

  /// Listens at once.
  PowerSwitch(String address, List<Machine> machines) throws IOException {
    this.machines = List.copyOf(machines);
    this.server = HttpsServer.create(new InetSocketAddress(address, 0), 16);
    server.setHttpsConfigurator(new HttpsConfigurator(certified()));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  /// The agent insists on TLS, and can be told not to ask by whom the certificate is.
  private static SSLContext certified() throws IOException {
    Path directory = Files.createTempDirectory("power-switch");
    Path store = directory.resolve("store");
    try {
      Process keytool =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin/keytool").toString(),
                  "-genkeypair",
                  "-alias",
                  "switch",
                  "-keyalg",
                  "EC",
                  "-dname",
                  "CN=switch",
                  "-storetype",
                  "PKCS12",
                  "-keystore",
                  store.toString(),
                  "-storepass",
                  SECRET)
              .inheritIO()
              .start();
      if (keytool.waitFor() != 0) {
        throw new IOException("keytool made no certificate");
      }
      KeyStore keys = KeyStore.getInstance(store.toFile(), SECRET.toCharArray());
      KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
      managers.init(keys, SECRET.toCharArray());
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(managers.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("the switch has no certificate", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      Files.deleteIfExists(store);
      Files.delete(directory);
    }
  }

  int port() {
    return server.getAddress().getPort();
  }

  /// Lets an agent for management controllers, which these machines have not, reach this switch:
  /// the controller at an address that ends in 201 is that of the machine whose address ends in
  /// 101, and a port is a machine's name.
  void standInFor(Machine machine, String agent) {
    String plugs =
        String.join(
            "\n",
            machines.stream()
                .map(m ->
                    "    ip=%1$s | ipaddr=%1$s) plug=%2$s ;;"
                        .formatted(m.address().replace(".1", ".2"), m.name()))
                .toList());
    machine.shell(
        """
        agent=/usr/sbin/%1$s
        mv $agent $agent.real
        cat > $agent <<'END'
        #!/bin/sh
        case "$*" in *metadata*) exec %2$s.real "$@" ;; esac
        while read -r line || [ -n "$line" ]; do
          case "$line" in
        %3$s
            port=* | plug=*) plug=${line#*=} ;;
            action=*) action=${line#action=} ;;
          esac
        done
        case "$action" in metadata) exec %2$s.real --action=metadata ;; esac
        # The device is well if it tells of the plug, whether that is on or off.
        case "$action" in monitor) action=status off=0 ;; esac
        fence_docker <<WORDS
        action=$action
        plug=$plug
        ipaddr=%4$s
        ipport=%5$d
        ssl_insecure=1
        api_version=1.41
        WORDS
        told=$?
        case $told in 2) exit ${off:-2} ;; *) exit $told ;; esac
        END
        chmod 755 $agent
        """
            .formatted(agent, "/usr/sbin/" + agent, plugs, Rack.gateway(), port()));
  }

  /// The names of the machines that were cut off, in that order.
  List<String> cut() {
    return List.copyOf(cut);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var request = REQUEST.matcher(exchange.getRequestURI().getPath());
      var machine =
          request.matches()
              ? machines.stream().filter(m -> m.name().equals(request.group(1))).findFirst()
              : java.util.Optional.<Machine>empty();
      if (machine.isEmpty()) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      switch (request.group(2)) {
        case "json" -> {
          byte[] body =
              "{\"State\":{\"Running\":%s}}"
                  .formatted(machine.get().running())
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
        }
        case "kill" -> {
          cut.add(machine.get().name());
          machine.get().powerOff();
          exchange.sendResponseHeaders(204, -1);
        }
        default -> {
          machine.get().powerOn();
          exchange.sendResponseHeaders(204, -1);
        }
      }
    }
  }

  /// Stops listening; whoever asks it afterwards is refused.
  @Override
  public void close() {
    server.stop(0);
  }
}
