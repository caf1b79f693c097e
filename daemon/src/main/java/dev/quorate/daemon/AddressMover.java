package dev.quorate.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quorate.consensus.Leadership;
import dev.quorate.consensus.tls.TlsException;
import dev.quorate.daemon.cli.CertificateFacts;
import dev.quorate.daemon.cli.ExitCode;
import dev.quorate.daemon.cli.HactlError;
import dev.quorate.daemon.config.DaemonConfig;
import dev.quorate.daemon.core.AddressMove;
import dev.quorate.daemon.core.AddressMove.Note;
import dev.quorate.daemon.http.HttpRequest;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.json.ClusterJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Moves this node to another address while its services go on: asks the others first whether they
/// find it there, has the change agreed on, and then follows it step by step ([AddressMove]).
final class AddressMover implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AddressMover.class);
  private static final String REFUSED = "HA-NODE-042";
  private static final String UNUSABLE = "HA-NODE-044";
  private static final String REACH = "/v1/node/reach";
  private static final String HERE = "/v1/node/here";
  private static final Duration ASK = Duration.ofSeconds(10);
  private static final Duration LOOK = Duration.ofSeconds(4);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String UNCHANGED = "nothing was changed";

  private final Lifecycle lifecycle;
  private final Consumer<ClusterCommand> agree;
  private final AtomicBoolean following = new AtomicBoolean();
  private volatile boolean closed;

  /// Both of the thread that follows.
  private boolean between;

  private boolean forgotten;

  /// @param agree proposes a command, and throws if it was not committed
  AddressMover(Lifecycle lifecycle, Consumer<ClusterCommand> agree) {
    this.lifecycle = lifecycle;
    this.agree = agree;
  }

  private MoveNoteFile file() {
    return new MoveNoteFile(lifecycle.config().stateDirectory().resolve("moving"));
  }

  /// Moves, and waits until this node takes part at the new address.
  List<String> move(Node here, NodeDefinition wanted, String client) {
    ClusterState state = here.machine().state();
    try {
      Optional<Note> begun = file().read();
      if (begun.filter(n -> !n.address().equals(wanted.address())).isPresent()) {
        throw refused(
            "%s is on its way to %s".formatted(wanted.id(), begun.get().address()),
            "wait until it is there; if it does not arrive, the log of quorated says why");
      }
      if (begun.isEmpty()) {
        requireWayBack(here, state);
        requireUsable(here, state, wanted.address());
        file().write(new Note(wanted.address(), state.configuration().version(), 0));
      }
      long version = begun.map(Note::version).orElse(state.configuration().version());
      if (begun.isEmpty() || version == state.configuration().version()) {
        propose(wanted, version, client);
      }
    } catch (IOException e) {
      lifecycle.ports().endAhead();
      throw HactlError.failed(
          "this node cannot note that it moves: " + e.getMessage(),
          "make room in " + lifecycle.config().stateDirectory() + "; " + UNCHANGED);
    }
    return List.of(awaitArrival(wanted));
  }

  private void propose(NodeDefinition wanted, long version, String client) throws IOException {
    try {
      agree.accept(
          new ClusterCommand.ChangeConfiguration(
              version, client, List.of(new ConfigurationChange.PutNode(wanted))));
    } catch (HactlError e) {
      if (e.exit() == ExitCode.REFUSED || e.exit() == ExitCode.USAGE) {
        file().forget();
        lifecycle.ports().endAhead();
      } else {
        // It may have been agreed on.
        opened();
      }
      throw e;
    }
  }

  private String awaitArrival(NodeDefinition wanted) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    try {
      while (file().read().isPresent()) {
        opened();
        if (System.nanoTime() > end) {
          throw HactlError.timeout(
              "%s is not at %s after %d s"
                  .formatted(wanted.id(), wanted.address(), PATIENCE.toSeconds()),
              "it goes on by itself; the log of quorated here says what is in the way");
        }
        LogRebuild.rest();
      }
    } catch (IOException e) {
      throw HactlError.failed(String.valueOf(e.getMessage()), "");
    }
    String here = lifecycle.config().identity().orElseThrow().address();
    if (!here.equals(wanted.address())) {
      throw HactlError.failed(
          "the configuration was changed before it said that %s is at %s"
              .formatted(wanted.id(), wanted.address()),
          UNCHANGED + ": type the command again");
    }
    return lifecycle.rebuilding().awaitMembership();
  }

  // Whether it can be done.

  /// The others must be able to go on without this node's vote, and to take it in again.
  private void requireWayBack(Node here, ClusterState state) {
    if (here.nodeLog().arbitrated()) {
      throw refused(
          "with two-node=true the two nodes arbitrate between themselves, and nobody else could take this one in",
          "set it to false for as long as the node moves: hactl property set two-node=false");
    }
    List<NodeId> staying =
        state.configuration().voters().stream().filter(v -> !v.equals(here.self())).toList();
    long online = staying.stream().filter(state::online).count();
    if (online < staying.size() / 2 + 1) {
      throw refused(
          "the log of %s is taken out at the old address and in at the new one, and of the other voters (%s) only %d take part"
              .formatted(
                  here.self(),
                  String.join(", ", staying.stream().map(NodeId::name).toList()),
                  online),
          "bring up a majority of the others first; " + UNCHANGED);
    }
    List<NodeId> asked =
        state.configuration().nodes().keySet().stream()
            .filter(n -> n.equals(here.self()) || state.online(n))
            .toList();
    boolean signs =
        lifecycle.certificates().list(asked).stream().anyMatch(CertificateFacts::holder);
    if (!signs) {
      throw refused(
          "the certificate of %s names its address, and the node that issues certificates does not answer"
              .formatted(here.self()),
          "bring up the node on which the cluster was set up; " + UNCHANGED);
    }
  }

  /// This machine must have the address, and all others that take part must find this node there.
  private void requireUsable(Node here, ClusterState state, String address) {
    DaemonConfig.Ports ports = lifecycle.config().ports();
    PortCheck.refusal(address, ports)
        .ifPresent(reason -> {
          throw unusable(
              reason, "give this machine the address first, and see that nothing listens there");
        });
    try {
      lifecycle.ports().listenAhead(address);
    } catch (IOException e) {
      throw unusable(String.valueOf(e.getMessage()), "see that nothing listens there");
    }
    List<String> missing = new ArrayList<>();
    for (NodeDefinition other : state.configuration().nodes().values()) {
      if (!other.id().equals(here.self()) && state.online(other.id())) {
        String why = reached(other, here.self(), address);
        if (!why.isEmpty()) {
          missing.add(other.id() + ": " + why);
        }
      }
    }
    if (!missing.isEmpty()) {
      lifecycle.ports().endAhead();
      throw unusable(
          "not all nodes find %s at %s: %s"
              .formatted(here.self(), address, String.join("; ", missing)),
          "is the address right, and are TCP ports %d and %d and UDP port %d open there?"
              .formatted(ports.admin(), ports.raft(), ports.ring()));
    }
  }

  private String reached(NodeDefinition other, NodeId self, String address) {
    String body =
        ClusterJson.mapper()
            .createObjectNode()
            .put("node", self.name())
            .put("address", address)
            .toString();
    try {
      int port = lifecycle.config().ports().admin();
      return ClusterJson.mapper()
          .readTree(MemberClient.post(lifecycle.tls(), other.address(), port, REACH, body, ASK))
          .path("why")
          .asText("it does not say");
    } catch (HactlError e) {
      return e.message();
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static HactlError refused(String message, String hint) {
    return new HactlError(ExitCode.REFUSED, REFUSED, message, hint);
  }

  private static HactlError unusable(String message, String hint) {
    return new HactlError(ExitCode.REFUSED, UNUSABLE, message, hint + "; " + UNCHANGED);
  }

  /// What a member is answered; empty if it asks for something else.
  Optional<String> answer(String route, HttpRequest request) {
    return switch (route) {
      case "POST " + HERE ->
          Optional.of(
              ClusterJson.mapper()
                  .createObjectNode()
                  .put("node", lifecycle.config().identity().orElseThrow().node().name())
                  .toString());
      case "POST " + REACH -> Optional.of(look(request));
      default -> Optional.empty();
    };
  }

  /// Looks for a node at an address where it says that it is.
  private String look(HttpRequest request) {
    String why;
    try {
      JsonNode body = ClusterJson.mapper().readTree(request.body());
      String node = body.path("node").asText();
      String address = body.path("address").asText();
      if (!request.client().equals("CN=" + node)) {
        throw new HactlError(
            ExitCode.PERMISSION,
            "HA-NODE-030",
            request.client() + " may not speak for node " + node,
            "each node speaks for itself");
      }
      why = missing(node, address);
    } catch (IOException e) {
      why = String.valueOf(e.getMessage());
    }
    return ClusterJson.mapper().createObjectNode().put("why", why).toString();
  }

  private String missing(String node, String address) throws IOException {
    DaemonConfig.Ports ports = lifecycle.config().ports();
    try {
      String answer = MemberClient.post(lifecycle.tls(), address, ports.admin(), HERE, "{}", LOOK);
      String found = ClusterJson.mapper().readTree(answer).path("node").asText();
      if (!found.equals(node)) {
        return "it is " + found + " that answers there";
      }
      return MemberClient.unreachable(address, ports.raft())
          .map(reason -> "port %d: %s".formatted(ports.raft(), reason))
          .orElse("");
    } catch (HactlError e) {
      return e.message();
    }
  }

  // What is done.

  /// The node takes part: what was begun goes on.
  void opened() {
    if (following.compareAndSet(false, true)) {
      Thread.ofVirtual().name("address").start(this::follow);
    }
  }

  private void follow() {
    String last = "";
    try {
      while (!closed) {
        try {
          if (step()) {
            return;
          }
        } catch (HactlError | StartFailure | TlsException | IOException | UncheckedIOException e) {
          if (!last.equals(e.getMessage())) {
            last = String.valueOf(e.getMessage());
            log.atWarn()
                .addKeyValue("reason", last)
                .log("this node has not arrived at its new address yet; trying again");
          }
        }
        LogRebuild.rest();
      }
    } finally {
      following.set(false);
    }
  }

  /// Makes one step.
  ///
  /// @return whether nothing is left to be done
  private boolean step() throws IOException {
    Optional<Note> note = file().read();
    Optional<Node> node = lifecycle.node();
    if (note.isEmpty()) {
      return true;
    }
    if (node.isEmpty()) {
      if (between) {
        arrive(note.get());
      }
      return false;
    }
    AddressMove.Step step = AddressMove.next(note.get(), facts(node.get(), note.get()));
    if (step != AddressMove.Step.FORGET) {
      lifecycle.ports().listenAhead(note.get().address());
    }
    switch (step) {
      case WAIT -> {}
      case CERTIFY -> lifecycle.certificates().renew();
      case HAND_OVER -> node.get().handOver();
      case LEAVE -> leave(note.get(), node.get());
      case FORGET, ARRIVED -> {
        lifecycle.ports().endAhead();
        file().forget();
        log.atInfo()
            .addKeyValue("target", note.get().address())
            .addKeyValue("reason", step)
            .log("move to another address ends");
        return true;
      }
    }
    return false;
  }

  private AddressMove.Facts facts(Node node, Note note) {
    var configuration = node.machine().state().configuration();
    NodeDefinition own = configuration.nodes().get(node.self());
    return new AddressMove.Facts(
        configuration.version(),
        own == null ? "" : own.address(),
        lifecycle.config().identity().orElseThrow().address(),
        node.logIncarnation(),
        lifecycle.certificates().names(note.address()),
        node.leadership() instanceof Leadership.Leader,
        node.quorum());
  }

  /// Ends taking part, which no service notices, before the others take the log out: a log that is
  /// taken out while it is open is one that failed.
  private void leave(Note note, Node node) throws IOException {
    file().write(note.leaving(node.logIncarnation()));
    log.atInfo()
        .addKeyValue("target", note.address())
        .log("this node takes part anew at another address; its services go on");
    between = true;
    forgotten = false;
    lifecycle.setAside();
    arrive(note);
  }

  /// Tried again from where it failed, without taking part in between.
  private void arrive(Note note) {
    if (!forgotten) {
      List<String> _ = lifecycle.rebuilding().putOutOfUse(() -> relocate(note.address()));
      forgotten = true;
    }
    if (!closed) {
      lifecycle.start();
    }
    between = false;
  }

  private void relocate(String address) {
    try {
      lifecycle.relocate(address);
    } catch (IOException e) {
      throw new UncheckedIOException("the configuration file cannot be written", e);
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
